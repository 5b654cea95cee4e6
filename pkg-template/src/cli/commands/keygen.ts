// `rolegate keygen`: keys to sign snapshots with.

import { type Command, Unusable } from "../command.js";
import { signing } from "../signing.js";

export const command: Command = {
  usage: "<private.json> <public.json>",
  help: `Makes a pair of keys, and writes the private key, which only the publisher may
have, and the key set that verifies what it signs. Needs \`jose\`. Files that are
there are not replaced.

      --algorithm NAME  EdDSA (if it is not said), or ES256 for old browsers

  rolegate keygen private.json roles-keys.json

Exit code: 0, or 2 if they could not be written.`,
  options: { algorithm: { type: "string" } },
  count: [2, 2],
  run: async ([privatePath = "", publicPath = ""], { algorithm = "EdDSA" }, terminal) => {
    if (algorithm !== "EdDSA" && algorithm !== "ES256")
      throw new Unusable(`--algorithm is EdDSA or ES256, not "${String(algorithm)}"`);
    if (privatePath === publicPath) throw new Unusable("the keys need a file each");
    const { generateKeys, toJwks } = await signing();
    const keys = await generateKeys(algorithm);
    await terminal.create(privatePath, `${JSON.stringify(keys.privateKey)}\n`, 0o600);
    await terminal.create(publicPath, `${JSON.stringify(toJwks(keys), undefined, 2)}\n`, 0o644);
    terminal.warn(
      `${privatePath}: keep it secret; ${publicPath}: publish it (key ${keys.publicKey.kid ?? ""})`,
    );
    return 0;
  },
};
