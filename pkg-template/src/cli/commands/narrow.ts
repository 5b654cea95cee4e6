// `rolegate narrow`: the snapshot of one person, which may be sent to a page.

import { printable } from "../../core/errors.js";
import { type Command, Unusable } from "../command.js";
import { opened, unknownNames, whomOf } from "../open.js";

const OUTSIDER = '{"id":"ana","roles":["agent"]}';

export const command: Command = {
  usage: "<snapshot.json> <user>",
  help: `Writes the snapshot of one person: the same decisions, and nothing about anybody
else.

  -o, --out FILE        where to, instead of the standard output

  rolegate narrow roles.json ana > ana.json

Exit code: 0, or 2 if it could not be made: also for an id that the snapshot
does not list.`,
  options: { out: { type: "string", short: "o" } },
  count: [2, 2],
  run: async ([path = "", user = ""], { out }, terminal) => {
    const { snapshot } = await opened(path, terminal);
    const whom = await whomOf(user, terminal);
    for (const line of unknownNames(snapshot, whom)) {
      // A snapshot in which somebody is denied everything is no answer to a misspelt id.
      if (typeof whom !== "object")
        throw new Unusable(`${line}\nsomebody whom it does not list is given as JSON: ${OUTSIDER}`);
      terminal.warn(printable(line));
    }
    const text = snapshot.narrow(whom);
    if (typeof out === "string") await terminal.write(out, text);
    else terminal.print(text);
    return 0;
  },
};
