// The inbox under the draft: as a person finds it, or somebody who has nothing but one role.

import { el } from "../../dom.mjs";
import { inbox } from "../inbox.mjs";
import { choice } from "./controls.mjs";

const PERSON = "";

/** @param it see roles.mjs. @returns `{ title, content, shown }`, as a view does */
export function viewAs(it) {
  const { session, state, tenant, go, refresh } = it;
  const { names, json } = session;
  const role = json.roles.find(({ id }) => id === state.as);
  const person = { ...it.person, name: role === undefined ? names.user(it.person.id) : `somebody who has “${names.shown(role.name)}” and is in no team` };
  const snapshot = role === undefined ? session.snapshot : withRole(session.snapshot, role.id);
  const shown = inbox({ ...tenant, snapshot }, person, state, refresh);
  const select = choice([[PERSON, names.user(it.person.id)], ...json.roles.map(({ id, name }) => [id, `Anybody with ${names.shown(name)}`])]);
  select.id = "as";
  select.value = role === undefined ? PERSON : role.id;
  select.addEventListener("change", () => go({ as: select.value }));
  const [, ...content] = shown.content;
  return {
    content: [
      el("div", { class: "card acting" }, el("p", { class: "field" }, el("label", { for: "as" }, "View as"), select), el("p", { class: "soft" }, "The inbox, as it will be once these changes are saved.")),
      el("h3", { id: "as-title", class: "unseen" }, shown.title),
      ...content,
    ],
    shown: shown.shown,
  };
}

/** A snapshot in which everybody is somebody who has that role. */
function withRole(snapshot, role) {
  const somebody = { id: "somebody", roles: [role] };
  return { for: (_, options) => snapshot.for(somebody, options) };
}
