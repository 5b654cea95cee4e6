// `rolegate lint`: what is allowed in a snapshot and probably not meant.

import { lint } from "../../admin/node.js";
import type { Command } from "../command.js";
import { nameOf, opened } from "../open.js";
import { placeOf } from "../place.js";
import { asGithub, asJunit, asSarif, asText, type Finding } from "../report.js";
import { formatOf, optionalTime } from "../settings.js";
import { VERSION } from "../version.js";

const FORMATS = ["human", "json", "github", "sarif", "junit"] as const;

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Finds what is allowed in a snapshot and probably not meant: roles that nobody has, grants that can never be
used, denials that hide behind others, people who hold too much.

      --ignore CODE,…   findings of these codes are left out
      --now TIME        instead of the clock
      --format FORMAT   ${FORMATS.join(", ")}

  rolegate lint roles.json --ignore no-description

Exit code: 0 nothing but information, 1 warnings or errors, 2 it could not be read.`,
  options: { ignore: { type: "string" }, now: { type: "string" }, format: { type: "string" } },
  count: [1, 1],
  run: async ([path = ""], options, terminal) => {
    const format = formatOf(options, FORMATS);
    const { text } = await opened(path, terminal);
    const ignored = String(options.ignore ?? "")
      .split(",")
      .map((code) => code.trim());
    const file = nameOf(path);
    const found = lint(text, optionalTime(options)).filter(({ code }) => !ignored.includes(code));
    const findings = found.map(
      ({ path: pointer, code, severity, message }): Finding => ({
        file,
        path: pointer,
        place: placeOf(text, pointer),
        severity,
        code,
        message,
      }),
    );
    switch (format) {
      case "human":
        for (const finding of findings) terminal.print(asText(finding, text, terminal.hasColors));
        terminal.print(`${file}: ${findings.length} finding${findings.length === 1 ? "" : "s"}`);
        break;
      case "json":
        terminal.print(JSON.stringify(found, undefined, 2));
        break;
      case "github":
        for (const finding of findings) terminal.print(asGithub(finding));
        break;
      case "sarif":
        terminal.print(asSarif(findings, VERSION));
        break;
      case "junit":
        terminal.print(asJunit(file, outcomesOf(findings)));
    }
    return findings.every(({ severity }) => severity === "info") ? 0 : 1;
  },
};

/** Information is no failure. */
function outcomesOf(findings: readonly Finding[]): { name: string; failure?: string }[] {
  const outcomes = findings.map(({ file, path, place, severity, code, message }) => {
    const name = `${code} ${path}`;
    return severity === "info"
      ? { name }
      : { name, failure: `${file}:${place.line}:${place.column}: ${message}` };
  });
  return outcomes.length === 0 ? [{ name: "lint" }] : outcomes;
}
