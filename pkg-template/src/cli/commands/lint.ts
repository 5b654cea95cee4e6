// `rolegate lint`: what is allowed in a snapshot and probably not meant.

import type { FindingCode } from "../../admin/look-types.js";
import { lint } from "../../admin/node.js";
import { type Command, type Options, Unusable } from "../command.js";
import { nameOf, opened, unknown } from "../open.js";
import { placesOf, type TextPlace } from "../place.js";
import { FINDING_FORMATS, type Finding, written } from "../report.js";
import { formatOf, optionalTime } from "../settings.js";

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Finds what is allowed in a snapshot and probably not meant: roles that nobody
has, grants that can never be used, denials that hide behind others, people who
hold too much.

      --ignore CODE,…   findings of these codes are left out
      --now TIME        instead of the clock
      --format FORMAT   ${FINDING_FORMATS.join(", ")}

  rolegate lint roles.json --ignore no-description

Exit code: 0 nothing but information, 1 warnings or errors, 2 it could not be
read.`,
  options: { ignore: { type: "string" }, now: { type: "string" }, format: { type: "string" } },
  count: [1, 1],
  run: async ([path = ""], options, terminal) => {
    const format = formatOf(options, FINDING_FORMATS);
    const ignored = ignoredBy(options);
    const { text } = await opened(path, terminal);
    const file = nameOf(path);
    const all = lint(text, optionalTime(options))
      .filter(({ code }) => !ignored.includes(code))
      .map((one) => ({ file, ...one }));
    const places = placesOf(
      text,
      all.map(({ path: pointer }) => pointer),
    );
    const found = all.map((one): Finding => ({ ...one, place: places.get(one.path) as TextPlace }));
    const summary = `${file}: ${found.length} finding${found.length === 1 ? "" : "s"}`;
    const { hasColors } = terminal;
    for (const line of written({ found, file, text, summary, format, hasColors, clean: "lint" }))
      terminal.print(line);
    return found.every(({ severity }) => severity === "info") ? 0 : 1;
  },
};

/** @throws {Unusable} of a code that there is not: what was meant would go on being found */
function ignoredBy({ ignore }: Options): readonly string[] {
  const codes = ignore === undefined ? [] : String(ignore).split(",");
  for (const code of codes)
    if (!Object.hasOwn(CODES, code)) throw new Unusable(unknown("code", code, Object.keys(CODES)));
  return codes;
}

/** All that there are; the compiler compares them. */
const CODES: Readonly<Record<FindingCode, true>> = {
  "generic-name": true,
  "duplicate-name": true,
  "no-description": true,
  "case-twins": true,
  "unused-role": true,
  "empty-role": true,
  "broad-grant": true,
  "sensitive-grant": true,
  prerequisite: true,
  "unreachable-grant": true,
  "shadowed-deny": true,
  "type-drops-inherited": true,
  "stale-review": true,
  "unscoped-sibling": true,
  "manage-without-view": true,
  "deny-on-optional": true,
  "grant-by-absence": true,
  "template-literal": true,
  "unread-attribute": true,
  "unknown-zone": true,
  separation: true,
  "disabled-holder": true,
  "expired-assignment": true,
  "single-admin": true,
  "whole-tenant-in-browser": true,
  unfinished: true,
};
