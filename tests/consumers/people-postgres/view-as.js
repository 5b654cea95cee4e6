/**
 * What somebody with this role, in this team, sees and may do; never more than `own`, the gate of the admin.
 * The subject has the admin's id, so logs name the admin, and "own" records are the admin's.
 */
export function viewAs(tenant, own, { role, team }) {
  const subject = { id: own.user, roles: [role], teams: team === undefined ? [] : [team] };
  // `limit` bounds the list of permissions. On records both are asked: the admin's own may not reach as far.
  const seen = tenant.for(subject, { limit: own.permissions() });
  return {
    user: own.user,
    permissions: () => seen.permissions(),
    can: (...question) => own.can(...question) && seen.can(...question),
    filter: (permission, records) => seen.filter(permission, own.filter(permission, records)),
    explain: (...question) => (own.can(...question) ? seen : own).explain(...question),
  };
}
