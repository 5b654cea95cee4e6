// The roles page of the demo (www/views/roles.mjs): that a keyboard is enough to edit roles safely, that what is
// refused is said in words, and that nothing in a tenant is more than text.

import { EDITING, SAMPLES } from "../../www/samples.mjs";
import { equal, ok } from "../package/report.mjs";
import { Demo, PHONE, tabTo, violations } from "./demo.mjs";

const PARTS = ["roles", "people", "changes", "as"];
const TITLES = Object.fromEntries(SAMPLES.map(({ name, title }) => [name, title]));

export async function roles(test) {
  for (const part of [everywhere, editing, guarded, assigning, weaker, saving, failing, hostile, looks])
    await part(test);
}

/** Shows another part without loading the page again. */
const show = async (demo, state) => {
  await demo.tab.evaluate(
    (hash) => (location.hash = hash),
    String(new URLSearchParams({ view: "roles", ...state })),
  );
  await demo.tab.locator("#view-title", { hasText: state.tenant ? TITLES[state.tenant] : "" }).waitFor();
  await demo.tab.locator(`#part-${state.part}[aria-current]`).waitFor();
};
/** Follows the link to a part. */
const follow = async (demo, part) => {
  await demo.tab.locator(`#part-${part}`).press("Enter");
  await demo.tab.locator(`#part-${part}[aria-current]`).waitFor();
};
const open = (demo, state) => demo.open({ view: "roles", ...state });
/** Goes to an element by Tab, or by Shift and Tab where it lies before the one that has the keyboard. */
const goTo = async (demo, id) => {
  const isBefore = await demo.tab.evaluate((wanted) => {
    const { activeElement: here } = document;
    const place = here.compareDocumentPosition(document.getElementById(wanted));
    return here !== document.body && (place & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  }, id);
  if ((await demo.focused()) !== id) await tabTo(demo, id, isBefore ? "Shift+Tab" : "Tab");
};
const press = async (demo, id, key = "Enter") => {
  await goTo(demo, id);
  await demo.tab.keyboard.press(key);
};
const type = async (demo, id, text) => {
  await goTo(demo, id);
  await demo.tab.keyboard.type(text);
};
/** Waits until that is announced. */
const told = async (demo, text) => {
  await demo.tab.locator("#status", { hasText: text }).waitFor({ state: "attached" });
};
const granted = (demo, permission) =>
  demo.tab.locator(`li[data-permission="${permission}"]`).getAttribute("data-level");
const stateOf = (demo, category) =>
  demo.tab.locator(`[data-category="${category}"]`).getAttribute("data-state");

/** Every role and every person of a tenant, as its administrator or as who holds less, in turn, on a phone. */
async function everywhere(test) {
  for (const [turn, { name: tenant }] of SAMPLES.entries()) {
    await test(
      `${tenant}: each role and person: with words, and nothing too wide`,
      async (demo) => {
        await open(demo, { tenant });
        const { admin, weaker: other } = EDITING[tenant];
        const actors = [turn % 2 === 0 ? admin : other];
        equal(await demo.tab.evaluate(lookAround, { tenant, actors }), []);
      },
      { viewport: PHONE },
    );
  }
}

/** The part of {@link everywhere} that runs in the page: what is wrong with what is seen. */
async function lookAround({ tenant, actors }) {
  const json = await (await fetch(`samples/${tenant}.json`)).json();
  const things = [
    ...json.roles.map(({ id }) => ({ part: "roles", role: id })),
    ...json.users.map(({ id }) => ({ part: "people", person: id })),
  ];
  const found = [];
  const look = (where) => {
    const text = document.querySelector("#content").innerText;
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    const described = [...document.querySelectorAll("#content [aria-describedby]")];
    const reasons = described.flatMap((element) => element.getAttribute("aria-describedby").split(" "));
    const unexplained = "#content [aria-disabled='true']:not([aria-describedby])";
    if (/undefined|NaN|\[object/.test(text)) found.push(`${where}: ${text}`);
    if (document.documentElement.scrollWidth > innerWidth) found.push(`${where} is too wide`);
    if (new Set(ids).size < ids.length) found.push(`${where} has an id twice`);
    if (reasons.some((id) => !document.getElementById(id)?.textContent))
      found.push(`${where} lacks a reason`);
    for (const { id } of document.querySelectorAll(unexplained)) found.push(`${where}: why is ${id} closed?`);
  };
  for (const actor of actors) {
    for (const thing of things) {
      const shown = new Promise((resolve) => addEventListener("hashchange", resolve, { once: true }));
      location.hash = new URLSearchParams({ tenant, view: "roles", actor, ...thing });
      await shown;
      const isThere = () => document.querySelector(`#part-${thing.part}[aria-current]`) !== null;
      while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
      look(`${actor}, ${JSON.stringify(thing)}`);
    }
  }
  return found;
}

async function editing(test) {
  await test("roles by keyboard alone: create, toggle, select all, duplicate, rename, undo", async (demo) => {
    await open(demo, { tenant: "desk" });
    await press(demo, "role-new-summary");
    await press(demo, "role-create-send");
    equal(
      [await demo.text("#role-create-refusal"), await demo.focused()],
      ["A role needs a name: write one, such as “Quality Reviewer”.", "new-name"],
    );
    await demo.tab.keyboard.type("agent");
    await press(demo, "role-create-send");
    await told(demo, "Another role has this name: “Agent”.");
    equal(await demo.text("#role-create-refusal"), "Another role has this name: “Agent”.");
    await type(demo, "new-name", "Night Shift");
    await press(demo, "role-create-send");
    await told(demo, "The role Night Shift is made.");
    equal([await demo.focused(), await demo.text("#role-title")], ["role-title", "Night Shift"]);
    equal(await demo.text('tr[data-role="night-shift"] td'), "nobody");
    equal(await granted(demo, "conversation.view"), "all", "the first permission");

    await press(demo, "category-0-1", "Space");
    await told(demo, "Reply: yes.");
    equal([await granted(demo, "conversation.reply"), await demo.focused()], ["all", "category-0-1"]);
    equal(await stateOf(demo, "conversations"), "some");
    ok(
      await demo.tab.locator("#category-0-all").evaluate((box) => box.indeterminate && !box.checked),
      "some of them",
    );
    await press(demo, "category-0-all", "Space");
    await told(demo, "Conversations: all selected.");
    equal(await stateOf(demo, "conversations"), "all");
    await press(demo, "category-1-1", "ArrowDown");
    await told(demo, "Edit notes: Own.");
    equal(await granted(demo, "note.edit"), "own");
    await press(demo, "category-0-0", "ArrowUp");
    await told(demo, "View conversations: Team.");
    equal(await granted(demo, "conversation.view"), "team");

    await press(demo, "role-copy-open-summary");
    await press(demo, "role-copy-send");
    await told(demo, "The role Copy of Night Shift is made; Night Shift stays as it is.");
    equal(await demo.text("#role-title"), "Copy of Night Shift");
    await press(demo, "role-rename-open-summary");
    await type(demo, "rename-name", "Day Shift");
    await press(demo, "role-rename-send");
    await told(demo, "The role is Day Shift now.");
    equal(await demo.text("#role-title"), "Day Shift");

    equal(await demo.text("#draft-state"), "7 changes to revision 1, not saved.");
    equal(await demo.text("#draft-impact"), "Nobody gains or loses anything by it.");
    await press(demo, "draft-undo");
    await told(demo, "Undone. 6 left.");
    equal([await demo.text("#role-title"), await demo.focused()], ["Copy of Night Shift", "draft-undo"]);
    await follow(demo, "changes");
    equal((await demo.tab.locator("#content .trail > li > .line:first-child").allInnerTexts()).slice(0, 3), [
      "The role “Copy of Night Shift” was made as a copy.",
      "The role “Night Shift” was changed: View conversations.",
      "The role “Night Shift” was changed: Edit notes.",
    ]);
  });

  await test("a role says where its permissions come from, and why some are closed", async (demo) => {
    const said = (permission) => demo.text(`li[data-permission="${permission}"] .said`);
    await open(demo, { tenant: "iadvize", role: "manager-no-reports" });
    ok((await said("report.access")).startsWith("Taken away here, whatever is inherited."), "taken away");
    equal(await said("people.skill"), "From “Manager”.");
    await demo.tab.locator("#category-0-0-inherit").press("Enter");
    await told(demo, "Access to Reports: as inherited.");
    ok((await said("report.access")).startsWith("From “Manager”."), "inherited again");
    await show(demo, { tenant: "engage", role: "intern", part: "roles" });
    equal(await said("role.create"), "Only standard roles can have it.");
    await show(demo, { tenant: "proto", role: "team-lead", part: "roles" });
    equal(
      await said("billing.manage"),
      "Includes “View billing”. Only roles of the type company can have it.",
    );
    await show(demo, { tenant: "desk", role: "office-hours-editor", part: "roles" });
    ok((await said("conversation.edit")).includes("Only if it is on Monday, Tuesday"), "a condition");
    await show(demo, { tenant: "desk", role: "admin", part: "roles" });
    equal(
      await demo.text("#role-locked"),
      "This role is locked: it can be looked at and duplicated, not changed.",
    );
    await demo.tab.locator("#category-0-1").press("Space");
    ok((await demo.text("#status")).includes("This role is locked"), "and says it when it is pressed");
  });
}

async function guarded(test) {
  await test("a role that people have is deleted once they are moved", async (demo) => {
    await open(demo, { tenant: "desk", role: "quality-reviewer" });
    await press(demo, "role-delete");
    equal(
      await demo.text("#status"),
      "Delete: no. The role is in use: Quy Pham, Kat Simons and Vic Dubois have it.",
    );
    equal(await demo.count('tr[data-role="quality-reviewer"]'), 1);
    equal(await demo.text('label[for="move-to"]'), "Move the 3 people first, to");
    await type(demo, "move-to", "Agent —");
    await press(demo, "role-move-send");
    await told(demo, "They have Agent — No Bulk Actions now.");
    equal(
      [await demo.focused(), await demo.text('tr[data-role="agent-no-bulk"] td')],
      ["role-delete", "4 people"],
    );
    await demo.tab.keyboard.press("Enter");
    await told(demo, "The role Quality Reviewer is deleted.");
    equal(
      [await demo.count('tr[data-role="quality-reviewer"]'), await demo.focused()],
      [0, "role-list-title"],
    );
  });
}

async function assigning(test) {
  await test("people by keyboard alone: assign for a team with an end, take away, disable, the last administrator", async (demo) => {
    await open(demo, { tenant: "desk", person: "jo", part: "people" });
    await type(demo, "assign-role", "Quality");
    await type(demo, "assign-team", "Qual");
    await type(demo, "assign-until", "12312027");
    await demo.tab.keyboard.press("Tab");
    await demo.tab.keyboard.type("1000AM");
    await press(demo, "member-assign-send");
    await told(demo, "Jo Silva has Quality Reviewer now, for Quality, until 31 December 2027 at 10:00.");
    equal(await demo.count(".member .roles > li"), 2);
    await press(demo, "member-ability");
    await told(demo, "Jo Silva is disabled, and may do nothing.");
    equal([await demo.text("#member-ability"), await demo.focused()], ["Enable", "member-ability"]);
    equal(await demo.text("#draft-impact"), "Loses: Jo Silva.");
    await press(demo, "member-role-0");
    await told(demo, "Jo Silva does not have Agent any more.");
    equal([await demo.count(".member .roles > li"), await demo.focused()], [1, "member-title"]);
    await press(demo, "member-0");
    equal([await demo.text("#member-title"), await demo.focused()], ["Dot Fischer", "member-title"]);
    ok((await demo.text("#member-ability-why")).startsWith("Nobody would be left"), "the last administrator");
  });

  await test("duties that are kept apart: refused beside the form", async (demo) => {
    await open(demo, { tenant: "proto", person: "bea", part: "people" });
    await demo.tab.locator("#assign-role").selectOption("user-administrator");
    await demo.tab.locator("#member-assign-send").press("Enter");
    await told(demo, "Bea Horvat would hold duties that are kept apart");
    equal(
      await demo.text("#member-assign-refusal"),
      "Bea Horvat would hold duties that are kept apart: “Nobody both administers users and manages billing”.",
    );
    equal(await demo.tab.locator("#assign-role").inputValue(), "user-administrator", "what was chosen stays");
  });

  await test("the inbox under the draft: as a person, and with one role", async (demo) => {
    await open(demo, { tenant: "desk", person: "jo", part: "as" });
    ok(await demo.isOpen(0, "Reply"), "as it is");
    await open(demo, { tenant: "desk", role: "agent" });
    await demo.tab.locator("#category-0-1").press("Space");
    await told(demo, "Reply: no.");
    ok((await demo.text("#draft-impact")).startsWith("Loses: "), "who loses, before it is saved");
    await follow(demo, "changes");
    equal(await demo.text('#impact tr[data-user="jo"] [data-change="narrower"]'), "Reply");
    await follow(demo, "as");
    ok(!(await demo.isOpen(0, "Reply")), "under the draft");
    await demo.tab.locator("#as").selectOption("admin");
    ok(await demo.isOpen(0, "Reply"), "with one role");
    await demo.tab.locator("#view-inbox").press("Enter");
    ok(await demo.isOpen(0, "Reply"), "nothing is saved");
  });
}

async function weaker(test) {
  await test("who holds less gives no more: said at the switch, and when it is pressed", async (demo) => {
    await open(demo, { tenant: "proto", actor: "una", role: "auditor" });
    equal(
      await demo.text('li[data-permission="billing.manage"] .said'),
      "Includes “View billing”. Una Walsh does not hold it.",
    );
    await press(demo, "category-1-0", "Space");
    equal(await demo.text("#status"), "Manage billing: no. Una Walsh does not hold it.");
    equal(
      [await granted(demo, "billing.manage"), await demo.text("#draft-state")],
      ["none", "Revision 1, nothing to save."],
    );
    await press(demo, "category-0-4", "Space");
    await told(demo, "Manage teams: yes.");
    equal(await granted(demo, "team.manage"), "all", "what she holds, she gives");
    await follow(demo, "people");
    await demo.tab.locator("#assign-role").selectOption("admin");
    await demo.tab.locator("#member-assign-send").press("Enter");
    await told(demo, "Una Walsh cannot give what Una Walsh does not hold");
    ok((await demo.text("#member-assign-refusal")).includes("“Manage workspace”"), "with names");
  });

  await test("who may change nothing sees everything, and why", async (demo) => {
    await open(demo, { tenant: "engage", actor: "abe" });
    ok((await demo.text("#blocked")).startsWith("Abe Katz may not: it takes “Update custom roles”"), "why");
    await demo.tab.locator("#category-0-1").press("Space");
    ok((await demo.text("#status")).includes("Abe Katz may not"), "when it is pressed");
    equal(await demo.text("#draft-state"), "Revision 1, nothing to save.");
  });
}

async function saving(test) {
  await test("saving: approved by somebody else, kept, and a conflict in a second window", async (demo) => {
    await open(demo, { tenant: "desk", role: "agent" });
    const other = new Demo(await demo.tab.context().newPage(), demo.address);
    await open(other, { tenant: "desk", role: "agent" });
    await other.tab.locator("#category-2-4").press("Space");
    await told(other, "Export contacts: yes.");

    await press(demo, "category-0-2", "Space");
    await told(demo, "Assign: yes.");
    equal(await demo.text("#role-looks"), "Never reviewed.");
    await press(demo, "role-review");
    await told(demo, "The role Agent is marked as reviewed.");
    await type(demo, "approver", "Dot");
    await press(demo, "draft-save");
    await told(demo, "Dot Fischer made these changes, so somebody else has to approve them.");
    ok((await demo.text("#save-refusal")).startsWith("Dot Fischer made"), "beside the button");
    await type(demo, "approver", "Ulf");
    await press(demo, "draft-save");
    await told(demo, "Saved: revision 2.");
    ok(/^Reviewed .+\. Approved by Ulf Berg\.$/.test(await demo.text("#role-looks")), "who has looked at it");

    await other.tab.locator("#draft-stale").waitFor();
    await press(other, "draft-save");
    await told(other, "Somebody has saved in the meantime: these changes were made on revision 1.");
    await press(other, "draft-rebase");
    await told(other, "Your changes are on the newest revision now.");
    equal(await granted(other, "conversation.assign"), "all", "what the first window saved");
    await press(other, "draft-save");
    await told(other, "Saved: revision 3.");
    await demo.tab.locator("#draft-state", { hasText: "Revision 3" }).waitFor();
    equal(await granted(demo, "contact.export"), "all", "and the first one has heard of it");
    await demo.tab.reload();
    await demo.tab.locator("#draft-state").waitFor();
    equal(await demo.text("#draft-state"), "Revision 3, nothing to save.");
    await follow(demo, "changes");
    ok((await demo.text("#content .trail")).includes("approved by Ulf Berg · revision 2"), "the audit trail");
    equal(other.errors, [], "errors in the other window");
  });
}

async function failing(test) {
  await test("without administration the page says so, and its other views work", async (demo) => {
    await demo.tab.route("**/rolegate-admin.wasm", (request) => request.fulfill({ status: 404, body: "" }));
    await demo.tab.goto(`${demo.address}#view=roles`);
    const text = await demo.tab.locator(".problem").innerText();
    ok(text.startsWith("Administration could not be loaded"), text);
    equal(await demo.text("#status"), text, "it is announced");
    await demo.tab.locator("#view-inbox").click();
    ok(await demo.isOpen(0, "Reply"), "the inbox");
  });

  await test("administration is loaded when it is asked for, and not before", async (demo) => {
    const asked = [];
    demo.tab.on("request", (request) => asked.push(request.url()));
    await demo.open({});
    ok(!asked.some((url) => url.includes("admin")), "the page as such");
    await demo.tab.locator("#view-roles").click();
    await demo.tab.locator("#draft-state").waitFor();
    ok(
      asked.some((url) => url.endsWith("rolegate-admin.wasm")),
      "the view",
    );
  });
}

/** Whatever others may write into a tenant. */
const NASTY = [
  `<img src=x onerror="window.hacked=1">`,
  `"' onfocus=window.hacked=1 x="`,
  "\u202etxt.exe\u2066",
  "</script><script>window.hacked=1</script>",
  "W".repeat(400),
  "{{1+1}} javascript:alert(1)",
  "__proto__",
];

/** An id like that: it is not as long. */
const idOf = (kind, index) => `${kind}${index} ${NASTY[index]}`.slice(0, 120);

/** A tenant in which every id, name and text is one of those. */
function nastyTenant() {
  const text = (index) => NASTY[index % NASTY.length];
  const part = (kind, index) => idOf(kind, index).replace(/[\s*.]/g, "_");
  const each = NASTY.map((_, index) => index);
  const permission = (index) => `${part("c", index)}.${part("p", index)}`;
  const roles = each.map((index) => ({
    ...{ id: idOf("r", index), name: `${text(index)} ${index}`, description: text(index) },
    grants: { [permission(index)]: { when: { "resource.x": text(index) } } },
  }));
  return {
    ...{ format: "rolegate/1", revision: 1, tenant: "aifocus" },
    catalog: {
      levelTitles: { own: text(0), team: text(1), all: text(2) },
      categories: [
        ...each.map((index) => ({
          ...{ id: part("c", index), title: text(index) },
          permissions: [
            {
              ...{ id: permission(index), title: text(index), description: text(index) },
              ...{ scopes: ["own", "team", "all"], requires: index === 0 ? undefined : [permission(0)] },
            },
          ],
        })),
        { id: "agent", title: text(0), permissions: [{ id: "agent.manage", title: text(0) }] },
      ],
    },
    teams: each.map((index) => ({ id: idOf("t", index), name: text(index) })),
    roles: [{ id: "root", name: text(3), locked: true, grants: { "*": true } }, ...roles],
    users: [
      { id: "ada", name: text(0), roles: ["root"] },
      { id: "ben", name: text(4), roles: [idOf("r", 2)] },
      { id: "tess", name: text(2), roles: [idOf("r", 0)] },
      ...each.map((index) => ({
        ...{ id: idOf("u", index), name: text(index), teams: [idOf("t", index)] },
        roles: [{ role: idOf("r", index), team: idOf("t", index) }],
      })),
    ],
    separations: [{ id: idOf("s", 0), title: text(0), roles: [idOf("r", 0), idOf("r", 1)] }],
  };
}

async function hostile(test) {
  await test(
    "a hostile tenant: its ids, names and texts are text everywhere, and never too wide",
    async (demo) => {
      await demo.tab.route("**/aifocus.json", (route) => route.fulfill({ json: nastyTenant() }));
      const look = async (where) => {
        equal(await demo.count("#roles ~ * img, main img, main script, [onfocus], [onerror]"), 0, where);
        equal(await demo.tab.evaluate("typeof hacked"), "undefined", where);
        ok(
          await demo.tab.evaluate("document.documentElement.scrollWidth <= innerWidth"),
          `${where} is too wide`,
        );
        ok(!/[\u202a-\u202e\u2066-\u2069]/.test(await demo.text("main")), `${where} is steered`);
      };
      await open(demo, { tenant: "aifocus" });
      for (const part of PARTS) {
        for (const actor of ["tess", "ada"]) {
          await show(demo, { tenant: "aifocus", person: idOf("u", 1), part, actor });
          await look(`${part} as ${actor}`);
        }
      }
      await show(demo, { tenant: "aifocus", actor: "ada", part: "roles" });
      ok((await demo.text("#role-title")).startsWith(NASTY[0]), "as it is written");
      await demo.tab.locator("#role-new-summary").press("Enter");
      await demo.tab.locator("#new-name").fill(`${NASTY[0]} 0`);
      await demo.tab.locator("#role-create-send").press("Enter");
      ok((await demo.text("#role-create-refusal")).includes(NASTY[0]), "a refusal as it is written");
      await look("a refusal");
      await demo.tab.locator("#role-copy-open-summary").press("Enter");
      await demo.tab.locator("#copy-name").fill(NASTY[0]);
      await demo.tab.locator("#role-copy-send").press("Enter");
      await demo.tab.locator("#role-title", { hasText: NASTY[0] }).waitFor();
      await look("a copy");
      await demo.tab.locator("#draft-save").press("Enter");
      await told(demo, "Saved: revision 2.");
      await follow(demo, "changes");
      for (const summary of await demo.tab.locator("#content summary").all()) await summary.click();
      await look("the audit trail");
      equal(await violations(demo), []);
    },
    { viewport: PHONE },
  );
}

async function looks(test) {
  for (const [options, tenant] of [
    [{ colorScheme: "light" }, "proto"],
    [{ colorScheme: "dark", viewport: PHONE }, "desk"],
  ]) {
    await test(
      `axe finds nothing in the roles page, and it is not too wide: ${JSON.stringify(options)}`,
      async (demo) => {
        await open(demo, { tenant });
        for (const part of PARTS) {
          await show(demo, { tenant, part, actor: part === "people" ? EDITING[tenant].weaker : "" });
          await demo.tab.evaluate(() => {
            for (const details of document.querySelectorAll("details")) details.open = true;
          });
          equal(await violations(demo), [], part);
          ok(
            await demo.tab.evaluate("document.documentElement.scrollWidth <= innerWidth"),
            `${part} is too wide`,
          );
        }
      },
      options,
    );
  }
}
