// The demo page (www/) in Chromium: that what it shows is what the package answers, that a keyboard is
// enough, that axe finds nothing.

import { equal, ok, Report } from "../package/report.mjs";
import { DESKTOP, Demo, PHONE, tabTo, violations } from "./demo.mjs";
import { roles } from "./roles.mjs";

const TENANTS = ["aifocus", "engage", "proto", "desk", "iadvize"];
const VIEWS = ["permissions", "people", "inbox", "ask", "report", "live"];
/** A Wednesday, early in New York. */
const EARLY = Date.parse("2026-11-18T11:00:00Z");
const OFFICE_HOURS = Date.parse("2026-11-18T15:00:00Z");

/** Runs all tests of the page in a browser, from a server that has it at /www/ and the package at /pkg/. */
export async function demoPage(browser, server) {
  const report = new Report();
  const test = (name, body, options = {}) =>
    report.test(name, async () => {
      const context = await browser.newContext({ viewport: DESKTOP, timezoneId: "UTC", ...options });
      try {
        const demo = new Demo(await context.newPage(), `${server.origin}/www/index.html`);
        await body(demo);
        equal(demo.errors, [], "errors on the page");
      } finally {
        await context.close();
      }
    });
  const inOrder = async (parts) => {
    for (const part of parts) await part(test);
  };
  // Each test has a page of its own, and waits more than it computes.
  await Promise.all([
    inOrder([answers, inbox, questions, masked, editing]),
    inOrder([addresses, failures, keyboard, firstSight, looks]),
    roles(test),
  ]);
  return report.result();
}

/**
 * Shows each of the states for each person of the tenant that is shown, and asks `look` what is wrong with
 * what is seen then. `look` runs in the page, so it can use nothing but its argument.
 */
function forEachPerson({ tab }, states, look) {
  return tab.evaluate(walkPeople, { states, source: `(${look})` });
}

/** The part of {@link forEachPerson} that runs in the page. */
async function walkPeople({ states, source }) {
  const look = globalThis.eval(source);
  const { load } = await import("/pkg/entries/browser.js");
  const fetched = async (name) => (await fetch(`${name}.json`)).json();
  const tenant = document.querySelector("#tenant").value;
  const [json, { [tenant]: inbox }] = [await fetched(`samples/${tenant}`), await fetched("records")];
  const snapshot = await load(JSON.stringify(json));
  const found = [];
  for (const { id, name } of json.users) {
    for (const state of states) {
      const shown = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
      location.hash = new URLSearchParams({ tenant, person: id, ...state });
      await shown;
      found.push(
        ...look({ name, gate: snapshot.for(id), snapshot, json, inbox, state }).map(
          (what) => `${id}: ${what}`,
        ),
      );
    }
  }
  return found;
}

