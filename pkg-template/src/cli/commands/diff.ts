// `rolegate diff`: who gains and who loses what from one snapshot to another.

import { diff } from "../../admin/node.js";
import type { Impact, ImpactChange } from "../../admin/types.js";
import { printable } from "../../core/errors.js";
import { type Command, Unusable } from "../command.js";
import { opened } from "../open.js";
import { formatOf, optionalTime } from "../settings.js";
import { table } from "../table.js";

const FORMATS = ["human", "json", "markdown"] as const;
const KINDS = ["wider", "narrower", "different", "any"];
/** How many rows are shown, unless told otherwise. */
const LIMIT = 100;

export const command: Command = {
  usage: "<old.json> <new.json>",
  help: `Says whose permissions change from one snapshot to another, now or later: who gets further, who less far.

      --fail-on KIND    exit code 1 only for wider, narrower, different; any if it is not said
      --limit N         how many rows are shown: ${LIMIT}
      --now TIME        instead of the clock
      --format FORMAT   ${FORMATS.join(", ")} (a comment for a pull request)

  git show main:roles.json | rolegate diff - roles.json --fail-on wider

Exit code: 0 no such change, 1 there is one, 2 they could not be compared.`,
  options: {
    "fail-on": { type: "string" },
    limit: { type: "string" },
    now: { type: "string" },
    format: { type: "string" },
  },
  count: [2, 2],
  run: async ([before = "", after = ""], options, terminal) => {
    const format = formatOf(options, FORMATS);
    const kind = String(options["fail-on"] ?? "any");
    if (!KINDS.includes(kind)) throw new Unusable(`--fail-on is one of ${KINDS.join(", ")}, not "${kind}"`);
    const limit = limitOf(options.limit);
    const [{ text: old }, { text: now }] = [await opened(before, terminal), await opened(after, terminal)];
    // All of them count for the exit code.
    const impact = diff(old, now, { ...optionalTime(options), limit: Number.MAX_SAFE_INTEGER });
    const shown = { total: impact.total, changes: impact.changes.slice(0, limit) };
    const lines =
      format === "json"
        ? [JSON.stringify(shown, undefined, 2)]
        : format === "markdown"
          ? asMarkdown(shown)
          : asLines(shown);
    for (const line of lines) terminal.print(line);
    const counts = impact.changes.some(({ change }) => kind === "any" || change === kind);
    return counts ? 1 : 0;
  },
};

function limitOf(given: unknown): number {
  if (given === undefined) return LIMIT;
  if (typeof given === "string" && /^\d{1,9}$/.test(given)) return Number(given);
  throw new Unusable(`--limit must be a number, not "${String(given)}"`);
}

const COLUMNS = ["", "user", "permission", "from", "to", "when"];

function rowOf({ user, permission, from, to, change, conditional, at, until }: ImpactChange): string[] {
  const when = [
    conditional ? "under conditions" : "",
    at === undefined ? "" : `from ${new Date(at).toISOString()}`,
    until === undefined ? "" : `until ${new Date(until).toISOString()}`,
  ];
  return [change, user, permission, from, to, when.filter(Boolean).join(", ")].map(printable);
}

/** What is not shown. */
function restOf({ changes, total }: Impact): string {
  const more = total - changes.length;
  return `${total} change${total === 1 ? "" : "s"}${more > 0 ? `, of which ${more} are not shown` : ""}`;
}

function asLines(impact: Impact): string[] {
  return [...table(impact.changes.map(rowOf)), restOf(impact)];
}

/** No name makes a link, a mention or a table of its own. */
function asMarkdown(impact: Impact): string[] {
  const cell = (text: string): string =>
    text === ""
      ? ""
      : `<code>${text.replaceAll(/[^\p{L}\p{N} _.-]/gu, (mark) => `&#${mark.codePointAt(0) ?? 0};`)}</code>`;
  const row = ([change = "", ...cells]: readonly string[]): string =>
    `| ${[change, ...cells.map(cell)].join(" | ")} |`;
  if (impact.total === 0) return ["Nobody’s permissions change."];
  return [
    `**${restOf(impact)}**`,
    "",
    `| ${COLUMNS.join(" | ")} |`,
    `|${"---|".repeat(COLUMNS.length)}`,
    ...impact.changes.map((change) => row(rowOf(change))),
  ];
}
