import { load } from "rolegate";
import { betterAuth, subjectFrom } from "rolegate/claims";
import { access, roles } from "./access.js";
import { auth } from "./auth.js";
import { documentOf } from "./document.js";

const MOST = 1000; // snapshots in memory
const kept = new Map();

/** The gate of the user of this request in the active organization; `null` if there is none. */
export async function gateOf(headers) {
  const found = await auth.api.getSession({ headers });
  const organization = found?.session.activeOrganizationId;
  if (!organization) return null;
  const { adapter } = await auth.$context;
  const of = (field, value) => ({ field, value });
  const [member, rows] = await Promise.all([
    adapter.findOne({ model: "member", where: [of("organizationId", organization), of("userId", found.user.id)] }),
    adapter.findMany({ model: "organizationRole", where: [of("organizationId", organization)] }),
  ]);
  if (member === null) return null;
  const { subject, options } = subjectFrom(member, { ...betterAuth, tenant: organization });
  return (await snapshotOf(organization, rows)).for(subject, options);
}

/** Loaded again only when the rows have changed. */
async function snapshotOf(organization, rows) {
  const text = JSON.stringify(rows.map(({ role, permission }) => [role, permission]).sort());
  const before = kept.get(organization);
  if (before?.text === text) return before.snapshot;
  const revision = Math.max(Date.now(), (before?.revision ?? 0) + 1);
  const { document, problems } = documentOf({ organization, revision, statements: access.statements, roles, rows });
  if (problems.length > 0) console.warn(organization, problems);
  const snapshot = load(document);
  kept.delete(organization);
  kept.set(organization, { text, revision, snapshot });
  if (kept.size > MOST) kept.delete(kept.keys().next().value);
  return snapshot;
}