async function answers(test) {
  for (const tenant of TENANTS) {
    await test(`${tenant}: every person has every view`, async (demo) => {
      await demo.open({ tenant });
      const wrong = await forEachPerson(
        demo,
        VIEWS.map((view) => ({ view })),
        ({ name, json, state: { view } }) => {
          const problems = [];
          const title = document.querySelector("#view-title").textContent;
          if (view !== "people" && !title.includes(name)) problems.push(`${view} is titled ${title}`);
          if (document.querySelector(".problem") !== null) problems.push(`${view} has a problem`);
          if (document.querySelector("#content").textContent.length < 40) problems.push(`${view} is empty`);
          const roles = json.users.find((user) => user.name === name).roles.length;
          if (document.querySelectorAll("#who .roles > li").length !== roles)
            problems.push("roles are missing");
          return problems;
        },
      );
      equal(wrong, []);
    });

    await test(`${tenant}: each cell of the matrix is what the scope says`, async (demo) => {
      await demo.open({ tenant });
      const wrong = await forEachPerson(demo, [{ view: "permissions" }], ({ gate, snapshot }) => {
        const titles = snapshot.levelTitles();
        const expected = (permission) => {
          const scope = gate.scope(permission.id);
          if (scope.kind === "none") return undefined;
          if (permission.scopes === undefined && scope.kind === "all")
            return gate.can(permission.id) ? "Yes" : undefined;
          return `Yes ${titles[scope.level]}${scope.conditional ? " with a condition" : ""}`;
        };
        const shown = ({ id }) => {
          const cell = document.querySelector(`tr[data-permission="${id}"] td`);
          const words = [...cell.querySelectorAll("strong, .reach, .tag")].map((part) =>
            part.textContent.replace(/: .*$/s, ""),
          );
          return words[0] === "Yes" ? words.join(" ") : undefined;
        };
        const permissions = snapshot.categories().flatMap((category) => category.permissions);
        return permissions
          .filter((permission) => shown(permission) !== expected(permission))
          .map(({ id }) => id);
      });
      equal(wrong, []);
    });

    await test(`${tenant}: the people of each permission are those of whoCan`, async (demo) => {
      await demo.open({ tenant, view: "people" });
      const wrong = await forEachPerson(demo, [{ view: "people" }], ({ snapshot, json }) => {
        const names = (ids) => json.users.filter(({ id }) => ids.includes(id)).map(({ name }) => name);
        const shown = (id) => document.querySelector(`tr[data-permission="${id}"] td`).textContent;
        return snapshot
          .permissions()
          .filter((id) => !names(snapshot.whoCan(id)).every((name) => shown(id).includes(name)));
      });
      equal(wrong, []);
    });
  }

  await test("an answer that depends on what a request says is no yes", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "finn", view: "permissions" });
    equal(await demo.text('tr[data-permission="report.export"] td strong'), "Depends");
    await demo.open({ tenant: "aifocus", person: "sam", view: "permissions" });
    equal(await demo.text('tr[data-permission="conversation.view"] td .reach'), "Team: Sales");
    ok((await demo.text("#who")).includes("for Sales only"), "the limit of a role is told");
    await demo.open({ tenant: "aifocus", person: "leo" });
    ok((await demo.text("#who")).includes("disabled"), "who is disabled is told so");
  });
}

async function inbox(test) {
  for (const tenant of TENANTS) {
    await test(`${tenant}: a button of the inbox is closed exactly when can says no, and then says why`, async (demo) => {
      await demo.open({ tenant });
      const states = [
        { view: "inbox", closed: "disable" },
        { view: "inbox", closed: "hide" },
      ];
      const wrong = await forEachPerson(
        demo,
        states,
        ({ gate, inbox: { actions, records }, state: { closed } }) => {
          const problems = [];
          for (const [index, { data, loading }] of records.entries()) {
            const buttons = [...document.querySelectorAll(`#record-${index} .actions button`)];
            const open = buttons.filter(
              (button) => button.getAttribute("aria-disabled") !== "true" && button.checkVisibility(),
            );
            const allowed = actions.filter(({ permission, context = {} }) =>
              gate.with({ context }).can(permission, loading ? null : data),
            );
            for (const button of buttons) {
              const isAllowed = allowed.some(
                ({ permission, label }) =>
                  permission === button.dataset.permission && label === button.textContent,
              );
              if (open.includes(button) !== isAllowed)
                problems.push(`record ${index}, ${button.textContent}`);
              const isSeen = button.checkVisibility();
              if (isSeen !== (isAllowed || closed === "disable"))
                problems.push(`record ${index}, ${button.textContent} is ${isSeen ? "" : "not "}seen`);
              if (isAllowed || closed === "hide") continue;
              const why = document.getElementById(button.getAttribute("aria-describedby"))?.textContent ?? "";
              if (!/^.{15,}\.$/.test(why))
                problems.push(`record ${index}, ${button.textContent} says: ${why}`);
            }
          }
          if (document.querySelectorAll(".actions button").length < records.length)
            problems.push("buttons are missing");
          return problems;
        },
      );
      equal(wrong, []);
    });
  }

  await test("a record that is still loading opens its buttons when it arrives, and not before", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "ben", view: "inbox" });
    const load = demo.tab.locator("#record-3-load");
    equal([await demo.text("#record-3-title"), await demo.isOpen(3, "Reply")], ["Still loading…", false]);
    await load.press("Enter");
    equal(
      [await demo.text("#record-3-title"), await demo.isOpen(3, "Reply")],
      ["Is there a plan for schools?", true],
    );
    equal([await demo.isOpen(3, "Delete"), await demo.focused()], [false, "record-3-load"]);
    ok((await demo.text("#status")).startsWith("The record has arrived"), "it is announced");
    await load.press("Enter");
    equal([await demo.text("#record-3-title"), await demo.isOpen(3, "Reply")], ["Still loading…", false]);
  });

  await test("a closed button that is pressed does nothing but say why", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "ben", view: "inbox" });
    await demo.action(0, "Delete").press("Enter");
    equal(
      await demo.text("#record-0-said"),
      "Delete: no. None of your roles gives you “Delete conversations”.",
    );
    await demo.action(0, "Reply").press("Enter");
    equal(await demo.text("#record-0-said"), "Reply: yes, a real application would do it now.");
    equal(await demo.text("#status"), await demo.text("#record-0-said"));
    await demo.tab.locator("#closed-hide").check();
    equal(
      [
        await demo.action(0, "Delete").isVisible(),
        await demo.action(0, "Reply").isVisible(),
        await demo.focused(),
      ],
      [false, true, "closed-hide"],
    );
  });

  await test("what a button says of itself counts: an export in one format and not in another", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "finn", view: "inbox" });
    equal([await demo.isOpen(5, "Export as CSV"), await demo.isOpen(5, "Export as XLSX")], [true, false]);
  });
}

