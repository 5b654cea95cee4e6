// `rolegate check`: whether a document is a snapshot, or whether somebody may do something.

import { SnapshotError } from "../../core/errors.js";
import { load } from "../../entries/node.js";
import type { Command, ExitCode, Terminal } from "../command.js";
import {
  ASKING,
  ASKING_HELP,
  askedBy,
  findingsOf,
  gateFor,
  knownPermission,
  nameOf,
  opened,
} from "../open.js";
import { asGithub, asJunit, asSarif, asText, type Finding } from "../report.js";
import { formatOf } from "../settings.js";
import { VERSION } from "../version.js";

const FORMATS = ["human", "json", "github", "sarif", "junit"] as const;

export const command: Command = {
  usage: "<snapshot.json> [<user> <permission>]",
  help: `Says whether a document is a valid snapshot, with every problem in it; or whether a user has a
permission. A user is an id, or JSON of somebody whom the snapshot does not list.
${ASKING_HELP}
      --format FORMAT   ${FORMATS.join(", ")}; of an answer: human or json

  rolegate check roles.json
  rolegate check roles.json ana tickets.reply --resource '{"assigneeId":"ana"}'

Exit code: 0 valid, or yes; 1 invalid, or no; 2 it could not be asked.`,
  options: { ...ASKING, format: { type: "string" } },
  count: [1, 3],
  run: async ([path = "", user, permission], options, terminal) => {
    if (user === undefined) return valid(path, formatOf(options, FORMATS), terminal);
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const asked = await askedBy(options, terminal);
    const id = knownPermission(snapshot, permission ?? "");
    const gate = await gateFor(snapshot, user, asked.options, terminal);
    const answer = "resource" in asked ? gate.explain(id, asked.resource) : gate.explain(id);
    const { allowed, reason, text } = answer;
    terminal.print(
      format === "json"
        ? JSON.stringify({ allowed, reason })
        : `${allowed ? "yes" : "no"}: ${reason}. ${text}`,
    );
    return allowed ? 0 : 1;
  },
};

async function valid(path: string, format: (typeof FORMATS)[number], terminal: Terminal): Promise<ExitCode> {
  const text = await terminal.read(path);
  const file = nameOf(path);
  let found: readonly Finding[] = [];
  let summary = "";
  try {
    const snapshot = await load(text);
    const counts = {
      permission: snapshot.permissions(),
      role: snapshot.roles(),
      team: snapshot.teams(),
      user: snapshot.users(),
    };
    const counted = Object.entries(counts).map(
      ([word, { length }]) => `${length} ${word}${length === 1 ? "" : "s"}`,
    );
    const tenant = snapshot.tenant === undefined ? "" : ` of "${snapshot.tenant}"`;
    summary = `${file}: valid, revision ${snapshot.revision}${tenant}: ${counted.join(", ")}`;
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    found = findingsOf(error, file, text);
    summary = `${file}: invalid, ${found.length} problem${found.length === 1 ? "" : "s"}`;
  }
  for (const line of written(found, summary, { format, text, file, terminal })) terminal.print(line);
  return found.length === 0 ? 0 : 1;
}

interface Style {
  readonly format: (typeof FORMATS)[number];
  readonly text: string;
  readonly file: string;
  readonly terminal: Terminal;
}

function written(
  found: readonly Finding[],
  summary: string,
  { format, text, file, terminal }: Style,
): string[] {
  switch (format) {
    case "human":
      return [...found.map((finding) => asText(finding, text, terminal.hasColors)), summary];
    case "json":
      return [JSON.stringify({ valid: found.length === 0, findings: found }, undefined, 2)];
    case "github":
      return found.map(asGithub);
    case "sarif":
      return [asSarif(found, VERSION)];
    case "junit": {
      const failures = found.map(({ path, code, message, place }) => ({
        name: path || code,
        failure: `${file}:${place.line}:${place.column}: ${code}: ${message}`,
      }));
      return [asJunit(file, failures.length === 0 ? [{ name: "valid" }] : failures)];
    }
  }
}
