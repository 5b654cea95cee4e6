// Asking a gate, by its permissions, records and options.

import { acme, acmeGates, NOW, travel, WINDOW } from "./acme.mjs";
import { equal, ok, rejects, show } from "./report.mjs";

const MISUSED_LISTS = {
  undefined: undefined,
  null: null,
  "a string": "conversations.view settings.labels",
  "a number": 1,
  "an object": {},
  "a list with a number": ["conversations.view", 1],
  "a Set": new Set(["conversations.view"]),
};

export async function gates(report, lib) {
  const { snapshot, gate, lite, both } = await acmeGates(report, lib);

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
    equal(
      [
        flo.can("conversations.view", { vip: false }),
        flo.can("conversations.view", {}),
        flo.can("conversations.view", { vip: "true" }),
      ],
      [false, false, false],
    );
  });
  await report.test("a condition on the context", () => {
    for (const make of [
      (context) => gate("gil", { context }),
      (context) => lib.restore(travel(gate("gil", { context }).toJSON()), { now: NOW, context }),
    ]) {
      equal(
        [
          make({ format: "csv" }).can("reports.export"),
          make({ format: "xml" }).can("reports.export"),
          make({}).can("reports.export"),
        ],
        [true, false, false],
      );
    }
  });
  await report.test("a context that is not an object, or throws, is empty", () => {
    const { proxy, revoke } = Proxy.revocable({ format: "csv" }, {});
    revoke();
    const throws = () => {
      throw new Error("no");
    };
    const contexts = [
      null,
      undefined,
      1,
      "csv",
      ["csv"],
      () => "csv",
      Object.create(null),
      {
        get format() {
          return throws();
        },
      },
      new Proxy({}, { get: throws, has: throws, getOwnPropertyDescriptor: throws }),
      proxy,
      { format: Symbol("csv") },
      { format: { toString: () => "csv" } },
    ];
    for (const context of contexts) {
      for (const gil of [
        gate("gil", { context }),
        gate("gil").with({ context }),
        lite("gil", {}, { context }),
      ]) {
        equal(
          [gil.can("reports.export"), gil.can("reports.export", {}), gil.scope("reports.export").kind],
          [false, false, "none"],
          show(context),
        );
      }
    }
  });
  await both("a denial beats every grant", (of) => {
    equal(
      [
        of("hal").can("conversations.view"),
        of("hal").can("conversations.close"),
        of("hal").can("conversations.close", { teamId: "sales" }),
      ],
      [true, false, false],
    );
  });
  await both("nobody and nothing: unknown and disabled users, unknown permissions", (of) => {
    for (const user of ["ghost", "", "dee", "ANA", "ana "]) {
      equal(
        [of(user).can("conversations.view"), of(user).can("conversations.view", { assigneeId: user })],
        [false, false],
        user,
      );
      equal(of(user).permissions(), [], user);
    }
    for (const permission of [
      "conversations.vew",
      "conversations",
      "conversations.*",
      "*",
      "",
      "CONVERSATIONS.VIEW",
    ]) {
      equal(
        [of("cy").can(permission), of("cy").can(permission, {}), of("cy").scope(permission).kind],
        [false, false, "none"],
        permission,
      );
    }
  });
  await both("an absent record is not the same as no record", (of) => {
    for (const unknown of [undefined, null]) {
      equal(
        [of("ana").can("conversations.view", unknown), of("cy").can("conversations.view", unknown)],
        [false, true],
        show(unknown),
      );
      equal(
        [
          of("ana").canAll(["conversations.view"], unknown),
          of("ana").canAny(["conversations.view"], unknown),
        ],
        [false, false],
        show(unknown),
      );
    }
  });
  await report.test("users and permissions that are not strings match nothing", () => {
    for (const value of [undefined, null, 7.5, true, {}, [], ["ana"], Symbol("ana"), () => "ana"]) {
      // What is an object must say who it is: subjects.mjs.
      if (Object(value) !== value || typeof value === "function")
        equal(snapshot.for(value, { now: NOW }).can("conversations.view"), false, `user ${show(value)}`);
      equal([gate("cy").can(value), gate("cy").can(value, {})], [false, false], `permission ${show(value)}`);
    }
  });

  // canAll, canAny, filter, permissions
  await both("canAll and canAny", (of) => {
    const ana = of("ana");
    equal(
      [
        ana.canAll(["conversations.view", "settings.labels"]),
        ana.canAll(["conversations.view", "settings.inboxes"]),
      ],
      [true, false],
    );
    equal(
      [ana.canAny(["settings.inboxes", "settings.labels"]), ana.canAny(["settings.inboxes", "nothing"])],
      [true, false],
    );
    equal(
      [ana.canAll([]), ana.canAny([]), ana.canAll([], {}), ana.canAny([], {})],
      [false, false, false, false],
      "an empty list",
    );
    const record = { teamId: "support" };
    equal(
      [
        ana.canAll(["conversations.view"], record),
        ana.canAny(["conversations.view", "conversations.close"], record),
      ],
      [false, false],
    );
  });
  await both("a list that cannot be read is an empty one", (of) => {
    const cy = of("cy");
    const throwing = () => {
      throw new Error("no");
    };
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const ids = new Proxy(["settings.labels"], { get: throwing });
    const endless = Object.assign(["settings.labels"], { [Symbol.iterator]: throwing });
    for (const list of [proxy, ids, endless])
      equal([cy.canAll(list), cy.canAny(list), cy.filter("conversations.view", list)], [false, false, []]);
    const broken = (function* () {
      yield { teamId: "sales" };
      throw new Error("no");
    })();
    for (const list of [broken, undefined, null, 5, {}, { length: 2 }, () => 1])
      equal(cy.filter("conversations.view", list), []);
  });
  await report.test("a limit that cannot be read allows nothing", () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    equal(gate("cy", { limit: proxy }).permissions(), []);
    equal(gate("cy", { roles: proxy }).permissions(), []);
  });
  await both("filter keeps the items themselves, in order, of any iterable", (of) => {
    const items = [
      { n: 1, teamId: "sales" },
      { n: 2, teamId: "support" },
      null,
      { n: 3, assigneeId: "ana" },
      undefined,
      { n: 4 },
    ];
    const wanted = [items[0], items[3]];
    for (const iterable of [
      items,
      new Set(items),
      items.values(),
      (function* () {
        yield* items;
      })(),
    ]) {
      const kept = of("ana").filter("conversations.view", iterable);
      ok(
        Array.isArray(kept) && kept.length === 2 && kept.every((item, index) => item === wanted[index]),
        `kept ${show(kept)}`,
      );
    }
    equal([of("ana").filter("conversations.view", []), of("ana").filter("nothing", items)], [[], []]);
    equal(of("cy").filter("conversations.view", items).length, items.length, "an administrator");
    equal(items.length, 6, "the list itself");
  });
  await both("permissions are in catalog order and agree with can", (of) => {
    equal(of("ana").permissions(), [
      "conversations.view",
      "conversations.reply",
      "conversations.close",
      "settings.labels",
    ]);
    equal(of("cy").permissions(), snapshot.permissions());
    equal(of("ivy").permissions(), [
      "conversations.view",
      "conversations.reply",
      "conversations.close",
      "reports.export",
    ]);
  });

  // Options
  await both("limit is an upper bound", (of) => {
    const limited = (limit) => of("cy", { limit }).permissions();
    equal(limited(["conversations.view", "settings.*"]), [
      "conversations.view",
      "settings.labels",
      "settings.inboxes",
    ]);
    equal(limited(["*"]), snapshot.permissions());
    equal(limited([]), []);
    equal(limited(["conversations.reply"]), [], "a prerequisite outside the limit");
    equal(of("bo", { limit: ["*"] }).permissions(), of("bo").permissions(), "never more than the user holds");
  });
  for (const [name, value] of Object.entries(MISUSED_LISTS)) {
    for (const option of ["limit", "roles"]) {
      await both(`${option}: ${name} makes a gate that says no`, (of) => {
        equal(
          [
            of("cy", { [option]: value }).permissions(),
            of("cy", { [option]: value }).can("conversations.view", {}),
          ],
          [[], false],
        );
      });
      await report.test(`with ${option}: ${name} makes a gate that says no`, () =>
        equal(
          gate("cy")
            .with({ [option]: value })
            .permissions(),
          [],
        ),
      );
    }
  }
  await both("roles: only these roles grant", (of) => {
    equal(of("eve", { roles: ["agent"] }).permissions(), ["conversations.view", "conversations.reply"]);
    equal(of("eve", { roles: [] }).permissions(), []);
    equal(
      of("hal", { roles: ["supervisor"] }).can("conversations.close"),
      false,
      "denials of all roles count",
    );
    equal(of("bo", { roles: ["admin"] }).permissions(), [], "a role that the user does not have");
  });
  await report.test("records: required", () => {
    const strict = gate("cy", { records: "required" });
    equal(
      [strict.can("conversations.view"), strict.can("conversations.view", {}), strict.can("settings.labels")],
      [false, true, true],
    );
  });
  await report.test("onUnknown: deny, throw, or a function that is told", async () => {
    equal(gate("cy", { onUnknown: "deny" }).can("conversations.vew"), false);
    await rejects(lib, () => gate("cy", { onUnknown: "throw" }).can("conversations.vew"), {
      code: "unknown-permission",
      message: /conversations\.vew/,
    });
    const told = [];
    const loud = gate("cy", { onUnknown: (permission) => told.push(permission) });
    equal(
      [loud.can("conversations.vew"), loud.can("conversations.view"), told],
      [false, true, ["conversations.vew"]],
    );
  });
  for (const [way, make] of Object.entries({
    "": gate,
    "lite: ": (user, options) => lite(user, {}, options),
  })) {
    await report.test(`${way}onDecision hears every can`, () => {
      const heard = [];
      const ana = make("ana", { onDecision: (decision) => heard.push(decision) });
      const told = () => heard.splice(0).map(({ permission, allowed }) => [permission, allowed]);
      ana.can("conversations.view");
      equal(heard, [
        { permission: "conversations.view", user: "ana", tenant: "acme", revision: 7, allowed: true },
      ]);
      ana.can("settings.inboxes");
      ana.can("conversations.view", { teamId: "support" });
      ana.can("conversations.view", undefined);
      ana.can("conversations.vew");
      equal(
        told().map(([, allowed]) => allowed),
        [true, false, false, false, false],
      );
      ana.canAll(["settings.labels", "settings.inboxes", "conversations.view"]);
      equal(
        told(),
        [
          ["settings.labels", true],
          ["settings.inboxes", false],
        ],
        "canAll, as far as it asked",
      );
      ana.canAny(["settings.inboxes", "settings.labels", "conversations.view"], {});
      equal(
        told(),
        [
          ["settings.inboxes", false],
          ["settings.labels", true],
        ],
        "canAny",
      );
      ana.filter("conversations.view", [{}, { teamId: "sales" }, null]);
      equal(
        told().map(([, allowed]) => allowed),
        [false, true, false],
        "filter",
      );
      ana.with({ context: {} }).can("settings.labels");
      ana.with({ onDecision: undefined }).can("settings.labels");
      equal(
        told(),
        [
          ["settings.labels", true],
          ["settings.labels", true],
        ],
        "with keeps it",
      );
      const others = [];
      ana.with({ onDecision: (decision) => others.push(decision) }).can("settings.labels");
      equal([told(), others.length], [[], 1], "with another");
      ana.permissions();
      ana.scope("conversations.view").matches({});
      ana.fields("conversations", {});
      ana.mask("conversations", [{}]);
      equal(told(), [], "what is not a call of can");
    });
    await report.test(`${way}onDecision that throws, asks again or is none changes no answer`, () => {
      let depth = 0;
      const log = {
        throws: () => {
          throw new Error("the log is full");
        },
        "asks the gate again": ({ permission, allowed }) => {
          if ((depth += 1) < 3) equal(ana.can(permission), allowed);
          depth = 0;
        },
        "is none": "log",
      };
      let ana;
      for (const [which, onDecision] of Object.entries(log)) {
        ana = make("ana", { onDecision });
        equal(
          [
            ana.can("conversations.view"),
            ana.can("settings.inboxes"),
            ana.filter("conversations.view", [{ teamId: "sales" }]).length,
          ],
          [true, false, 1],
          which,
        );
      }
    });
  }
  await report.test("with keeps what is not named and never widens", () => {
    const limited = gate("cy", { limit: ["conversations.*"], context: { format: "csv" } });
    equal(limited.with({ limit: ["*"] }).permissions(), limited.permissions(), "limit");
    equal(
      limited.with({ limit: ["conversations.view", "settings.labels"] }).permissions(),
      ["conversations.view"],
      "the intersection",
    );
    equal(limited.with({}).permissions(), limited.permissions(), "nothing named");
    equal(
      gate("eve", { roles: ["agent"] })
        .with({ roles: ["agent", "closer"] })
        .can("conversations.close"),
      false,
      "roles",
    );
    const gil = gate("gil", { context: { format: "csv" } });
    equal(
      [
        gil.with({ context: { format: "xml" } }).can("reports.export"),
        gil.can("reports.export"),
        gil.with({ records: "optional" }).can("reports.export"),
      ],
      [false, true, true],
      "context",
    );
    const eve = gate("eve", { now: NOW });
    equal(
      [
        eve.with({ now: WINDOW.until }).can("conversations.close"),
        eve.can("conversations.close"),
        eve.with({ context: {} }).can("conversations.close"),
      ],
      [false, true, true],
      "now",
    );
    equal([limited.with({}).user, limited.with({}).tenant, limited.with({}).revision], ["cy", "acme", 7]);
  });

  // explain
  if (typeof gate("ana").explain === "function") {
    await report.test("explain gives the reason, and agrees with can", () => {
      const ana = gate("ana");
      equal(
        [
          ana.explain("conversations.view", { teamId: "sales" }).reason,
          ana.explain("conversations.view", { teamId: "support" }).reason,
        ],
        ["granted", "out-of-scope"],
      );
      equal(
        [
          ana.explain("settings.inboxes").reason,
          gate("dee").explain("settings.inboxes").reason,
          ana.explain("nothing").reason,
        ],
        ["not-granted", "user-disabled", "unknown-permission"],
      );
      equal(
        [
          gate("hal").explain("conversations.close").reason,
          gate("bo").explain("conversations.reply", { assigneeId: "ana" }).reason,
        ],
        ["denied", "prerequisite"],
      );
      const { role, assignment } = gate("eve").explain("conversations.close", { teamId: "sales" });
      equal([role, assignment], ["closer", 1], "the role and the assignment that decided");
      equal(
        gate("bo").explain("conversations.reply", { assigneeId: "ana" }).requires?.permission,
        "conversations.view",
        "the prerequisite that failed",
      );
      ok(ana.explain("settings.inboxes").text.length > 10, "a sentence for people");
    });
  } else report.skip("explain", "gate.explain does not exist");
}

/**
 * The first example in the documents: a server that holds the tenant, a browser that gets one person's part.
 */
export async function example(report, lib) {
  await report.test("the first example of the documents", async () => {
    const json = JSON.stringify(acme());
    const tenant = await lib.load(json);
    const narrows = typeof tenant.narrow === "function";
    if (!narrows) report.skip("narrow", "snapshot.narrow does not exist");
    const response = new Response(narrows ? tenant.narrow("ana") : json, {
      headers: { "content-type": "application/json" },
    });
    const gate = (await lib.load(response)).for("ana", { now: NOW });
    const conversation = { id: 12, teamId: "sales", assigneeId: null };
    equal([gate.can("conversations.reply"), gate.can("conversations.reply", conversation)], [true, true]);
    equal(gate.scope("conversations.view").kind, "some");
    if (typeof gate.explain === "function")
      equal(gate.explain("conversations.reply", conversation).reason, "granted");
  });
}