async function questions(test) {
  await test("a question about a time: the answer, why, how far, what would help", async (demo) => {
    await demo.open({
      tenant: "desk",
      person: "hal",
      view: "ask",
      permission: "conversation.edit",
      record: "0",
      time: EARLY,
    });
    ok((await demo.text("#verdict")).includes("only under a condition that is not met."), "why");
    equal(await demo.text("#asked"), "Hal Ortiz, on “The door code has changed”, 18 November 2026 at 11:00");
    equal(await demo.text("#remedies li"), "Wait until 18 November 2026 at 14:00.");
    await demo.tab.locator("#explanation-summary").click();
    const explanation = await demo.text("#explanation");
    for (const part of ["condition-failed", "Office Hours Editor (number 1)"])
      ok(explanation.includes(part), `${part} in ${explanation}`);
    await demo.tab.locator("#time").fill("2026-11-18T15:00");
    await demo.tab.locator("#ask").click();
    ok((await demo.text("#verdict")).includes("Yes."), "in office hours");
    equal(await demo.text("#status"), await demo.tab.locator("#verdict").textContent());
    ok(
      (await demo.tab.evaluate("location.hash")).includes(String(OFFICE_HOURS)),
      "the question is in the address",
    );
    equal(await demo.count("#remedies"), 0, "nothing to mend");
  });

  await test("a question about what the request says", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "finn", view: "ask", permission: "report.export" });
    ok((await demo.text("#verdict")).includes("No."), "without a format");
    equal(await demo.text("#remedies li"), "See to it that the request’s format is one of “csv” or “pdf”.");
    await demo.tab.locator("#explanation-summary").click();
    ok((await demo.text("#explanation")).includes("context.format"), "what was not known");
    await demo.tab.locator("#context").fill('{ "format": "pdf" }');
    await demo.tab.locator("#ask").click();
    ok((await demo.text("#verdict")).includes("Yes."), "as PDF");
    equal(await demo.text("#scope dd >> nth=2"), "all records");
  });

  await test("a prerequisite: the chain, and remedies within remedies", async (demo) => {
    await demo.open({
      tenant: "aifocus",
      person: "ben",
      view: "ask",
      permission: "conversation.close",
      record: "unknown",
    });
    const verdict = await demo.text("#verdict");
    ok(
      verdict.includes(
        "You also need “View conversations” for “Close conversations”. Your role “Agent” gives you “View conversations” only for what is yours; this is not known yet.",
      ),
      verdict,
    );
    await demo.tab.locator("#explanation-summary").click();
    ok((await demo.text("#explanation .inner")).includes("out-of-scope"), "the reason of the prerequisite");
    const [outer, inner] = await demo.tab.locator("#remedies li").allInnerTexts();
    ok(outer.startsWith("See to it that they may “View conversations”, which it requires:"), outer);
    ok(
      /^Assign one of these roles: .*“Administrator”\. Each grants “View conversations” at the level All\.$/.test(
        inner,
      ),
      inner,
    );
  });

  await test("every remedy that is shown has words, for each person and permission", async (demo) => {
    for (const tenant of ["aifocus", "desk"]) {
      await demo.open({ tenant, view: "permissions" });
      const permissions = await demo.tab.evaluate(
        "[...document.querySelectorAll('[data-permission]')].map((row) => row.dataset.permission)",
      );
      const states = permissions.map((permission) => ({ view: "ask", permission, record: "unknown" }));
      const wrong = await forEachPerson(demo, states, ({ gate, state: { permission } }) => {
        const remedies = [...document.querySelectorAll("#remedies li")].map((item) => item.textContent);
        const isSaid = gate.can(permission, null) ? remedies.length === 0 : remedies.length > 0;
        const isWords = remedies.every((text) => /^[A-Z].*[.:]/.test(text) && !text.includes("undefined"));
        return isSaid && isWords ? [] : [`${permission}: ${remedies}`];
      });
      equal(wrong, [], tenant);
    }
  });

  await test("a scope in words and as data", async (demo) => {
    await demo.open({ tenant: "engage", person: "quin", view: "ask", permission: "conversation.view" });
    const scope = await demo.text("#scope");
    for (const part of [
      "some, with a condition",
      "those of Support Americas, where the record’s agentId is empty",
      "their own",
    ]) {
      ok(scope.includes(part), `${part} in ${scope}`);
    }
    equal(JSON.parse(await demo.tab.locator("#scope-json pre").textContent()).user, "quin");
  });

  await test("bad JSON is told where it is, and what was typed stays", async (demo) => {
    await demo.open({ tenant: "desk", person: "hal", view: "ask", permission: "conversation.view" });
    await demo.tab.locator("#record").selectOption("own");
    await demo.tab.locator("#json").fill('{ "teamId": ');
    await demo.tab.locator("#ask").click();
    equal(
      await demo.text("#json-problem"),
      'The record is not a JSON object: write it like { "teamId": "sales" }.',
    );
    equal([await demo.focused(), await demo.tab.locator("#json").inputValue()], ["json", '{ "teamId": ']);
    await demo.tab.locator("#json").fill('{ "teamId": "team-a" }');
    await demo.tab.locator("#person").selectOption("jo");
    equal(
      await demo.tab.locator("#json").inputValue(),
      '{ "teamId": "team-a" }',
      "another person, the same draft",
    );
    await demo.tab.locator("#ask").click();
    ok((await demo.text("#verdict")).includes("Yes."), "mended");
    await demo.tab.locator("#when").selectOption("chosen");
    await demo.tab.locator("#ask").click();
    ok((await demo.text("#time-problem")).startsWith("There is no time"), "a time that is missing");
  });
}

