// `rolegate who-can`: the users of a snapshot who have a permission.

import type { Command } from "../command.js";
import { ASKING, ASKING_HELP, askedBy, knownPermission, opened } from "../open.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

export const command: Command = {
  usage: "<snapshot.json> <permission>",
  help: `Lists the users of a snapshot who have a permission: on a record, or on any at
all.
${ASKING_HELP}
      --format FORMAT   human, json

  rolegate who-can roles.json tickets.delete

Exit code: 0 somebody, 1 nobody, 2 it could not be asked.`,
  options: { ...ASKING, format: { type: "string" } },
  count: [2, 2],
  run: async ([path = "", permission = ""], options, terminal) => {
    const format = formatOf(options, ["human", "json"]);
    const { snapshot } = await opened(path, terminal);
    const { options: gateOptions, ...about } = await askedBy(options, snapshot, terminal);
    const id = knownPermission(snapshot, permission);
    const users = snapshot.whoCan(id, { ...gateOptions, ...about });
    if (format === "json") terminal.print(JSON.stringify(users));
    else {
      const names = new Map(snapshot.toJSON().users?.map(({ id, name = "" }) => [id, name]));
      const rows = users.map((user) => [user, names.get(user) ?? ""]);
      for (const line of table(rows)) terminal.print(line);
    }
    return users.length === 0 ? 1 : 0;
  },
};
