import { load } from "../../../pkg/entries/node.js";

/** Ana's part of a snapshot. */
export async function narrowed(document, user = "ana") {
  return JSON.parse((await load(document)).narrow(user));
}