async function editing(test) {
  await test("one window edits, another changes, without a reload", async (demo) => {
    const state = { tenant: "desk", view: "live" };
    await demo.open(state);
    const other = new Demo(await demo.tab.context().newPage(), demo.address);
    await other.open(state);
    const held = await other.count("#content [data-permission]");
    const [revision] = /\d+/.exec(await other.text("#live-status"));
    const ids = await demo.tab
      .locator('#content input[type="checkbox"]:checked')
      .evaluateAll((boxes) => boxes.map(({ id }) => id));
    for (const id of ids) await demo.tab.locator(`#${id}`).click();
    await other.tab
      .locator("#live-status", { hasText: `revision ${Number(revision) + ids.length}` })
      .waitFor({ timeout: 20_000 });
    ok((await other.count("#live-heard li")) > 0, "what has changed is told");
    ok((await other.count("#content [data-permission]")) < held, "fewer permissions");
    equal(other.errors, [], "errors in the other window");
  });
}

async function masked(test) {
  await test("a report as it is stored and as it is masked", async (demo) => {
    await demo.open({ tenant: "iadvize", person: "nell", view: "report" });
    const [stored, shown] = [await demo.text(".stored >> nth=0"), await demo.text(".shown >> nth=0")];
    ok(stored.includes("Tom Adler") && !shown.includes("Tom Adler"), "the name is hidden");
    ok(shown.includes("#1") && shown.includes("left out"), "pseudonyms, and keys that are left out");
    await demo.open({ tenant: "iadvize", person: "marc", view: "report" });
    equal(await demo.count(".stored .masked, .shown .masked"), 0, "nothing is hidden from a manager");
    await demo.open({ tenant: "desk", view: "report" });
    await demo.tab.locator("#content a").click();
    await demo.tab.locator("#content .card").first().waitFor();
    equal(
      await demo.tab.locator("#tenant").inputValue(),
      "iadvize",
      "a tenant without masks leads to one that has some",
    );
  });

  await test("the masked report opens with somebody who sees it masked", async (demo) => {
    await demo.open({ view: "report", tenant: "iadvize" });
    ok((await demo.count(".shown .masked")) > 0, "nothing is masked");
  });

  await test("each masked record is what mask gives, for each person", async (demo) => {
    await demo.open({ tenant: "iadvize" });
    const wrong = await forEachPerson(demo, [{ view: "report" }], ({ gate, inbox: { records } }) => {
      const stored = records.filter(({ loading }) => !loading).map(({ data }) => data);
      const shown = [...document.querySelectorAll("#content pre")].map((pre) => pre.textContent);
      return JSON.stringify(shown) ===
        JSON.stringify(gate.mask("report", stored).map((it) => JSON.stringify(it, null, 2)))
        ? []
        : ["differs"];
    });
    equal(wrong, []);
  });
}

