// A tenant of 20,000 users, 2,000 teams and 1,000 permissions.

import { travel } from "./own-parts.mjs";
import { equal } from "./report.mjs";

export async function large(report, lib) {
  const [USERS, TEAMS, DEEP, PERMISSIONS, CATEGORIES] = [20_000, 2_000, 500, 1_000, 50];
  const now = 1_795_080_214_000;
  const per = PERMISSIONS / CATEGORIES;
  const upTo = (count) => Array.from({ length: count }, (_, n) => n);
  const team = (n) => `team-${n}`;
  const permission = (n) => `c${Math.floor(n / per)}.p${n}`;
  // The first teams are one chain; the others lie flat under its first.
  const teams = upTo(TEAMS).map((n) =>
    n === 0 ? { id: team(n) } : { id: team(n), parent: team(n < DEEP ? n - 1 : 0) },
  );
  const json = {
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: upTo(CATEGORIES).map((c) => ({
        id: `c${c}`,
        permissions: upTo(per).map((k) => {
          const n = c * per + k;
          // Within a category each permission requires the one before: twenty in a row.
          return {
            id: permission(n),
            scopes: ["own", "team", "all"],
            ...(k > 0 && { requires: [permission(n - 1)] }),
          };
        }),
      })),
    },
    teams,
    roles: [
      { id: "admin", name: "Administrator", grants: { "*": true } },
      ...upTo(CATEGORIES).map((c) => ({
        id: `r${c}`,
        name: `Role ${c}`,
        grants: { [`c${c}.*`]: "team" },
        ...(c > 0 && { inherits: [`r${c - 1}`] }),
      })),
    ],
    users: upTo(USERS).map((n) => ({
      id: `user-${n}`,
      teams: [team(n % TEAMS)],
      roles: n === 0 ? ["admin"] : [`r${n % CATEGORIES}`],
    })),
  };
  let snapshot;
  await report.test("own-large: it loads", async () => {
    snapshot = await lib.load(JSON.stringify(json));
    equal(
      [
        snapshot.users().length,
        snapshot.teams().length,
        snapshot.permissions().length,
        snapshot.roles().length,
      ],
      [USERS, TEAMS, PERMISSIONS, CATEGORIES + 1],
    );
  });
  if (snapshot === undefined) return;
  const gate = (n) => snapshot.for(`user-${n}`, { now });
  await report.test("own-large: each user holds what the role and those above it grant", () => {
    for (const n of [1, 49, 50, 499, 500, 501, 1999, 2000, 10_000, 19_999]) {
      const held = ((n % CATEGORIES) + 1) * per;
      const it = gate(n);
      equal(it.permissions().length, held, `user ${n}`);
      equal(
        [it.can(permission(held - 1)), held < PERMISSIONS && it.can(permission(held))],
        [true, false],
        `user ${n}, the last`,
      );
    }
    equal(gate(0).permissions(), snapshot.permissions(), "the administrator");
    equal(gate(USERS).permissions(), [], "nobody");
  });
  await report.test("own-large: a chain of 500 teams and 1,500 beside each other", () => {
    for (const it of [gate(0 + TEAMS), lib.restore(travel(gate(TEAMS).toJSON()), { now })]) {
      for (const n of [0, 1, 499, 500, 1999])
        equal(it.can(permission(0), { team: team(n) }), true, `from the root, ${n}`);
      equal(
        it.scope(permission(0)).parts[0].any.flatMap(({ teams: covered }) => covered ?? []).length,
        TEAMS,
        "covered from the root",
      );
    }
    for (const it of [gate(250), lib.restore(travel(gate(250).toJSON()), { now })]) {
      equal(
        [249, 250, 251, 499, 500].map((n) => it.can(permission(0), { team: team(n) })),
        [false, true, true, true, false],
        "from the middle of the chain",
      );
    }
    equal(
      [1998, 1999, 0].map((n) => gate(1999).can(permission(19), { team: team(n) })),
      [false, true, false],
      "one of those beside each other",
    );
    equal(gate(1).can(permission(0), { team: upTo(TEAMS).map(team) }), true, "a record of all teams");
    equal(
      gate(1).can(permission(0), { team: upTo(5_000).map((n) => `other-${n}`) }),
      false,
      "a record of 5,000 unknown teams",
    );
    equal(
      gate(1).can(permission(0), { owner: [...upTo(20_000).map((n) => `user-${n + 2}`), "user-1"] }),
      true,
      "a record of 20,000 owners",
    );
  });
  await report.test("own-large: twenty prerequisites in a row", () => {
    const last = permission(per - 1);
    const it = gate(50);
    equal(
      [it.can(last), it.can(last, { team: team(50) }), it.can(last, { team: team(49) })],
      [true, true, false],
    );
    equal(it.scope(last).parts.length, per, "parts");
    equal(
      gate(50)
        .with({ limit: [last] })
        .can(last),
      false,
      "a limit without the prerequisites",
    );
  });
  await report.test("own-large: a thousand gates", () => {
    let held = 0;
    for (const n of upTo(USERS / 20)) held += Number(gate(n * 7 + 49).can(permission(PERMISSIONS - 1)));
    equal(held, 20, "holders of the last permission");
  });
  await report.test("own-large: filter over 20,000 records", () => {
    const records = upTo(20_000).map((n) => ({ team: team(n % TEAMS), owner: `user-${n}` }));
    equal(gate(250).filter(permission(0), records).length, (DEEP - 250) * 10, "from the middle of the chain");
  });
  if (typeof snapshot.whoCan === "function") {
    await report.test("own-large: whoCan", () => {
      equal(snapshot.whoCan(permission(PERMISSIONS - 1), { now }).length, USERS / CATEGORIES + 1);
    });
  } else report.skip("own-large: whoCan", "snapshot.whoCan does not exist");
  if (typeof snapshot.narrow === "function") {
    await report.test("own-large: narrow", async () => {
      const small = await lib.load(snapshot.narrow("user-250"));
      equal(small.for("user-250", { now }).permissions(), gate(250).permissions());
      equal(small.users(), ["user-250"]);
      small.free();
    });
  }
  snapshot.free();
}
