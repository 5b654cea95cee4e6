import { load } from "rolegate";
import { database } from "./database.js";

export const TENANT = "acme";
const DOCUMENT = "select revision, document::text from snapshots where tenant = $1";

let tenant; // the snapshot in use
let tried = 0; // the newest revision that was loaded or refused
let arriving; // one load at a time: requests that arrive meanwhile wait for it

/** The roles of this revision or a newer one. If it is broken, the one loaded before stays in use. */
export async function rolesSince(revision) {
  if (tried < revision) await (arriving ??= renew().finally(() => (arriving = undefined)));
  if (tenant === undefined) throw new Error("no roles");
  return tenant;
}

async function renew() {
  const { rows } = await database.query(DOCUMENT, [TENANT]);
  if (rows.length === 0) return;
  tried = Number(rows[0].revision);
  try {
    tenant = await load(rows[0].document, { tenant: TENANT, minRevision: tenant?.revision ?? 0 });
  } catch (error) {
    console.error(error);
  }
}