async function addresses(test) {
  await test("a view can be linked, reloaded and gone back to", async (demo) => {
    await demo.open({ tenant: "proto", person: "kim", view: "inbox", closed: "hide" });
    await demo.tab.reload();
    await demo.tab.locator("#record-0").waitFor();
    equal(await demo.text("#view-title"), "The inbox, as Kim Abara finds it");
    await demo.tab.locator("#view-people").click();
    await demo.tab.locator("#tenant").selectOption("desk");
    await demo.tab.locator("#view-title", { hasText: "at Desk" }).waitFor();
    await demo.tab.goBack();
    await demo.tab.locator("#view-title", { hasText: "at Proto" }).waitFor();
    await demo.tab.goBack();
    await demo.tab.locator("#record-0").waitFor();
    equal(
      [await demo.tab.locator("#person").inputValue(), await demo.tab.locator("#closed-hide").isChecked()],
      ["kim", true],
    );
  });

  await test("an address that says nothing known shows the first tenant", async (demo) => {
    await demo.open({
      tenant: "__proto__",
      person: "constructor",
      view: "toString",
      permission: "x",
      record: "99",
      time: "x",
    });
    equal(await demo.text("#view-title"), "The inbox, as Ben Okafor finds it");
    await demo.open({ person: "nobody", view: "ask", permission: "x", record: "99" });
    ok((await demo.text("#asked")).includes("an unknown record"), "a record that is not there is unknown");
  });
}

async function failures(test) {
  const problem = async (demo, route, answer) => {
    await demo.tab.route(route, (request) =>
      answer === undefined ? request.abort() : request.fulfill(answer),
    );
    await demo.tab.goto(demo.address);
    const text = await demo.tab.locator(".problem").innerText();
    equal(await demo.text("#status"), text.split("\n")[0], "it is announced");
    return text;
  };
  await test("without the package the page says how to get it", async (demo) => {
    const text = await problem(demo, "**/pkg/**", { status: 404, body: "" });
    equal(
      text,
      "The package is not there: run `cargo xtask serve` in the project’s folder, then reload this page.",
    );
  });
  await test("a tenant that does not load is told, and another one can be chosen", async (demo) => {
    const text = await problem(demo, "**/aifocus.json", undefined);
    ok(
      /^aifocus\.json could not be loaded \(the server does not answer\): .* reload this page\.$/.test(text),
      text,
    );
    await demo.tab.locator("#tenant").selectOption("desk");
    await demo.tab.locator("#views a").first().waitFor();
    equal(await demo.count(".problem"), 0);
  });
  await test("a snapshot with a mistake is told with its place", async (demo) => {
    const text = await problem(demo, "**/aifocus.json", {
      json: { format: "rolegate/1", revision: 1, catalog: { categories: [] }, roles: [], x: 1 },
    });
    ok(text.includes("/x"), text);
  });
  await test("names are text, whatever they look like", async (demo) => {
    await demo.tab.route("**/aifocus.json", async (route) => {
      const text = await (await route.fetch()).text();
      await route.fulfill({
        json: JSON.parse(
          text.replaceAll(
            /Ada Moreno|Administrator|View conversations|Sales Inbound/g,
            "<img src=x onerror=alert(1)>",
          ),
        ),
      });
    });
    for (const view of VIEWS) {
      await demo.open({ view, person: "ada" });
      equal(await demo.count("img"), 0, view);
      ok((await demo.text("main")).includes("<img src=x"), view);
    }
  });
}

