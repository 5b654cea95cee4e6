// What makes a gate and a snapshot pleasant to use: numbers as ids, methods without their gate, the document
// back.

import { acme, acmeGates, NOW, travel } from "./acme.mjs";
import { equal, ok, rejects } from "./report.mjs";

export async function using(report, lib, { fetchesFull }) {
  const { snapshot, gate, lite, both } = await acmeGates(report, lib);
  const record = { assigneeId: 7 };

  await report.test("users by number", () => {
    for (const user of [7, 7n, "7"]) {
      const seven = snapshot.for(user, { now: NOW });
      equal(
        [seven.user, seven.can("conversations.view", record), snapshot.for(user).user],
        ["7", true, "7"],
        String(user),
      );
      equal(snapshot.user(user), { id: "7", roles: ["agent"] });
      if (fetchesFull) continue;
      equal(
        JSON.parse(snapshot.narrow(user)).users.map(({ id }) => id),
        ["7"],
      );
      equal(snapshot.remedies(user, "conversations.view", { now: NOW, resource: record }), []);
    }
    const document = acme();
    const far = "9007199254740993";
    document.users.push({ id: far, roles: ["admin"] }, { id: "-7", roles: ["admin"] });
    const more = lib.loadSync(document);
    equal(
      [BigInt(far), -7].map((user) => more.for(user, { now: NOW }).can("settings.labels")),
      [true, true],
    );
    // What is an object is somebody whom the snapshot does not list: subjects.mjs.
    for (const user of [7.5, NaN, Infinity, 2 ** 53, true, null, undefined, Symbol("7")]) {
      equal(
        [snapshot.for(user).can("conversations.view"), snapshot.for(user).user, snapshot.user(user)],
        [false, "", undefined],
      );
    }
  });
  await report.test("an id that is not text is nobody", () => {
    for (const user of ["\ud800", "", "x".repeat(1000)])
      equal([snapshot.user(user), snapshot.for(user).can("settings.labels")], [undefined, false]);
  });

  await both("methods go without their gate", (of) => {
    const cy = of("cy");
    const { can, canAll, canAny, filter, scope, explain, mask, fields, permissions } = of("ana");
    equal(
      [
        can("settings.labels"),
        can("conversations.view", { teamId: "sales" }),
        can("conversations.view", undefined),
      ],
      [true, true, false],
    );
    equal(
      [
        canAll(["settings.labels"]),
        canAny(["settings.inboxes"]),
        canAll(["conversations.view"], { teamId: "support" }),
      ],
      [true, false, false],
    );
    equal(
      [{ teamId: "sales" }, { teamId: "support" }].map((row) => can("conversations.view", row)),
      [true, false],
    );
    equal(filter("conversations.view", [{ teamId: "sales" }, {}]).length, 1);
    equal(
      [
        scope("conversations.view").level,
        permissions().length,
        fields("conversations"),
        mask("conversations", { a: 1 }),
      ],
      ["team", 4, [], { a: 1 }],
    );
    equal(of === gate ? explain("settings.labels").reason : "granted", "granted");
    equal(cy.can("settings.inboxes"), true, "another gate");
    const [mine, theirs] = [of("ana").can, cy.can];
    equal([mine("settings.inboxes"), theirs("settings.inboxes")], [false, true], "two at once");
    equal(
      ["settings.labels", "settings.inboxes"].filter((permission) => can(permission)),
      ["settings.labels"],
    );
  });
  await report.test("methods of test gates go without them, and others may be put in their place", () => {
    const tested = lib.testing.testGate(["notes.edit"]);
    const { can, filter } = tested;
    equal([can("notes.edit", {}), can("notes.view"), filter("notes.edit", [{}])], [true, false, [{}]]);
    tested.can = () => "stub";
    equal(
      [tested.can("notes.edit"), can("notes.edit"), lib.testing.testGate([]).can("notes.edit")],
      ["stub", true, false],
    );
    tested.can = can;
    equal(tested.can("notes.view"), false);
  });

  await both("filter of nothing is an empty list", (of) => {
    for (const nothing of [undefined, null]) equal(of("cy").filter("conversations.view", nothing), []);
  });

  await report.test("the document comes back as it was loaded", async () => {
    const document = { ...acme(), "x-note": "kept", separations: [{ id: "s", roles: ["admin", "agent"] }] };
    for (const loaded of [
      await lib.load(document),
      lib.loadSync(JSON.stringify(document, null, 2)),
      lib.loadSync(new TextEncoder().encode(JSON.stringify(document))),
    ]) {
      equal(loaded.toJSON(), document);
      equal(travel({ loaded }).loaded, document);
      loaded.toJSON().users.length = 0;
      equal(loaded.users().length, document.users.length, "a copy");
      loaded.free();
      await rejects(lib, () => loaded.toJSON(), { code: "freed" });
      await rejects(lib, () => loaded.user("ana"), { code: "freed" });
    }
  });
  await report.test("a user as declared", () => {
    equal(
      [snapshot.user("ana"), snapshot.user("dee"), snapshot.user("ghost")],
      [acme().users[0], acme().users[3], undefined],
    );
  });
  await report.test("a gate that is asked by its method costs no memory", () =>
    ok(
      typeof gate("cy").can === "function" &&
        !Object.hasOwn(gate("cy"), "can") &&
        lite("cy").can !== lite("cy").can,
      "kept in the gate",
    ),
  );
}
