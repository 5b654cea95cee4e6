// `rolegate narrow`: the snapshot of one person, which may be sent to a page.

import type { Command } from "../command.js";
import { opened, whomOf } from "../open.js";

export const command: Command = {
  usage: "<snapshot.json> <user>",
  help: `Writes the snapshot of one person: the same decisions, and nothing about anybody else.

  -o, --out FILE        where to, instead of the standard output

  rolegate narrow roles.json ana > ana.json

Exit code: 0, or 2 if it could not be made.`,
  options: { out: { type: "string", short: "o" } },
  count: [2, 2],
  run: async ([path = "", user = ""], { out }, terminal) => {
    const { snapshot } = await opened(path, terminal);
    const text = snapshot.narrow(await whomOf(user, terminal));
    if (typeof out === "string") await terminal.write(out, text);
    else terminal.print(text);
    return 0;
  },
};