async function keyboard(test) {
  await test("by keyboard alone: a tenant, a person, a question, its explanation", async (demo) => {
    const { keyboard } = demo.tab;
    await demo.open({});
    await keyboard.press("Tab");
    equal(await demo.focused(), "skip", "the first stop");
    await tabTo(demo, "tenant");
    await keyboard.type("Desk");
    await demo.tab.locator("#person option[value=hal]").waitFor({ state: "attached" });
    equal(await demo.focused(), "tenant", "the keyboard stays");
    await tabTo(demo, "person");
    await keyboard.press("ArrowUp");
    await keyboard.press("ArrowDown");
    equal(await demo.text("#view-title"), "The inbox, as Jo Silva finds it");
    await tabTo(demo, "view-ask");
    await keyboard.press("Enter");
    await tabTo(demo, "permission");
    await keyboard.type("Reply");
    await tabTo(demo, "record");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await keyboard.press("ArrowDown");
    await tabTo(demo, "context");
    await keyboard.type("{}");
    await tabTo(demo, "ask");
    await keyboard.press("Enter");
    equal(await demo.focused(), "ask", "the keyboard stays");
    equal(await demo.text("#asked"), "Jo Silva, on “A chair for the front office”, now");
    const verdict = await demo.text("#verdict");
    ok(verdict.includes("No. You also need “View conversations”"), verdict);
    equal(await demo.text("#status"), await demo.tab.locator("#verdict").textContent());
    await tabTo(demo, "explanation-summary");
    await keyboard.press("Enter");
    ok((await demo.text("#explanation")).includes("prerequisite"), "the explanation is open");
  });

  await test("by keyboard alone: the inbox, its switch, a button and its reason", async (demo) => {
    const { keyboard } = demo.tab;
    await demo.open({ tenant: "aifocus", person: "ben", view: "people" });
    await tabTo(demo, "view-inbox");
    await keyboard.press("Enter");
    await tabTo(demo, "record-0-action-1");
    await keyboard.press("Space");
    equal(
      await demo.text("#record-0-said"),
      "Assign: no. None of your roles gives you “Assign conversations”.",
    );
    await keyboard.press("Shift+Tab");
    await keyboard.press("Shift+Tab");
    equal(await demo.focused(), "closed-disable");
    await keyboard.press("ArrowRight");
    equal([await demo.focused(), await demo.action(0, "Assign").isVisible()], ["closed-hide", false]);
    await tabTo(demo, "record-3-load");
    await keyboard.press("Enter");
    ok(await demo.isOpen(3, "Reply"), "the record has arrived");
  });

  await test("by keyboard alone: a link within a view moves to the title of the next", async (demo) => {
    await demo.open({ tenant: "aifocus", person: "ben", view: "permissions" });
    await demo.tab.keyboard.press("Tab");
    await demo.tab.keyboard.press("Enter");
    equal(await demo.focused(), "view-title", "the skip link");
    await demo.tab.keyboard.press("Tab");
    await demo.tab.keyboard.press("Enter");
    await demo.tab.locator("#verdict").waitFor();
    equal(await demo.focused(), "view-title");
  });

  await test("Tab goes through each view in the order of the page, and out of it", async (demo) => {
    for (const view of [...VIEWS, "roles"]) {
      await demo.open({ tenant: "iadvize", person: "nell", view });
      const stops = await demo.tab.evaluate(() => {
        const all = [
          ...document.querySelectorAll("a, button, select, textarea, input, summary, [tabindex='0']"),
        ];
        const visible = all.filter(
          (element) => element.checkVisibility() && !(element.type === "radio" && !element.checked),
        );
        for (const [index, element] of visible.entries()) element.dataset.stop = index;
        return visible.length;
      });
      const seen = [];
      for (let index = 0; index < stops; index += 1) {
        await demo.tab.keyboard.press("Tab");
        seen.push(await demo.tab.evaluate(() => Number(document.activeElement.dataset.stop)));
      }
      equal(seen, [...Array(stops).keys()], view);
      await demo.tab.keyboard.press("Tab");
      const next = await demo.tab.evaluate(() => document.activeElement.dataset.stop ?? "0");
      equal(next, "0", `${view}: after the last stop, out of the page or at its start`);
    }
  });
}

