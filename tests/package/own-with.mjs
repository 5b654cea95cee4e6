// Gates that are derived from one another (own-with.json).

import { narrow } from "./own-parts.mjs";
import { equal, ok, show } from "./report.mjs";

/** One user's gates, each derived from the one before. */
export async function chains(report, lib, { name, snapshot: json, user, steps }) {
  for (const way of ["whole", "narrowed"]) await chain(way);

  async function chain(way) {
    const snapshot = await lib.load(JSON.stringify(json));
    const asked = way === "whole" ? snapshot : await narrow(lib, snapshot, user);
    if (asked !== undefined)
      await report.test(`own-with/${name}: ${way}`, () => walk(snapshot.permissions(), asked));
    if (asked !== snapshot) asked?.free();
    snapshot.free();
  }

  function walk(ids, snapshot) {
    const scoped = new Set(
      json.catalog.categories.flatMap(({ permissions }) =>
        permissions.filter(({ scopes }) => scopes).map(({ id }) => id),
      ),
    );
    let gate;
    for (const [
      index,
      { options: given, undefined: absent = [], yes, reason = {}, on = [] },
    ] of steps.entries()) {
      const options = { ...given, ...Object.fromEntries(absent.map((key) => [key, undefined])) };
      gate = gate === undefined ? snapshot.for(user, options) : gate.with(options);
      const label = `step ${index}, ${JSON.stringify(given)}${absent.length > 0 ? ` and ${absent} undefined` : ""}`;
      equal(gate.permissions(), yes, `${label}: permissions()`);
      for (const permission of ids) {
        const can = yes.includes(permission);
        equal(
          [
            gate.can(permission),
            gate.canAll([permission]),
            gate.canAny([permission]),
            gate.explain(permission).allowed,
          ],
          [can, can, can, can],
          `${label}: ${permission}`,
        );
        if (can && scoped.has(permission))
          ok(gate.scope(permission).kind !== "none", `${label}: the scope of ${permission} is none`);
      }
      equal(
        [gate.canAll(yes), gate.canAny(yes), gate.canAny(ids), gate.canAll(ids)],
        [yes.length > 0, yes.length > 0, yes.length > 0, yes.length === ids.length && ids.length > 0],
        `${label}: canAll, canAny`,
      );
      for (const [permission, wanted] of Object.entries(reason))
        equal(gate.explain(permission).reason, wanted, `${label}: why ${permission}`);
      for (const [permission, record, can] of on) {
        const found = [
          gate.can(permission, record),
          gate.explain(permission, record).allowed,
          gate.filter(permission, [record]).length === 1,
          gate.scope(permission).matches(record),
        ];
        equal(found, [can, can, can, can], `${label}: ${permission} on ${show(record)}`);
      }
    }
  }
}
