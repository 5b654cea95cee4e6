// What leaves a gate as data and comes back: scopes and gate data, whole and damaged.

import { acme, acmeGates, acmeRecords, NOW, travel, WINDOW } from "./acme.mjs";
import { equal, ok, rejects, show } from "./report.mjs";

export async function data(report, lib) {
  const { snapshot, gate, lite, both } = await acmeGates(report, lib);

  // scope
  await both("scope tells kind, level and whether a condition remains", (of) => {
    const tell = (user, permission) => {
      const { kind, level, conditional } = of(user).scope(permission);
      return [kind, level, conditional];
    };
    equal(tell("cy", "conversations.view"), ["all", "all", false], "administrator");
    equal(tell("ana", "conversations.view"), ["some", "team", false], "supervisor");
    equal(tell("bo", "conversations.view"), ["some", "own", false], "agent");
    equal(tell("bo", "conversations.reply"), ["some", "own", false], "agent, through the prerequisite");
    equal(tell("flo", "conversations.view").slice(0, 3), ["some", "all", true], "condition");
    equal(tell("ivy", "conversations.view"), ["some", "team", false], "limited to a team");
    equal(tell("ghost", "conversations.view"), ["none", "none", false], "nobody");
    equal(tell("cy", "settings.inboxes"), ["all", "all", false], "tenant-level");
  });
  await both("scope matches exactly what can allows, also from JSON on another machine", (of) => {
    for (const user of ["ana", "bo", "cy", "eve", "flo", "hal", "ivy", "7", "ghost"]) {
      for (const permission of snapshot.permissions()) {
        const scope = of(user).scope(permission);
        const copy = lib.Scope.from(travel(scope.toJSON()), { now: NOW });
        equal(
          [copy.kind, copy.level, copy.conditional],
          [scope.kind, scope.level, scope.conditional],
          `${user} ${permission}`,
        );
        for (const record of acmeRecords()) {
          const expected = of(user).can(permission, record);
          equal(
            [scope.matches(record), copy.matches(record)],
            [expected, expected],
            `${user} ${permission} ${show(record)}`,
          );
        }
      }
    }
  });
  await both("the parts of a scope can be read without the tree of teams", (of) => {
    const { parts } = of("ana").scope("conversations.view");
    equal(parts.length, 1, "parts");
    const teams = parts[0].any.flatMap((clause) => clause.teams ?? []);
    equal([teams, parts[0].any.some((clause) => clause.own === true), parts[0].none], [["sales"], true, []]);
    equal(
      of("flo")
        .scope("conversations.view")
        .parts[0].any.map((clause) => clause.where),
      [{ "resource.vip": true }],
    );
  });
  await report.test("Scope.from rejects anything but a scope", async () => {
    for (const value of [
      undefined,
      null,
      1,
      "all",
      [],
      {},
      { kind: "all" },
      { ...travel(gate("ana").scope("conversations.view").toJSON()), parts: 1 },
    ]) {
      await rejects(lib, () => lib.Scope.from(value));
    }
  });

  // Gates and their data
  await both("a gate says whose it is", (of) => {
    equal(
      [of("ana").user, of("ana").tenant, of("ana").revision, of("ghost").user],
      ["ana", "acme", 7, "ghost"],
    );
  });
  await report.test("gates outlive their snapshot", async () => {
    const short = await lib.load(acme());
    let now = NOW;
    const [ana, eve] = [short.for("ana", { now: NOW }), short.for("eve", { now: () => now })];
    short.free();
    equal(
      [
        ana.can("conversations.view"),
        ana.can("conversations.view", { teamId: "support" }),
        ana.permissions().length,
      ],
      [true, false, 4],
    );
    equal(
      [
        ana.scope("conversations.view").matches({ teamId: "sales" }),
        ana.with({ context: {} }).can("settings.labels"),
      ],
      [true, true],
    );
    equal(
      lib.restore(travel(ana.toJSON()), { now: NOW }).can("conversations.close", { teamId: "sales" }),
      true,
    );
    equal(eve.can("conversations.close"), true, "while the assignment lasts");
    now = WINDOW.until;
    equal(eve.can("conversations.close"), false, "when it is over");
  });
  await report.test("gate data are plain, small and about nobody else", () => {
    const data = gate("bo").toJSON();
    equal(travel(data), data, "survives JSON");
    const text = JSON.stringify(data);
    for (const word of ["ana", "eve", "vip-desk", "settings.inboxes", "Sales Supervisor", "emea"])
      ok(!text.includes(JSON.stringify(word)), `gate data of bo tell about ${word}: ${text}`);
  });
  await report.test("lite answers what its gate answers, for everybody and everything", () => {
    for (const user of [...snapshot.users(), "ghost"]) {
      const [full, small] = [gate(user), lite(user)];
      equal(small.permissions(), full.permissions(), user);
      for (const permission of [...snapshot.permissions(), "nothing"]) {
        equal(small.can(permission), full.can(permission), `${user} ${permission}`);
        for (const record of acmeRecords())
          equal(
            small.can(permission, record),
            full.can(permission, record),
            `${user} ${permission} ${show(record)}`,
          );
      }
      equal(travel(small.toJSON()), travel(full.toJSON()), `${user}: gate data of the restored gate`);
    }
  });
  await report.test("restore rejects anything but gate data", async () => {
    const data = travel(gate("ana").toJSON());
    for (const value of [undefined, null, 1, "gate", "{}", [], {}, acme(), { ...data, user: 1 }]) {
      await rejects(lib, () => lib.restore(value, { now: NOW }), { code: "bad-gate-data" });
    }
  });
  await report.test("damaged gate data are refused, or answer with a boolean", async () => {
    for (const user of ["ana", "eve", "flo", "hal"]) {
      for (const damaged of damages(travel(gate(user).toJSON()))) {
        let small;
        try {
          small = lib.restore(damaged, { now: NOW });
        } catch (error) {
          equal(error.code, "bad-gate-data", `${error.message} for ${show(damaged)}`);
          continue;
        }
        for (const permission of snapshot.permissions()) {
          for (const record of acmeRecords())
            equal(typeof small.can(permission, record), "boolean", show(damaged));
          equal(
            typeof small.scope(permission).matches({ teamId: "sales", vip: true }),
            "boolean",
            show(damaged),
          );
        }
        equal(
          [typeof small.can("conversations.view"), Array.isArray(small.permissions())],
          ["boolean", true],
          show(damaged),
        );
      }
    }
  });
  await report.test("a damaged scope is refused, or matches with a boolean", () => {
    for (const [user, permission] of [
      ["ana", "conversations.reply"],
      ["flo", "conversations.view"],
      ["ivy", "conversations.close"],
    ]) {
      for (const damaged of damages(travel(gate(user).scope(permission).toJSON()))) {
        let scope;
        try {
          scope = lib.Scope.from(damaged);
        } catch (error) {
          ok(lib.isRolegateError(error), `${error.name}: ${error.message} for ${show(damaged)}`);
          continue;
        }
        for (const record of acmeRecords()) equal(typeof scope.matches(record), "boolean", show(damaged));
      }
    }
  });
  await report.test("isRolegateError knows its own only", () => {
    equal(
      [new Error("x"), { code: "freed" }, null, undefined, "freed"].map((value) =>
        lib.isRolegateError(value),
      ),
      [false, false, false, false, false],
    );
  });
}

/** Copies of the data, each with one value anywhere in it missing or replaced. */
function* damages(data) {
  for (const path of paths(data)) {
    for (const value of [undefined, null, -1, 0.5, 99, "x", true, [], [[]], {}, ["__proto__"]]) {
      const copy = travel(data);
      const holder = path.slice(0, -1).reduce((at, key) => at[key], copy);
      const key = path.at(-1);
      if (value === undefined && !Array.isArray(holder)) delete holder[key];
      else holder[key] = value;
      yield copy;
    }
  }
}

function* paths(value, path = []) {
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) {
    yield [...path, key];
    yield* paths(value[key], [...path, key]);
  }
}
