// The roles page of the demo (www/views/roles.mjs): that a keyboard is enough to edit roles safely, that what is
// refused is said in words, and that nothing in a tenant is more than text.

import { readFile } from "node:fs/promises";
import { EDITING, SAMPLES } from "../../www/samples.mjs";
import { equal, ok } from "../package/report.mjs";
import { Demo, PHONE, tabTo, violations } from "./demo.mjs";

const PARTS = ["roles", "people", "teams", "changes", "as"];
const TITLES = Object.fromEntries(SAMPLES.map(({ name, title }) => [name, title]));

export async function roles(test) {
  for (const part of [
    everywhere,
    editing,
    later,
    guarded,
    assigning,
    listing,
    teams,
    findings,
    weaker,
    saving,
    failing,
    hostile,
    looks,
  ])
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
      `${tenant}: each role, person and team: with words, and nothing too wide`,
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
    ...json.teams.map(({ id }) => ({ part: "teams", team: id })),
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

async function later(test) {
  await test("what is added to a category later: granted, taken back, taken away", async (demo) => {
    const levels = (category) =>
      demo.tab
        .locator(`[data-category="${category}"] li[data-permission]`)
        .evaluateAll((items) => items.map(({ dataset }) => dataset.level));
    const chosen = (id) => demo.tab.locator(`#${id}`).evaluate((select) => select.selectedOptions[0].text);
    await open(demo, { tenant: "desk", role: "agent" });
    const before = await levels("contacts");
    equal([await chosen("category-2-later"), before], ["No", ["all", "all", "all", "none", "none"]]);
    await press(demo, "category-2-later", "ArrowUp");
    await told(demo, "What is added to Contacts later: Yes, with all.");
    equal([await stateOf(demo, "contacts"), await demo.focused()], ["all", "category-2-later"]);
    await press(demo, "draft-undo");
    await told(demo, "Undone. 0 left.");
    equal(await levels("contacts"), before);
    await show(demo, { tenant: "desk", role: "supervisor", part: "roles" });
    equal(
      [await chosen("category-1-later"), await levels("notes")],
      ["Yes, with all", ["all", "team", "team"]],
    );
    await press(demo, "category-1-later", "ArrowDown");
    await told(demo, "What is added to Notes later: As inherited.");
    equal(await levels("notes"), ["all", "team", "team"], "what is granted by now stays");

    await show(demo, { tenant: "iadvize", role: "manager-no-automation", part: "roles" });
    const said = () => demo.text('[data-category="automation"] li:first-child .said');
    equal(await chosen("category-2-later"), "No, with none");
    equal(await said(), "Taken away with all of “Automation”, also what will be added.");
    await press(demo, "category-2-later", "ArrowUp");
    await told(demo, "What is added to Automation later: As inherited.");
    equal([await stateOf(demo, "automation"), await said()], ["all", "From “Manager”."]);
    await show(demo, { tenant: "iadvize", role: "admin", part: "roles" });
    equal(
      await demo.tab.locator("#category-2-later").getAttribute("aria-describedby"),
      "role-locked",
      "a locked role",
    );
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
    await follow(demo, "changes");
    equal(
      await demo.tab.locator("#content .trail > li > .line:first-child").allInnerTexts(),
      [
        "The role “Quality Reviewer” was deleted.",
        "Those who had “Quality Reviewer” were moved to “Agent — No Bulk Actions”.",
      ],
      "what is gone keeps its name",
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
    equal(await demo.count("#member-roles > li"), 2);
    await press(demo, "member-ability");
    await told(demo, "Jo Silva is disabled, and may do nothing.");
    equal([await demo.text("#member-ability"), await demo.focused()], ["Enable", "member-ability"]);
    equal(await demo.text("#draft-impact"), "Loses: Jo Silva.");
    await press(demo, "member-role-0");
    await told(demo, "Jo Silva does not have Agent any more.");
    equal([await demo.count("#member-roles > li"), await demo.focused()], [1, "member-title"]);
    await press(demo, "member-0");
    equal([await demo.text("#member-title"), await demo.focused()], ["Dot Fischer", "member-title"]);
    ok((await demo.text("#member-ability-why")).startsWith("Nobody would be left"), "the last administrator");
  });

  await test("duties that are kept apart: closed beside the form", async (demo) => {
    await open(demo, { tenant: "proto", person: "bea", part: "people" });
    await demo.tab.locator("#assign-role").selectOption("user-administrator");
    await demo.tab.locator("#member-assign-send").press("Enter");
    await told(demo, "Bea Horvat would hold duties that are kept apart");
    equal(
      await demo.text("#member-assign-send-why"),
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

async function listing(test) {
  await test("people by keyboard alone: add, put in a team, take out, remove, undo, save", async (demo) => {
    await open(demo, { tenant: "desk", part: "people" });
    await press(demo, "person-new-summary");
    await press(demo, "person-add-send");
    await told(demo, "A person needs a name: write one, such as “Ada Moreno”.");
    equal(await demo.focused(), "person-name");
    await demo.tab.keyboard.type("Cy Okoro");
    await press(demo, "person-add-send");
    await told(demo, "A person needs the id that they sign in as, such as “ada” or an address.");
    equal(await demo.focused(), "person-id");
    await demo.tab.keyboard.type("jo");
    await press(demo, "person-add-send");
    await told(demo, "The id is taken: choose another one.");
    equal(await demo.text("#person-add-refusal"), "The id is taken: choose another one.");
    await goTo(demo, "person-id");
    await demo.tab.keyboard.press("Control+A");
    await demo.tab.keyboard.type("cy@example.org");
    await press(demo, "person-add-send");
    await told(demo, "Cy Okoro is on the list now, without a role.");
    equal([await demo.text("#member-title"), await demo.focused()], ["Cy Okoro", "member-title"]);
    ok((await demo.text(".member")).includes("Signs in as “cy@example.org”."), "the id");

    await type(demo, "join-team", "Qual");
    await press(demo, "member-join-send");
    await told(demo, "Cy Okoro is in Quality now.");
    equal(await demo.count("#member-teams > li"), 1);
    await press(demo, "member-assign-send");
    await told(demo, "Cy Okoro has Supervisor now.");
    equal(await demo.text("#draft-impact"), "Gains: Cy Okoro.");
    await press(demo, "member-team-0");
    await told(demo, "Cy Okoro is not in Quality any more.");
    equal([await demo.count("#member-teams"), await demo.focused()], [0, "member-title"]);
    await press(demo, "member-remove");
    await told(demo, "Cy Okoro is not on the list any more.");
    equal([await demo.focused(), await demo.count('tr[data-user="cy@example.org"]')], ["member-title", 0]);
    equal(await demo.text("#draft-impact"), "Nobody gains or loses anything by it.");
    await press(demo, "draft-undo");
    await told(demo, "Undone. 4 left.");
    equal([await demo.text("#member-title"), await demo.count("#member-roles > li")], ["Cy Okoro", 1]);
    await follow(demo, "as");
    ok((await demo.text("#as-title")).includes("as Cy Okoro finds it"), "who is added can be looked at as");
    await press(demo, "draft-save");
    await told(demo, "Saved: revision 2.");
    await follow(demo, "changes");
    equal(await demo.tab.locator("#content .trail > li > .line:first-child").allInnerTexts(), [
      "Cy Okoro was taken out of “Quality”.",
      "Cy Okoro was assigned “Supervisor”.",
      "Cy Okoro was put in “Quality”.",
      "Cy Okoro was put on the list.",
    ]);
    await show(demo, { tenant: "desk", part: "people", actor: "cy@example.org" });
    ok((await demo.text("#blocked")).startsWith("Cy Okoro may not"), "and can act, once that is saved");
  });

  await test("what was chosen for somebody is not done to somebody who has it", async (demo) => {
    await open(demo, { tenant: "desk", person: "jo", part: "people" });
    await demo.tab.locator("#join-team").selectOption("qa");
    await demo.tab.locator("#person").selectOption("quy");
    await demo.tab.locator("#member-title", { hasText: "Quy" }).waitFor();
    equal(await demo.tab.locator("#join-team").inputValue(), "team-a");
    await press(demo, "member-join-send");
    await told(demo, "Quy Pham is in Team A now.");
  });

  await test("who is removed keeps the name in what was done; who removes themselves can do no more", async (demo) => {
    await open(demo, { tenant: "proto", person: "pat", part: "people" });
    ok((await demo.text(".member .warning")).startsWith("You act as Pat Cruz"), "a warning before");
    await press(demo, "member-remove");
    await told(demo, "Pat Cruz is not on the list any more.");
    equal(
      [await demo.text("#draft-impact"), await demo.text("#member-title")],
      ["Loses: Pat Cruz.", "Pat Cruz"],
    );
    ok((await demo.text("#blocked")).startsWith("Pat Cruz may not"), "and why nothing more is possible");
    await press(demo, "draft-save");
    await told(demo, "Saved: revision 2.");
    await demo.tab.reload();
    await follow(demo, "changes");
    const trail = await demo.text("#content .trail");
    ok(trail.includes("Pat Cruz was taken off the list.") && trail.includes("· Pat Cruz ·"), trail);
  });

  await test("the last administrator is neither disabled nor removed, for a reason that is said once", async (demo) => {
    await open(demo, { tenant: "desk", person: "dot", part: "people" });
    await press(demo, "member-remove");
    await told(demo, "Remove: no. Nobody would be left who may do everything for good");
    equal(
      await demo.tab.locator("#member-remove").getAttribute("aria-describedby"),
      "member-ability-why",
      "beside Disable",
    );
    equal(await demo.text("#draft-state"), "Revision 1, nothing to save.");
  });
}

const rows = (demo, key) =>
  demo.tab
    .locator(`tr[data-${key}]`)
    .evaluateAll((lines, name) => lines.map(({ dataset }) => dataset[name]), key);

async function teams(test) {
  await test("teams by keyboard alone: add, move, remove, undo", async (demo) => {
    await open(demo, { tenant: "engage", part: "teams" });
    const found = await rows(demo, "team");
    await press(demo, "team-new-summary");
    await press(demo, "team-add-send");
    await told(demo, "A team needs a name: write one, such as “Night Shift”.");
    equal(await demo.focused(), "team-name");
    await demo.tab.keyboard.type("Night Shift");
    await type(demo, "team-kind", "group");
    await type(demo, "team-parent", "Below Americas");
    await press(demo, "team-add-send");
    await told(demo, "The team Night Shift is made.");
    equal([await demo.text("#team-title"), await demo.focused()], ["Night Shift group", "team-title"]);
    equal(await rows(demo, "team"), found.toSpliced(found.indexOf("amer-sales") + 1, 0, "night-shift"));

    await press(demo, "team-move-send");
    await told(demo, "Move: no. That is where it is: choose another place.");
    await type(demo, "move-team", "Below Eur");
    await press(demo, "team-move-send");
    await told(demo, "Night Shift is below Europe, Middle East, Africa now.");
    equal((await rows(demo, "team")).indexOf("night-shift"), found.indexOf("emea-sales") + 1);
    await press(demo, "team-remove");
    await told(demo, "The team Night Shift is removed.");
    equal([await rows(demo, "team"), await demo.focused()], [found, "team-list-title"]);
    await press(demo, "draft-undo");
    await told(demo, "Undone. 2 left.");
    ok((await rows(demo, "team")).includes("night-shift"), "it is back");
    await follow(demo, "changes");
    equal(await demo.tab.locator("#content .trail > li > .line:first-child").allInnerTexts(), [
      "The team “Night Shift” was moved below “Europe, Middle East, Africa”.",
      "The team “Night Shift” was made below “Americas”.",
    ]);
  });

  await test("a team that is in use stays, and who is in it is one step away; who gains by a move", async (demo) => {
    await open(demo, { tenant: "proto", part: "teams", team: "asia" });
    equal(await demo.tab.locator("#move-team option").allInnerTexts(), [
      "At the top",
      "Below Proto Africa",
      "Below Care Africa",
    ]);
    equal(
      await demo.text("#team-remove-why"),
      "The team is in use. Suki Mori is in it, or has a role for it. “Chat Asia” and “Tickets Asia” lie below it.",
    );
    equal(await demo.tab.locator("#team-holder-0").innerText(), "Suki Mori");
    await press(demo, "team-3");
    equal([await demo.text("#team-title"), await demo.focused()], ["Proto Africa sub-company", "team-title"]);
    await type(demo, "move-team", "Below Proto Asia");
    await press(demo, "team-move-send");
    await told(demo, "Proto Africa is below Proto Asia now.");
    equal(await demo.text("#draft-impact"), "Gains: Suki Mori.");
    await press(demo, "team-4");
    await press(demo, "team-person-0");
    equal([await demo.text("#member-title"), await demo.focused()], ["Eda Yilmaz", "member-title"]);
  });
}

async function findings(test) {
  const mark = (demo, role) => demo.count(`tr[data-role="${role}"] .tag.asks`);
  await test("what lint finds is beside its role, and what it suggests is a change like any other", async (demo) => {
    await open(demo, { tenant: "proto", role: "service-director" });
    equal(await demo.text('tr[data-role="service-director"] .tag.asks'), "2 warnings");
    equal(
      await demo.text("#finding-0-said"),
      "warning The role “Service Director” grants “Export livechats”, “Download livechat exports”, which are sensitive, by “all of Livechats” and without naming them: name them, or refuse them.",
    );
    await press(demo, "finding-0");
    await told(demo, "Done: Refuse “Export livechats” and “Download livechat exports”.");
    equal(
      [await granted(demo, "livechat.export"), await demo.text('tr[data-role="service-director"] .tag.asks')],
      ["none", "1 warning"],
    );
    equal([await demo.focused(), await demo.text("#draft-impact")], ["role-title", "Loses: Dora Mensah."]);
    await press(demo, "draft-undo");
    await told(demo, "Undone. 0 left.");
    equal(await granted(demo, "livechat.export"), "all");
    await show(demo, { tenant: "iadvize", role: "manager-no-reports", part: "roles" });
    equal(
      [await demo.text("#finding-0"), await demo.text("#finding-0-more-summary")],
      ["Grant “Access to Reports”", "8 more like this"],
    );
    equal(await mark(demo, "reporting-only"), 0, "a role of which nothing is found");
  });

  await test("what is suggested in several steps is one change, to do and to take back; who may not, reads why", async (demo) => {
    await open(demo, { tenant: "proto", person: "bro", part: "people" });
    equal(await demo.text("#finding-0"), "Take away “admin” and “Team Lead”");
    await press(demo, "finding-0");
    await told(demo, "Done: Take away “admin” and “Team Lead”.");
    equal(
      [await demo.count("#member-roles"), await demo.text("#draft-state")],
      [0, "1 change to revision 1, not saved."],
    );
    await press(demo, "draft-undo");
    await told(demo, "Undone. 0 left.");
    equal(await demo.count("#member-roles > li"), 2);
    await show(demo, { tenant: "proto", person: "bro", part: "people", actor: "una" });
    await press(demo, "finding-0");
    await told(demo, "Take away “admin” and “Team Lead”: no. Bro Jensen would lose something");
    ok((await demo.text("#finding-0-why")).startsWith("Bro Jensen would lose something"), "beside it");
  });

  await test("several steps are refused as a whole, where another window has saved meanwhile", async (demo) => {
    await open(demo, { tenant: "proto", person: "bro", part: "people" });
    await press(demo, "finding-0");
    await told(demo, "Done: Take away “admin” and “Team Lead”.");
    const other = new Demo(await demo.tab.context().newPage(), demo.address);
    await open(other, { tenant: "proto", person: "bro", part: "people" });
    await press(other, "member-role-1");
    await told(other, "Bro Jensen does not have Team Lead any more.");
    await press(other, "draft-save");
    await told(other, "Saved: revision 2.");
    await demo.tab.locator("#draft-stale").waitFor();
    await press(demo, "draft-rebase");
    await demo.tab.locator("#draft-refusal").waitFor();
    equal(
      [await demo.count("#member-roles > li"), await demo.text("#draft-state")],
      [1, "Revision 2, nothing to save."],
      "the first step is not done either",
    );
    equal(other.errors, [], "errors in the other window");
  });

  await test("reviews that are old, roles that nobody has, what everyone has had", async (demo) => {
    const json = JSON.parse(await readFile(new URL("../../www/samples/desk.json", import.meta.url), "utf8"));
    const spare = {
      id: "spare",
      name: "Spare",
      description: "Not used",
      grants: { "conversation.view": true },
    };
    json.roles.push({ ...spare, reviewedAt: "2020-01-01T00:00:00Z" });
    json.everyone = [{ role: "agent", until: "2020-01-01T00:00:00Z" }];
    await demo.tab.route("**/desk.json", (route) => route.fulfill({ json }));
    await open(demo, { tenant: "desk", role: "spare" });
    const buttons = () => demo.tab.locator("#content .findings button").allInnerTexts();
    equal(await buttons(), ["Take it away from everyone", "Delete “Spare”", "Mark as reviewed"]);
    await press(demo, "finding-1");
    await told(demo, "Done: Mark as reviewed.");
    await press(demo, "finding-0");
    await told(demo, "Done: Delete “Spare”.");
    equal([await demo.count('tr[data-role="spare"]'), await demo.focused()], [0, "role-list-title"]);
    await press(demo, "tenant-finding-0");
    await told(demo, "Done: Take it away from everyone.");
    equal(await demo.text("#draft-impact"), "Nobody gains or loses anything by it.");
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
    ok((await demo.text("#member-assign-send-why")).includes("“Manage workspace”"), "with names");
  });

  await test("people and teams: closed where somebody would get or lose what the actor does not hold", async (demo) => {
    await open(demo, { tenant: "proto", actor: "una", person: "tom", part: "people" });
    const lost = "Tom Reyes would lose something, and holds what Una Walsh does not";
    for (const [id, label] of Object.entries({ "member-team-0": "Take out", "member-remove": "Remove" })) {
      await press(demo, id);
      await told(demo, `${label}: no. ${lost}`);
    }
    ok((await demo.text("#member-team-0-why")).startsWith(lost), "beside the first of two teams");
    equal(await demo.count("#member-team-1-why"), 0, "and once");
    await press(demo, "member-join-send");
    await told(demo, "Put in: no. Una Walsh cannot give what Una Walsh does not hold");
    await press(demo, "person-new-summary");
    equal(
      await demo.tab.locator("#person-add-send").getAttribute("aria-disabled"),
      null,
      "to add is possible",
    );

    await show(demo, { tenant: "proto", actor: "una", part: "teams", team: "asia-chat" });
    await type(demo, "move-team", "Below Proto Africa");
    ok((await demo.text("#team-move-send-why")).startsWith("Una Walsh cannot give"), "what is chosen");
    await press(demo, "team-new-summary");
    equal(await demo.tab.locator("#team-add-send").getAttribute("aria-disabled"), null, "by itself");
    await type(demo, "team-parent", "Below Proto Asia");
    ok((await demo.text("#team-add-send-why")).startsWith("Una Walsh cannot give"), "below another team");
    await type(demo, "team-name", "Mine");
    await press(demo, "team-add-send");
    await told(demo, "Create: no. Una Walsh cannot give");
    equal(await demo.text("#draft-state"), "Revision 1, nothing to save.");

    for (const part of ["roles", "people", "teams"]) {
      await show(demo, { tenant: "engage", actor: "abe", part, team: "engineering" });
      const others = "#content button:not([aria-describedby='blocked'], #draft-save, #draft-undo)";
      equal(await demo.count(others), 0, `${part}: nothing is open to who may change nothing`);
    }
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
        ...{ id: idOf("u", index), name: text(index), teams: [idOf("t", index)], disabled: index === 4 },
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
      await show(demo, { tenant: "aifocus", person: idOf("u", 4), part: "people", actor: "ada" });
      ok((await demo.text("#finding-0")).startsWith("Take away “WWW"), "a suggestion");
      await look("a suggestion");
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
      for (const [part, kind, extra] of [
        ["people", "person", { "person-id": `new ${NASTY[3]}` }],
        ["teams", "team", {}],
      ]) {
        await follow(demo, part);
        await demo.tab.locator(`#${kind}-new-summary`).press("Enter");
        for (const [id, text] of Object.entries({ [`${kind}-name`]: NASTY[0], ...extra }))
          await demo.tab.locator(`#${id}`).fill(text);
        await demo.tab.locator(`#${kind}-add-send`).press("Enter");
        await told(demo, NASTY[0]);
        await look(`a new ${kind}`);
      }
      await demo.tab.locator("#team-remove").press("Enter");
      await told(demo, "is removed");
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
          const actor = part === "people" || part === "teams" ? EDITING[tenant].weaker : "";
          await show(demo, { tenant, part, actor, role: tenant === "proto" ? "service-director" : "" });
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
