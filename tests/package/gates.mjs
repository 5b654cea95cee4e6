// Asking: gates, scopes, gate data and their options.

import { acme, NOW, WINDOW } from "./acme.mjs";
import { equal, ok, rejects, show } from "./report.mjs";

const [BEFORE, DURING, AFTER] = [WINDOW.from - 1, NOW, WINDOW.until];
const MISUSED_LISTS = { undefined: undefined, null: null, "a string": "conversations.view settings.labels", "a number": 1, "an object": {}, "a list with a number": ["conversations.view", 1], "a Set": new Set(["conversations.view"]) };

export async function gates(report, lib) {
  const snapshot = await lib.load(acme());
  const gate = (user, options) => snapshot.for(user, { now: NOW, ...options });
  const lite = (user, options, later) => lib.restore(travel(gate(user, options).toJSON()), { now: NOW, ...later });
  const both = async (name, body, options) => {
    await report.test(name, () => body((user, more) => gate(user, { ...options, ...more })));
    await report.test(`lite: ${name}`, () => body((user, more) => lite(user, { ...options, ...more })));
  };

  // can
  await both("can at level team", (of) => {
    const ana = of("ana");
    equal(ana.can("conversations.view"), true, "on anything");
    equal(ana.can("conversations.view", { teamId: "sales" }), true, "own team");
    equal(ana.can("conversations.view", { teamId: ["support", "sales"] }), true, "one of its teams");
    equal(ana.can("conversations.view", { teamId: "support", assigneeId: "ana" }), true, "owned");
    equal(ana.can("conversations.view", { teamId: "emea" }), false, "the team above");
    equal(ana.can("conversations.view", { teamId: "nowhere" }), false, "a team that nobody declared");
    equal(ana.can("conversations.view", {}), false, "no team");
  });
  await both("can at level own", (of) => {
    equal(of("bo").can("conversations.view", { assigneeId: "bo" }), true);
    equal(of("bo").can("conversations.view", { assigneeId: ["ana", "bo"] }), true);
    equal(of("bo").can("conversations.view", { assigneeId: "ana", teamId: "support" }), false);
    equal(of("bo").can("conversations.view"), true);
  });
  await both("a prerequisite is asked on the same record", (of) => {
    equal(of("bo").can("conversations.reply", { assigneeId: "bo" }), true);
    equal(of("bo").can("conversations.reply", { assigneeId: "ana" }), false);
  });
  await both("can at level all, and tenant-level permissions", (of) => {
    equal(of("cy").can("conversations.close", {}), true);
    equal(of("cy").can("settings.inboxes"), true);
    equal(of("ana").can("settings.labels"), true);
    equal(of("ana").can("settings.inboxes"), false);
  });
  await both("a role limited to one team", (of) => {
    equal(of("ivy").can("conversations.close", { teamId: "support" }), true);
    equal(of("ivy").can("conversations.close", { teamId: "sales" }), false);
    equal(of("ivy").can("settings.labels"), false, "the tenant as a whole");
  });
  await both("a condition on the record", (of) => {
    const flo = of("flo");
    equal([flo.can("conversations.view"), flo.can("conversations.view", { vip: true })], [true, true]);
    equal([flo.can("conversations.view", { vip: false }), flo.can("conversations.view", {}), flo.can("conversations.view", { vip: "true" })], [false, false, false]);
  });
  await report.test("a condition on the context", () => {
    for (const make of [(context) => gate("gil", { context }), (context) => lib.restore(travel(gate("gil", { context }).toJSON()), { now: NOW, context })]) {
      equal([make({ format: "csv" }).can("reports.export"), make({ format: "xml" }).can("reports.export"), make({}).can("reports.export")], [true, false, false]);
    }
  });
  await both("a denial beats every grant", (of) => {
    equal([of("hal").can("conversations.view"), of("hal").can("conversations.close"), of("hal").can("conversations.close", { teamId: "sales" })], [true, false, false]);
  });
  await both("nobody and nothing: unknown and disabled users, unknown permissions", (of) => {
    for (const user of ["ghost", "", "dee", "ANA", "ana "]) {
      equal([of(user).can("conversations.view"), of(user).can("conversations.view", { assigneeId: user })], [false, false], user);
      equal(of(user).permissions(), [], user);
    }
    for (const permission of ["conversations.vew", "conversations", "conversations.*", "*", "", "CONVERSATIONS.VIEW"]) {
      equal([of("cy").can(permission), of("cy").can(permission, {}), of("cy").scope(permission).kind], [false, false, "none"], permission);
    }
  });
  await both("an absent record is not the same as no record", (of) => {
    for (const unknown of [undefined, null]) {
      equal([of("ana").can("conversations.view", unknown), of("cy").can("conversations.view", unknown)], [false, true], show(unknown));
      equal([of("ana").canAll(["conversations.view"], unknown), of("ana").canAny(["conversations.view"], unknown)], [false, false], show(unknown));
    }
  });
  await report.test("users and permissions that are no strings are nobody and nothing", () => {
    for (const value of [undefined, null, 7, true, {}, [], ["ana"], Symbol("ana"), () => "ana"]) {
      equal(snapshot.for(value, { now: NOW }).can("conversations.view"), false, `user ${show(value)}`);
      equal([gate("cy").can(value), gate("cy").can(value, {})], [false, false], `permission ${show(value)}`);
    }
  });

  // canAll, canAny, filter, permissions
  await both("canAll and canAny", (of) => {
    const ana = of("ana");
    equal([ana.canAll(["conversations.view", "settings.labels"]), ana.canAll(["conversations.view", "settings.inboxes"])], [true, false]);
    equal([ana.canAny(["settings.inboxes", "settings.labels"]), ana.canAny(["settings.inboxes", "nothing"])], [true, false]);
    equal([ana.canAll([]), ana.canAny([]), ana.canAll([], {}), ana.canAny([], {})], [false, false, false, false], "an empty list");
    const record = { teamId: "support" };
    equal([ana.canAll(["conversations.view"], record), ana.canAny(["conversations.view", "conversations.close"], record)], [false, false]);
  });
  await both("filter keeps the items themselves, in order, of any iterable", (of) => {
    const items = [{ n: 1, teamId: "sales" }, { n: 2, teamId: "support" }, null, { n: 3, assigneeId: "ana" }, undefined, { n: 4 }];
    const wanted = [items[0], items[3]];
    for (const iterable of [items, new Set(items), items.values(), (function* () { yield* items; })()]) {
      const kept = of("ana").filter("conversations.view", iterable);
      ok(Array.isArray(kept) && kept.length === 2 && kept.every((item, index) => item === wanted[index]), `kept ${show(kept)}`);
    }
    equal([of("ana").filter("conversations.view", []), of("ana").filter("nothing", items)], [[], []]);
    equal(of("cy").filter("conversations.view", items).length, items.length, "an administrator");
    equal(items.length, 6, "the list itself");
  });
  await both("permissions are in catalog order and agree with can", (of) => {
    equal(of("ana").permissions(), ["conversations.view", "conversations.reply", "conversations.close", "settings.labels"]);
    equal(of("cy").permissions(), snapshot.permissions());
    equal(of("ivy").permissions(), ["conversations.view", "conversations.reply", "conversations.close", "reports.export"]);
  });

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
        const copy = lib.Scope.from(travel(scope.toJSON()));
        equal([copy.kind, copy.level, copy.conditional], [scope.kind, scope.level, scope.conditional], `${user} ${permission}`);
        for (const record of records()) {
          const expected = of(user).can(permission, record);
          equal([scope.matches(record), copy.matches(record)], [expected, expected], `${user} ${permission} ${show(record)}`);
        }
      }
    }
  });
  await both("the parts of a scope can be read without the tree of teams", (of) => {
    const { parts } = of("ana").scope("conversations.view");
    equal(parts.length, 1, "parts");
    const teams = parts[0].any.flatMap((clause) => clause.teams ?? []);
    equal([teams, parts[0].any.some((clause) => clause.own === true), parts[0].none], [["sales"], true, []]);
    equal(of("flo").scope("conversations.view").parts[0].any.map((clause) => clause.where), [{ "resource.vip": true }]);
  });
  await report.test("Scope.from refuses what is no scope", async () => {
    for (const value of [undefined, null, 1, "all", [], {}, { kind: "all" }, { ...travel(gate("ana").scope("conversations.view").toJSON()), parts: 1 }]) {
      await rejects(lib, () => lib.Scope.from(value));
    }
  });

  // Time
  await both("an assignment counts from `from` to just before `until`", (of) => {
    const close = (now) => gate("eve", { now }).can("conversations.close");
    equal([close(BEFORE), close(WINDOW.from), close(DURING), close(AFTER - 1), close(AFTER)], [false, true, true, true, false]);
    equal(of("eve").can("conversations.close"), true);
  });
  await report.test("now may be a function, and a gate follows it", () => {
    let now = BEFORE;
    const eve = gate("eve", { now: () => now });
    const told = [];
    for (now of [BEFORE, DURING, AFTER, DURING, BEFORE]) told.push([eve.can("conversations.close"), eve.can("conversations.close", { teamId: "sales" }), eve.permissions().includes("conversations.close"), eve.scope("conversations.close").kind]);
    const [yes, no] = [[true, true, true, "some"], [false, false, false, "none"]];
    equal(told, [no, yes, no, yes, no]);
  });
  await report.test("validUntil is the next moment at which an answer may change", () => {
    equal([gate("eve", { now: BEFORE }).validUntil, gate("eve").validUntil], [WINDOW.from, WINDOW.until]);
    equal([gate("eve", { now: AFTER }).validUntil, gate("ana").validUntil], [Date.parse(acme().expiresAt), Date.parse(acme().expiresAt)], "the snapshot's own end");
  });
  await report.test("without any end validUntil is Infinity", async () => {
    const { expiresAt: _, ...endless } = acme();
    const endlessSnapshot = await lib.load(endless);
    equal(endlessSnapshot.for("ana", { now: NOW }).validUntil, Infinity);
    equal(endlessSnapshot.for("ana").can("settings.labels"), Date.now() >= Date.parse(endless.issuedAt) - 86_400_000, "by the machine's own clock");
  });
  await report.test("from expiresAt on, and by a clock that cannot be right, every answer is no", () => {
    const end = Date.parse(acme().expiresAt);
    equal([gate("cy", { now: end - 1 }).can("settings.labels"), gate("cy", { now: end }).can("settings.labels")], [true, false]);
    for (const now of [NaN, Infinity, -Infinity, -1, 0, "2026-11-20T12:00:00Z", null, {}, new Date(NOW), () => NaN, () => "now", () => { throw new Error("no clock"); }]) {
      equal([gate("cy", { now }).can("settings.labels"), gate("cy", { now }).permissions(), gate("cy", { now }).scope("conversations.view").kind], [false, [], "none"], `now ${show(now)}`);
    }
  });
  await report.test("lite: each permission ends by itself, the others go on", () => {
    const data = travel(gate("eve").toJSON());
    const later = (now) => lib.restore(data, { now });
    equal([later(AFTER - 1).can("conversations.close"), later(AFTER).can("conversations.close")], [true, false]);
    equal([later(AFTER).can("conversations.view", { assigneeId: "eve" }), later(AFTER).permissions()], [true, ["conversations.view", "conversations.reply"]], "own conversations");
    equal(later(Date.parse(acme().expiresAt)).permissions(), [], "after the snapshot's end");
  });

  // Options
  await both("limit is an upper bound", (of) => {
    const limited = (limit) => of("cy", { limit }).permissions();
    equal(limited(["conversations.view", "settings.*"]), ["conversations.view", "settings.labels", "settings.inboxes"]);
    equal(limited(["*"]), snapshot.permissions());
    equal(limited([]), []);
    equal(limited(["conversations.reply"]), [], "a prerequisite outside the limit");
    equal(of("bo", { limit: ["*"] }).permissions(), of("bo").permissions(), "never more than the user holds");
  });
  for (const [name, value] of Object.entries(MISUSED_LISTS)) {
    for (const option of ["limit", "roles"]) {
      await both(`${option}: ${name} makes a gate that says no`, (of) => {
        equal([of("cy", { [option]: value }).permissions(), of("cy", { [option]: value }).can("conversations.view", {})], [[], false]);
      });
      await report.test(`with ${option}: ${name} makes a gate that says no`, () => equal(gate("cy").with({ [option]: value }).permissions(), []));
    }
  }
  await both("roles: only these roles grant", (of) => {
    equal(of("eve", { roles: ["agent"] }).permissions(), ["conversations.view", "conversations.reply"]);
    equal(of("eve", { roles: [] }).permissions(), []);
    equal(of("hal", { roles: ["supervisor"] }).can("conversations.close"), false, "denials of all roles count");
    equal(of("bo", { roles: ["admin"] }).permissions(), [], "a role that the user does not have");
  });
  await report.test("records: required", () => {
    const strict = gate("cy", { records: "required" });
    equal([strict.can("conversations.view"), strict.can("conversations.view", {}), strict.can("settings.labels")], [false, true, true]);
  });
  await report.test("onUnknown: deny, throw, or a function that is told", async () => {
    equal(gate("cy", { onUnknown: "deny" }).can("conversations.vew"), false);
    await rejects(lib, () => gate("cy", { onUnknown: "throw" }).can("conversations.vew"), { code: "unknown-permission", message: /conversations\.vew/ });
    const told = [];
    const loud = gate("cy", { onUnknown: (permission) => told.push(permission) });
    equal([loud.can("conversations.vew"), loud.can("conversations.view"), told], [false, true, ["conversations.vew"]]);
  });
  await report.test("onDecision hears every can", () => {
    const heard = [];
    const ana = gate("ana", { onDecision: (decision) => heard.push(decision) });
    ana.can("conversations.view");
    ana.can("settings.inboxes");
    equal(heard.map(({ permission, user, revision }) => [permission, user, revision]), [["conversations.view", "ana", 7], ["settings.inboxes", "ana", 7]]);
    ok(show(heard[0]) !== show({ ...heard[1], permission: "conversations.view" }), "the answer is part of a decision");
  });
  await report.test("with keeps what is not named and never widens", () => {
    const limited = gate("cy", { limit: ["conversations.*"], context: { format: "csv" } });
    equal(limited.with({ limit: ["*"] }).permissions(), limited.permissions(), "limit");
    equal(limited.with({ limit: ["conversations.view", "settings.labels"] }).permissions(), ["conversations.view"], "the intersection");
    equal(limited.with({}).permissions(), limited.permissions(), "nothing named");
    equal(gate("eve", { roles: ["agent"] }).with({ roles: ["agent", "closer"] }).can("conversations.close"), false, "roles");
    const gil = gate("gil", { context: { format: "csv" } });
    equal([gil.with({ context: { format: "xml" } }).can("reports.export"), gil.can("reports.export"), gil.with({ records: "optional" }).can("reports.export")], [false, true, true], "context");
    const eve = gate("eve", { now: DURING });
    equal([eve.with({ now: AFTER }).can("conversations.close"), eve.can("conversations.close"), eve.with({ context: {} }).can("conversations.close")], [false, true, true], "now");
    equal([limited.with({}).user, limited.with({}).tenant, limited.with({}).revision], ["cy", "acme", 7]);
  });

  // Gates and their data
  await both("a gate says whose it is", (of) => {
    equal([of("ana").user, of("ana").tenant, of("ana").revision, of("ghost").user], ["ana", "acme", 7, "ghost"]);
  });
  await report.test("gates outlive their snapshot", async () => {
    const short = await lib.load(acme());
    let now = DURING;
    const [ana, eve] = [short.for("ana", { now: NOW }), short.for("eve", { now: () => now })];
    short.free();
    equal([ana.can("conversations.view"), ana.can("conversations.view", { teamId: "support" }), ana.permissions().length], [true, false, 4]);
    equal([ana.scope("conversations.view").matches({ teamId: "sales" }), ana.with({ context: {} }).can("settings.labels")], [true, true]);
    equal(lib.restore(travel(ana.toJSON()), { now: NOW }).can("conversations.close", { teamId: "sales" }), true);
    equal(eve.can("conversations.close"), true, "while the assignment lasts");
    now = AFTER;
    equal(eve.can("conversations.close"), false, "when it is over");
  });
  await report.test("gate data are plain, small and about nobody else", () => {
    const data = gate("bo").toJSON();
    equal(travel(data), data, "survives JSON");
    const text = JSON.stringify(data);
    for (const word of ["ana", "eve", "vip-desk", "settings.inboxes", "Sales Supervisor", "emea"]) ok(!text.includes(JSON.stringify(word)), `gate data of bo tell about ${word}: ${text}`);
  });
  await report.test("lite answers what its gate answers, for everybody and everything", () => {
    for (const user of [...snapshot.users(), "ghost"]) {
      const [full, small] = [gate(user), lite(user)];
      equal(small.permissions(), full.permissions(), user);
      for (const permission of [...snapshot.permissions(), "nothing"]) {
        equal(small.can(permission), full.can(permission), `${user} ${permission}`);
        for (const record of records()) equal(small.can(permission, record), full.can(permission, record), `${user} ${permission} ${show(record)}`);
      }
      equal(travel(small.toJSON()), travel(full.toJSON()), `${user}: gate data of the restored gate`);
    }
  });
  await report.test("restore refuses what is no gate data", async () => {
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
          for (const record of records()) equal(typeof small.can(permission, record), "boolean", show(damaged));
          equal(typeof small.scope(permission).matches({ teamId: "sales", vip: true }), "boolean", show(damaged));
        }
        equal([typeof small.can("conversations.view"), Array.isArray(small.permissions())], ["boolean", true], show(damaged));
      }
    }
  });
  await report.test("a damaged scope is refused, or matches with a boolean", () => {
    for (const [user, permission] of [["ana", "conversations.reply"], ["flo", "conversations.view"], ["ivy", "conversations.close"]]) {
      for (const damaged of damages(travel(gate(user).scope(permission).toJSON()))) {
        let scope;
        try {
          scope = lib.Scope.from(damaged);
        } catch (error) {
          ok(lib.isRolegateError(error), `${error.name}: ${error.message} for ${show(damaged)}`);
          continue;
        }
        for (const record of records()) equal(typeof scope.matches(record), "boolean", show(damaged));
      }
    }
  });
  await report.test("isRolegateError knows its own only", () => {
    equal([new Error("x"), { code: "freed" }, null, undefined, "freed"].map((value) => lib.isRolegateError(value)), [false, false, false, false, false]);
  });

  if (typeof gate("ana").explain === "function") {
    await report.test("explain gives the reason, and agrees with can", () => {
      const ana = gate("ana");
      equal([ana.explain("conversations.view", { teamId: "sales" }).reason, ana.explain("conversations.view", { teamId: "support" }).reason], ["granted", "out-of-scope"]);
      equal([ana.explain("settings.inboxes").reason, gate("dee").explain("settings.inboxes").reason, ana.explain("nothing").reason], ["not-granted", "user-disabled", "unknown-permission"]);
      equal([gate("hal").explain("conversations.close").reason, gate("bo").explain("conversations.reply", { assigneeId: "ana" }).reason], ["denied", "prerequisite"]);
      ok(ana.explain("settings.inboxes").text.length > 10, "a sentence for people");
    });
  } else report.skip("explain", "gate.explain does not exist");
}

