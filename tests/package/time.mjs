// What time changes: assignments that begin and end, snapshots that expire, clocks that are wrong.

import { acme, acmeGates, NOW, travel, WINDOW } from "./acme.mjs";
import { equal, show } from "./report.mjs";

const [BEFORE, DURING, AFTER] = [WINDOW.from - 1, NOW, WINDOW.until];

export async function time(report, lib) {
  const { gate, both } = await acmeGates(report, lib);

  await both("an assignment counts from `from` to just before `until`", (of) => {
    const close = (now) => gate("eve", { now }).can("conversations.close");
    equal(
      [close(BEFORE), close(WINDOW.from), close(DURING), close(AFTER - 1), close(AFTER)],
      [false, true, true, true, false],
    );
    equal(of("eve").can("conversations.close"), true);
  });
  await report.test("now may be a function, and a gate follows it", () => {
    let now = BEFORE;
    const eve = gate("eve", { now: () => now });
    const told = [];
    for (now of [BEFORE, DURING, AFTER, DURING, BEFORE])
      told.push([
        eve.can("conversations.close"),
        eve.can("conversations.close", { teamId: "sales" }),
        eve.permissions().includes("conversations.close"),
        eve.scope("conversations.close").kind,
      ]);
    const [yes, no] = [
      [true, true, true, "some"],
      [false, false, false, "none"],
    ];
    equal(told, [no, yes, no, yes, no]);
  });
  await report.test("validUntil is the next moment at which an answer may change", () => {
    equal([gate("eve", { now: BEFORE }).validUntil, gate("eve").validUntil], [WINDOW.from, WINDOW.until]);
    equal(
      [gate("eve", { now: AFTER }).validUntil, gate("ana").validUntil],
      [Date.parse(acme().expiresAt), Date.parse(acme().expiresAt)],
      "the snapshot's own end",
    );
  });
  await report.test("nobody knows the hours of the year 10000: gates and their data say no", async () => {
    const end = Date.UTC(9999, 11, 31, 23, 59, 59, 999) + 1;
    const always = { "c.hours": { when: { $during: { tz: "Asia/Kolkata" } } }, "c.plain": true };
    const snapshot = await lib.load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions: [{ id: "c.hours" }, { id: "c.plain" }] }] },
      roles: [{ id: "r", name: "R", grants: always }],
      users: [{ id: "u", roles: ["r"] }],
    });
    let now = NOW;
    const gate = snapshot.for("u", { now: () => now });
    const data = travel(gate.toJSON());
    for (const it of [gate, lib.restore(data, { now: () => now })]) {
      const told = [];
      for (now of [NOW, end - 1, end, 1e18, NOW])
        told.push([it.can("c.hours"), it.can("c.hours", {}), it.can("c.plain"), it.validUntil > now]);
      const [yes, no] = [
        [true, true, true, true],
        [false, false, true, true],
      ];
      equal(told, [yes, yes, no, no, yes]);
      now = NOW;
      equal(it.validUntil, Infinity, "what always holds does so for good");
    }
    snapshot.free();
  });
  await report.test("without any end validUntil is Infinity", async () => {
    const { expiresAt: _, ...endless } = acme();
    const endlessSnapshot = await lib.load(endless);
    equal(endlessSnapshot.for("ana", { now: NOW }).validUntil, Infinity);
    equal(
      endlessSnapshot.for("ana").can("settings.labels"),
      Date.now() >= Date.parse(endless.issuedAt) - 86_400_000,
      "by the machine's own clock",
    );
  });
  await report.test("from expiresAt on, and by a clock that cannot be right, every answer is no", () => {
    const end = Date.parse(acme().expiresAt);
    equal(
      [gate("cy", { now: end - 1 }).can("settings.labels"), gate("cy", { now: end }).can("settings.labels")],
      [true, false],
    );
    for (const now of [
      NaN,
      Infinity,
      -Infinity,
      -1,
      0,
      "2026-11-20T12:00:00Z",
      null,
      {},
      new Date(NOW),
      () => NaN,
      () => "now",
      () => {
        throw new Error("no clock");
      },
    ]) {
      equal(
        [
          gate("cy", { now }).can("settings.labels"),
          gate("cy", { now }).permissions(),
          gate("cy", { now }).scope("conversations.view").kind,
        ],
        [false, [], "none"],
        `now ${show(now)}`,
      );
    }
  });
  await report.test("comparisons with the clock: of the record, of the user and of the context", async () => {
    const quarter = (path) => ({ when: { [path]: { $since: "now-15m" } } });
    const permissions = ["resource", "user", "context", "denied"].map((id) => ({
      id: `c.${id}`,
      scopes: ["own", "all"],
    }));
    const snapshot = await lib.load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions }] },
      roles: [
        {
          id: "r",
          name: "R",
          grants: {
            "c.resource": quarter("resource.at"),
            "c.user": quarter("user.at"),
            "c.context": quarter("context.at"),
            "c.denied": true,
          },
          deny: [{ key: "c.denied", when: { "resource.embargo": { $since: "now" } } }],
        },
      ],
      users: [{ id: "u", roles: ["r"], attributes: { at: new Date(NOW).toISOString() } }],
    });
    const quarterOn = NOW + 900_001;
    let now = NOW;
    const live = snapshot.for("u", { now: () => now, context: { at: NOW } });
    const gates = [live, lib.restore(travel(live.toJSON()), { now: () => now, context: { at: NOW } })];
    for (const gate of gates) {
      const told = [NOW, quarterOn - 1, quarterOn, NOW].map((time) => {
        now = time;
        const record = { at: new Date(NOW), embargo: NOW + 5 };
        return [
          ["c.resource", "c.user", "c.context", "c.denied"]
            .map((id) => Number(gate.can(id, record)))
            .join(""),
          gate.can("c.user"),
          gate.can("c.context"),
        ];
      });
      equal(told, [
        ["1110", true, true],
        ["1111", true, true],
        ["0001", false, false],
        ["1110", true, true],
      ]);
      now = NOW;
      equal([gate.validUntil, gate.scope("c.resource").validUntil], [quarterOn, quarterOn]);
      equal(
        [
          gate.until("c.resource", { at: NOW - 5 }),
          gate.until("c.denied", { embargo: NOW + 5 }),
          gate.until("c.denied", { embargo: "tomorrow" }),
        ],
        [quarterOn - 5, NOW + 6, quarterOn],
      );
      const scope = gate.scope("c.resource");
      equal([scope.kind, scope.parts[0].any[0].where], ["some", { "resource.at": { $since: "now-15m" } }]);
      equal(scope.matches({ at: NOW - 900_000 }), true);
      now = NOW + 1;
      equal(
        [scope.matches({ at: NOW - 900_000 }), scope.matches({ at: NOW })],
        [false, true],
        "a scope asks the clock",
      );
      now = quarterOn;
      equal(scope.matches({ at: quarterOn }), false, "from validUntil on a scope is over");
      now = NOW;
    }
    equal(
      [
        live.with({ context: { at: NOW - 900_000 } }).validUntil,
        live.with({ context: { at: "soon" } }).can("c.context"),
      ],
      [NOW + 1, false],
    );
    snapshot.free();
  });
  await report.test("until is never late, and Infinity where nothing changes", async () => {
    const snapshot = await lib.load({
      format: "rolegate/1",
      revision: 1,
      catalog: { categories: [{ id: "c", permissions: [{ id: "c.x", scopes: ["own"] }] }] },
      roles: [{ id: "r", name: "R", grants: { "*": true } }],
      users: [{ id: "u", roles: ["r"] }],
    });
    const gate = snapshot.for("u", { now: NOW });
    equal(
      [gate.until("c.x", { owner: "u" }), gate.until("c.x", null), gate.until("c.none", {})],
      [Infinity, Infinity, Infinity],
    );
    snapshot.free();
  });
  await report.test("lite: each permission ends by itself, the others go on", () => {
    const data = travel(gate("eve").toJSON());
    const later = (now) => lib.restore(data, { now });
    equal(
      [later(AFTER - 1).can("conversations.close"), later(AFTER).can("conversations.close")],
      [true, false],
    );
    equal(
      [later(AFTER).can("conversations.view", { assigneeId: "eve" }), later(AFTER).permissions()],
      [true, ["conversations.view", "conversations.reply"]],
      "own conversations",
    );
    equal(later(Date.parse(acme().expiresAt)).permissions(), [], "after the snapshot's end");
  });
}
