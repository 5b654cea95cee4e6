// `rolegate explain`: why somebody may or may not do something, and what would change it.

import type { Explanation, Remedy } from "../../types/types.js";
import type { Command } from "../command.js";
import { ASKING, ASKING_HELP, askedBy, gateFor, knownPermission, opened, whomOf } from "../open.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

export const command: Command = {
  usage: "<snapshot.json> <user> <permission>",
  help: `Says why a user has a permission or not: the role, assignment, level and
condition that decided, the prerequisite that failed, the attributes that were
unknown, and the shortest list of changes that would allow it.
${ASKING_HELP}
      --format FORMAT   human, json

  rolegate explain roles.json bo tickets.reply -r '{"assigneeId":"ana"}'

Exit code: 0 yes, 1 no, 2 it could not be asked.`,
  options: { ...ASKING, format: { type: "string" } },
  count: [3, 3],
  run: async ([path = "", user = "", permission = ""], options, terminal) => {
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const { options: gateOptions, ...about } = await askedBy(options, snapshot, terminal);
    const id = knownPermission(snapshot, permission);
    const whom = await whomOf(user, terminal);
    const gate = gateFor(snapshot, whom, gateOptions, terminal);
    const answer = "resource" in about ? gate.explain(id, about.resource) : gate.explain(id);
    const remedies = snapshot.remedies(whom, id, { ...gateOptions, ...about });
    if (format === "json") {
      const { complete } = remedies;
      terminal.print(
        JSON.stringify(
          { ...answer, unknown: gate.unknown, remedies: { complete, list: remedies } },
          undefined,
          2,
        ),
      );
    } else {
      terminal.print(`${answer.allowed ? "yes" : "no"}: ${answer.reason}. ${answer.text}`);
      const rows = [
        ...rowsOf(answer),
        ...remedies.map((remedy, at) => [at === 0 ? "would help" : "and", wordsOf(remedy)]),
      ];
      for (const line of table(rows)) terminal.print(`  ${line}`);
    }
    return answer.allowed ? 0 : 1;
  },
};

/** What the explanation knows, a row each. */
function rowsOf({
  permission,
  role,
  assignment,
  via,
  level,
  team,
  condition,
  missing,
  requires,
}: Explanation): string[][] {
  const rows: [string, unknown][] = [
    ["permission", permission],
    ["role", role],
    ["assignment", assignment],
    ["via", via?.join(" → ")],
    ["level", level],
    ["team", team],
    ["condition", condition && JSON.stringify(condition)],
    ["unknown", missing?.join(", ")],
  ];
  const known = rows.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]);
  return requires === undefined
    ? known
    : [...known, ["requires", `${requires.permission}: ${requires.reason}`], ...rowsOf(requires)];
}

/** A change in words. */
function wordsOf(remedy: Remedy): string {
  switch (remedy.kind) {
    case "grant":
      return `assign ${remedy.roles.join(" or ")}${remedy.level === "all" ? "" : `: ${remedy.permission} up to level ${remedy.level}`}`;
    case "team":
      return `join the team ${remedy.team}`;
    case "wait":
      return `wait until ${new Date(remedy.until).toISOString()}`;
    case "plan":
      return `change the plan to ${remedy.plans.join(" or ")}`;
    case "condition":
      return `make this true: ${JSON.stringify(remedy.condition)}`;
    case "lift-denial":
      return `take the denial out of ${remedy.role}`;
    case "enable-user":
      return "enable the user";
    case "requires":
      return `get ${remedy.permission}: ${remedy.remedies.map(wordsOf).join("; ")}`;
  }
}
