// Attributes that JSON can hold (own-attributes.json).

import { narrow, travel } from "./own-parts.mjs";
import { show } from "./report.mjs";

export async function attributes(report, lib, { name, snapshot: json, cases }) {
  const snapshot = await lib.load(JSON.stringify(json));
  const narrowed = new Map();
  for (const { user } of cases)
    if (!narrowed.has(user)) narrowed.set(user, (await narrow(lib, snapshot, user)) ?? snapshot);
  for (const { user, permission, resource, context, now, can } of cases) {
    // A record that was written as text: JSON's own keys and numbers.
    const record = typeof resource === "string" ? JSON.parse(resource) : resource;
    report.check(
      `own-attributes/${name}/${user} ${permission} ${typeof resource === "string" ? resource : JSON.stringify(resource)}`,
      () => {
        const gate = snapshot.for(user, { now, context });
        const lite = lib.restore(travel(gate.toJSON()), { now, context });
        const found = [
          gate.can(permission, record),
          lite.can(permission, record),
          gate.explain(permission, record).allowed,
          gate.scope(permission).matches(record),
          lib.Scope.from(travel(lite.scope(permission).toJSON()), { now }).matches(record),
          gate.filter(permission, [record]).length === 1,
          narrowed.get(user).for(user, { now, context }).can(permission, record),
        ];
        return found.every((answer) => answer === can)
          ? undefined
          : `can, lite, explain, scope, scope from JSON, filter, narrowed: ${show(found)}, not ${can}`;
      },
    );
  }
  for (const small of new Set([snapshot, ...narrowed.values()])) small.free();
}
