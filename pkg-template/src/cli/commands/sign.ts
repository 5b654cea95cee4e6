// `rolegate sign`: a signed snapshot, as readers verify it.

import { type Command, Unusable } from "../command.js";
import { jsonOf, opened } from "../open.js";
import { signing } from "../signing.js";

export const command: Command = {
  usage: "<snapshot.json>",
  help: `Signs a snapshot and writes a compact JWS. It must have \`expiresAt\`. Needs
\`jose\`.

  -k, --key FILE        the private key, from keygen
      --subject ID      whose data a narrowed snapshot is; \`null\`: it is for
                        everyone, although it has one user
      --epoch N         higher than before: starts the count of revisions again
  -o, --out FILE        where to, instead of the standard output

  rolegate sign roles.json --key private.json --out roles.jws

Exit code: 0, or 2 if it could not be signed.`,
  options: {
    key: { type: "string", short: "k" },
    subject: { type: "string" },
    epoch: { type: "string" },
    out: { type: "string", short: "o" },
  },
  count: [1, 1],
  run: async ([path = ""], options, terminal) => {
    const { key, subject, epoch, out } = options as Record<string, string | undefined>;
    if (key === undefined) throw new Unusable("--key is missing: the file of the private key");
    const { sign } = await signing();
    const { text } = await opened(path, terminal);
    const jws = await sign(text, (await jsonOf(`@${key}`, "--key", terminal)) as Parameters<typeof sign>[1], {
      ...(subject !== undefined && { subject: subject === "null" ? null : subject }),
      ...(epoch !== undefined && { epoch: /^\d{1,15}$/.test(epoch) ? Number(epoch) : Number.NaN }),
    });
    if (out === undefined) terminal.print(jws);
    else await terminal.write(out, `${jws}\n`);
    return 0;
  },
};
