// Signatures need `jose`, which not everybody has installed.

import { Unusable } from "./command.js";

/** @throws {Unusable} */
export async function signing(): Promise<typeof import("../signed/index.js")> {
  try {
    return await import("../signed/index.js");
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Unusable("signatures need jose: npm install jose");
  }
}
