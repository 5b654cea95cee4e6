// `rolegate check`: whether a document is a snapshot, or whether somebody may do something.

import { SnapshotError } from "../../core/errors.js";
import { load } from "../../entries/node.js";
import { type Command, type ExitCode, type Options, type Terminal, Unusable } from "../command.js";
import {
  ASKING,
  ASKING_HELP,
  askedBy,
  findingsOf,
  gateFor,
  knownPermission,
  nameOf,
  opened,
  whomOf,
} from "../open.js";
import { FINDING_FORMATS, type Finding, written } from "../report.js";
import { formatOf } from "../settings.js";

export const command: Command = {
  usage: "<snapshot.json> [<user> <permission>]",
  help: `Says whether a document is a valid snapshot, with every problem in it; or
whether a user has a permission. A user is an id, or JSON of somebody whom the
snapshot does not list.
${ASKING_HELP}
      --format FORMAT   ${FINDING_FORMATS.join(", ")};
                        of an answer: human or json

  rolegate check roles.json
  rolegate check roles.json ana tickets.reply --resource '{"assigneeId":"ana"}'

Exit code: 0 valid, or yes; 1 invalid, or no; 2 it could not be asked.`,
  options: { ...ASKING, format: { type: "string" } },
  count: [1, 3],
  run: async ([path = "", user, permission], options, terminal) => {
    if (user === undefined) return valid(path, options, terminal);
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const asked = await askedBy(options, snapshot, terminal);
    const id = knownPermission(snapshot, permission ?? "");
    const gate = gateFor(snapshot, await whomOf(user, terminal), asked.options, terminal);
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

async function valid(path: string, options: Options, terminal: Terminal): Promise<ExitCode> {
  const format = formatOf(options, FINDING_FORMATS);
  for (const name of Object.keys(ASKING))
    if (options[name] !== undefined)
      throw new Unusable(`--${name} is for a question, which needs a user and a permission`);
  const text = await terminal.read(path);
  const file = nameOf(path);
  const { found, summary } = await looked(text, file);
  const isValid = found.length === 0;
  const { hasColors } = terminal;
  for (const line of written({
    ...{ found, file, text, format, hasColors, clean: "valid", more: { valid: isValid } },
    summary: `${file}: ${summary}`,
  }))
    terminal.print(line);
  return isValid ? 0 : 1;
}

async function looked(text: string, file: string): Promise<{ found: Finding[]; summary: string }> {
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
    return { found: [], summary: `valid, revision ${snapshot.revision}${tenant}: ${counted.join(", ")}` };
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    const found = findingsOf(error, file, text);
    return { found, summary: `invalid, ${found.length} problem${found.length === 1 ? "" : "s"}` };
  }
}