/** Who opens the page, on a phone or at a desk. */
async function firstSight(test) {
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    const boxOf = (demo, selector) => demo.tab.locator(selector).first().boundingBox();
    const isInView = async (demo, selector) => {
      const { y, height } = await boxOf(demo, selector);
      return y >= 0 && y + height <= viewport.height;
    };

    await test(
      `the first view is an agent's inbox, with a reason in view: ${size}`,
      async (demo) => {
        await demo.open({});
        equal(await demo.text("#view-title"), "The inbox, as Ben Okafor finds it");
        const why = await demo.text("#record-0-said");
        equal(why, "Why not “Assign”? None of your roles gives you “Assign conversations”.");
        ok(await isInView(demo, "#record-0-said"), "the reason is below the first screen");
        const [tenant, person] = [await boxOf(demo, "#tenant"), await boxOf(demo, "#person")];
        equal(person.y, tenant.y, "the choosers are in one line");
        ok(person.x >= tenant.x + tenant.width && person.x + person.width <= viewport.width, "side by side");
        equal(await demo.text("#record-3-title"), "Still loading…");
        ok((await demo.text("#record-3-said")).endsWith("this is not known yet."), "why, while it loads");
      },
      { viewport },
    );

    await test(
      `a change of view is seen, from wherever the last one was read: ${size}`,
      async (demo) => {
        await demo.open({ tenant: "aifocus" });
        for (const view of [...VIEWS, "inbox"]) {
          await demo.tab.evaluate((it) => {
            scrollTo(0, document.documentElement.scrollHeight);
            document.getElementById(`view-${it}`).click();
          }, view);
          await demo.tab.locator(`#view-${view}[aria-current]`).waitFor();
          ok(await isInView(demo, "#view-title"), `the title of ${view}`);
          ok(await isInView(demo, `#view-${view}`), `the link of ${view}`);
        }
      },
      { viewport },
    );
  }
}

async function looks(test) {
  const STATES = [
    {},
    { tenant: "aifocus", person: "finn", view: "permissions" },
    { tenant: "engage", person: "quin", view: "people" },
    { tenant: "aifocus", person: "ben", view: "inbox" },
    { tenant: "proto", person: "lee", view: "inbox", closed: "hide" },
    { tenant: "desk", person: "jo", view: "ask", permission: "conversation.reply", record: "2" },
    { tenant: "desk", person: "jo", view: "ask", record: "own", json: "{", context: "[", time: "?" },
    { tenant: "iadvize", person: "nell", view: "report" },
    { tenant: "desk", person: "zed", view: "report" },
  ];
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    for (const colorScheme of ["light", "dark"]) {
      const options = { viewport, colorScheme };
      await test(
        `axe finds nothing: ${colorScheme}, ${size}`,
        async (demo) => {
          for (const state of STATES) {
            await demo.open(state);
            await demo.tab.evaluate(() =>
              document.querySelectorAll("details").forEach((details) => (details.open = true)),
            );
            equal(await violations(demo), [], JSON.stringify(state));
          }
        },
        options,
      );
    }
  }

  await test(
    "no view scrolls sideways on a phone",
    async (demo) => {
      for (const tenant of TENANTS) {
        await demo.open({ tenant });
        const states = VIEWS.map((view) => ({ view }));
        const wide = await forEachPerson(demo, states, ({ state }) =>
          document.documentElement.scrollWidth > innerWidth ? [state.view] : [],
        );
        equal(wide, [], tenant);
      }
    },
    { viewport: PHONE },
  );

  await test(
    "nothing moves for who asked for less motion",
    async (demo) => {
      await demo.open({ tenant: "aifocus", person: "ben", view: "inbox" });
      equal(await demo.tab.evaluate(() => document.getAnimations().length), 0);
    },
    { reducedMotion: "reduce" },
  );
}
