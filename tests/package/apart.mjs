// What gates, snapshots and answers share inside must not show: whatever becomes of one of them, the others
// answer as before.

import { acme, NOW } from "./acme.mjs";
import { equal, ok } from "./report.mjs";

export async function apart(report, lib) {
  await report.test("the lists of a snapshot stay its own when others are loaded", async () => {
    const snapshot = await lib.load(acme());
    const lists = () => [snapshot.categories(), snapshot.teams(), snapshot.roles()];
    const before = lists();
    const others = [];
    for (let i = 0; i < 9; i += 1) others.push(await lib.load(nothing(i)));
    equal(lists(), before);
    for (const other of others) other.free();
    equal(lists(), before);
  });

  await report.test(
    "a denial by team is kept when its snapshot is freed after another was loaded",
    async () => {
      const snapshot = await lib.load(denying());
      const gate = snapshot.for("ana", { now: NOW });
      await lib.load({
        format: "rolegate/1",
        revision: 1,
        catalog: { categories: [] },
        users: [],
        roles: [],
      });
      snapshot.free();
      equal(
        [gate.can("c.export", { team: "sales" }), gate.can("c.export", { team: "other" })],
        [false, true],
      );
      equal(gate.explain("c.export", { team: "sales" }).reason, "denied");
      equal(gate.toJSON().teams, [["sales"]]);
    },
  );

  await report.test(
    "a clock that is a function does not move the time of those with a fixed one",
    async () => {
      const snapshot = await lib.load(beginning());
      const [early, late] = [BEGINS - 1, BEGINS + 1];
      for (const [fixedAt, movedTo, expected] of [
        [early, late, false],
        [late, early, true],
      ]) {
        const fixed = snapshot.for("ana", { now: fixedAt });
        equal(fixed.can("c.view"), true);
        let now = fixedAt;
        const moving = snapshot.for("ana", { now: () => now });
        equal(moving.can("c.view"), true);
        now = movedTo;
        equal([moving.can("c.export"), moving.can("c.export", {})], [!expected, !expected], "moving");
        equal(
          [fixed.can("c.export"), fixed.can("c.export", {}), fixed.explain("c.export").allowed],
          [expected, expected, expected],
          "fixed",
        );
      }
    },
  );

  await report.test("a scope that was handed out cannot be changed, nor anyone's answer by it", async () => {
    const snapshot = await lib.load(open());
    const gate = snapshot.for("ana", { now: NOW });
    const scope = gate.scope("c.export");
    for (const given of [scope, scope.toJSON()]) {
      for (const change of [
        () => given.parts[0].any[0].where["resource.status"].$in.push("secret"),
        () => given.parts[0].any.push({}),
        () => given.parts.pop(),
      ]) {
        unchanged(scope, change);
      }
    }
    unchanged(gate.scope("c.export"), () => (gate.scope("c.export").kind = "all"));
    const data = gate.toJSON({ explain: true });
    const restored = lib.restore(data, { now: NOW });
    JSON.stringify(
      data,
      (_, value) => (Array.isArray(value) && value[0] === "open" && value.push("secret"), value),
    );
    for (const each of [
      gate,
      snapshot.for("ana", { now: NOW }),
      snapshot.for("bo", { now: NOW }),
      restored,
    ]) {
      equal(
        [each.can("c.export", { status: "open" }), each.can("c.export", { status: "secret" })],
        [true, false],
      );
    }
  });
}

/** What is frozen throws where the code is strict, and stays as it is everywhere. */
function unchanged(scope, change) {
  const before = JSON.stringify([scope.kind, scope]);
  try {
    change();
  } catch {
    // Strict code.
  }
  ok(JSON.stringify([scope.kind, scope]) === before, `${change} changed something`);
}

const BEGINS = NOW + 1000;
const catalog = {
  categories: [
    {
      id: "c",
      permissions: [
        { id: "c.view", scopes: ["all"] },
        { id: "c.export", scopes: ["all"] },
      ],
    },
  ],
};
const all = { id: "all", name: "All", grants: { "*": true } };

const nothing = (revision) => ({
  format: "rolegate/1",
  revision,
  catalog: { categories: [] },
  roles: [],
  users: [{ id: "xyz" }],
  teams: [{ id: "north" }],
});

const denying = () => ({
  format: "rolegate/1",
  revision: 1,
  catalog,
  teams: [{ id: "sales" }],
  roles: [all, { id: "no", name: "No", deny: ["c.export"] }],
  users: [{ id: "ana", roles: ["all", { role: "no", team: "sales" }] }],
});

const beginning = () => ({
  format: "rolegate/1",
  revision: 1,
  catalog,
  roles: ["view", "export"].map((id) => ({ id, name: id, grants: { [`c.${id}`]: true } })),
  users: [{ id: "ana", roles: ["view", { role: "export", from: new Date(BEGINS).toISOString() }] }],
});

const open = () => ({
  format: "rolegate/1",
  revision: 1,
  catalog,
  roles: [
    { id: "open", name: "Open", grants: { "c.export": { when: { "resource.status": { $in: ["open"] } } } } },
  ],
  users: ["ana", "bo"].map((id) => ({ id, roles: ["open"] })),
});
