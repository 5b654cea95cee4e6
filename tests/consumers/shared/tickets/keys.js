import { readFile, writeFile } from "node:fs/promises";
import { generateKeys, toJwks } from "rolegate/signed";

const FILE = "signing-keys.json";

/** The keys of whoever publishes, made once. Only they may have the private one: no server needs it. */
export async function signingKeys() {
  try {
    return JSON.parse(await readFile(FILE, "utf8"));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    const keys = await generateKeys();
    await writeFile(FILE, JSON.stringify(keys), { mode: 0o600 });
    return keys;
  }
}

/** What servers verify with, as the text of a variable. */
export async function publicKeys() {
  const { publicKey } = await signingKeys();
  return JSON.stringify(toJwks([publicKey]));
}