/** The first example in the documents: a server that holds the tenant, a browser that gets one person's part. */
export async function example(report, lib) {
  await report.test("the first example of the documents", async () => {
    const json = JSON.stringify(acme());
    const tenant = await lib.load(json);
    if (typeof tenant.narrow !== "function") return report.skip("narrow", "snapshot.narrow does not exist");
    const response = new Response(tenant.narrow("ana"), { headers: { "content-type": "application/json" } });
    const gate = (await lib.load(response)).for("ana", { now: NOW });
    const conversation = { id: 12, teamId: "sales", assigneeId: null };
    equal([gate.can("conversations.reply"), gate.can("conversations.reply", conversation)], [true, true]);
    equal(gate.scope("conversations.view").kind, "some");
    if (typeof gate.explain === "function") equal(gate.explain("conversations.reply", conversation).reason, "granted");
  });
}

/** Records that meet every level and condition of the tenant, and miss it. */
function records() {
  return [
    {}, null, { teamId: "sales" }, { teamId: "emea" }, { teamId: ["support", "sales"] }, { teamId: null, vip: true },
    ...["ana", "bo", "eve", 7, ["hal", "7"]].map((assigneeId) => ({ assigneeId, teamId: "support" })),
  ];
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

const travel = (data) => JSON.parse(JSON.stringify(data));
