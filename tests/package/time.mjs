// What time changes: assignments that begin and end, snapshots that expire, clocks that are wrong.

import { acme, acmeGates, NOW, travel, WINDOW } from "./acme.mjs";
import { equal, show } from "./report.mjs";

const [BEFORE, DURING, AFTER] = [WINDOW.from - 1, NOW, WINDOW.until];

export async function time(report, lib) {
  const { gate, both } = await acmeGates(report, lib);

  await both("an assignment counts from `from` to just before `until`", (of) => {
    const close = (now) => gate("eve", { now }).can("conversations.close");
    equal([close(BEFORE), close(WINDOW.from), close(DURING), close(AFTER - 1), close(AFTER)], [false, true, true, true, false]);
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
    equal([gate("cy", { now: end - 1 }).can("settings.labels"), gate("cy", { now: end }).can("settings.labels")], [true, false]);
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
  await report.test("lite: each permission ends by itself, the others go on", () => {
    const data = travel(gate("eve").toJSON());
    const later = (now) => lib.restore(data, { now });
    equal([later(AFTER - 1).can("conversations.close"), later(AFTER).can("conversations.close")], [true, false]);
    equal(
      [later(AFTER).can("conversations.view", { assigneeId: "eve" }), later(AFTER).permissions()],
      [true, ["conversations.view", "conversations.reply"]],
      "own conversations",
    );
    equal(later(Date.parse(acme().expiresAt)).permissions(), [], "after the snapshot's end");
  });
}
