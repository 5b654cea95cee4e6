// Scopes, as they are written and on records (own-scope.json).

import { narrow, travel } from "./own-parts.mjs";
import { equal, show } from "./report.mjs";

export async function scopes(
  report,
  lib,
  { name, snapshot: json, user, options, permission, scope: wanted, yes = [], no = [] },
) {
  const snapshot = await lib.load(JSON.stringify(json));
  const gate = snapshot.for(user, options);
  const ways = {
    gate,
    lite: lib.restore(travel(gate.toJSON()), { now: options.now, context: options.context }),
  };
  const narrowed = await narrow(lib, snapshot, user);
  if (narrowed !== undefined) ways.narrowed = narrowed.for(user, options);
  for (const [way, asked] of Object.entries(ways)) {
    await report.test(`own-scope/${name}: ${way}`, () => {
      const scope = asked.scope(permission);
      const { level, conditional, ...data } = wanted;
      const found = travel(scope.toJSON());
      const { validUntil = Infinity, ...rest } = found;
      equal({ ...rest, parts: normal(rest.parts) }, { ...data, parts: normal(data.parts) }, "toJSON()");
      equal(validUntil, asked.validUntil, "validUntil");
      const clock = { now: options.now };
      const copies = [
        scope,
        lib.Scope.from(found, clock),
        lib.Scope.from(travel(lib.Scope.from(found).toJSON()), clock),
      ];
      for (const copy of copies) {
        equal(
          [copy.kind, copy.level, copy.conditional],
          [data.kind, level, conditional],
          "kind, level, conditional",
        );
        equal(travel(copy.parts), found.parts, "parts");
        equal(travel(copy.toJSON()), found, "toJSON() again");
        for (const record of yes) equal(copy.matches(record), true, show(record));
        for (const record of no) equal(copy.matches(record), false, show(record));
      }
      for (const record of yes) equal(asked.can(permission, record), true, `can on ${show(record)}`);
      for (const record of no) equal(asked.can(permission, record), false, `can on ${show(record)}`);
    });
  }
  snapshot.free();
}

/** Neither the order of clauses nor that of teams matters. */
function normal(parts) {
  const clauses = (list) =>
    list.map((clause) => (clause.teams ? { ...clause, teams: [...clause.teams].sort() } : clause));
  const byText = (list) => clauses(list).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return parts.map(({ any, none }) => ({ any: byText(any), none: byText(none) }));
}
