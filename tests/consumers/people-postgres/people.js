import { subjectFromRow } from "rolegate/claims";
import { database } from "./database.js";
import { rolesSince, TENANT } from "./roles.js";

/** A person, and the revision of the roles, in one query. */
const PERSON = `
  select people.*, revision,
    array(select team from memberships where person = people.id) as teams,
    array(select json_strip_nulls(json_build_object('role', role, 'team', team, 'until', ends_at))
      from assignments where person = people.id) as roles
  from people, snapshots
  where people.id = $1 and tenant = $2`;

/** The roles, and the gate of the person with this id; `null` if there is none. */
export async function gateOf(id) {
  const { rows } = await database.query(PERSON, [id, TENANT]);
  if (rows.length === 0) return null;
  const tenant = await rolesSince(Number(rows[0].revision));
  return { tenant, own: tenant.for(subjectOf(rows[0])) };
}

/** Assignments are objects, with a team or an end, as in a snapshot; everything else is a column. */
function subjectOf(row) {
  const { subject, problems } = subjectFromRow(row, { id: "id", teams: "teams", attributes: { region: "region" } });
  if (problems.length > 0) console.warn(subject.id, problems);
  const suspended = row.suspended_at !== null && { disabled: true };
  return { ...subject, ...suspended, roles: row.roles };
}
