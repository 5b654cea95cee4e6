// Who the person is: roles with their limits, teams, whether disabled.

import { el, facts } from "../dom.mjs";
import { conditionWords, listWords, timeWords } from "../words.mjs";

export function who({ names }, person) {
  const roles = person.assignments.map((assignment) => roleItem(assignment));
  return facts(
    [
      ["Roles", roles.length === 0 ? "none" : el("ul", { class: "roles" }, ...roles)],
      ["Teams", person.teams.length === 0 ? "none" : listWords(person.teams)],
      ["Id", el("code", {}, person.id)],
      ["State", person.disabled ? el("strong", { class: "tag no" }, "disabled: may do nothing") : undefined],
    ],
    { class: "who", "aria-label": names.user(person.id) },
  );
}

function roleItem({ name, description, team, from, until, when }) {
  const limits = [
    team === undefined ? undefined : `for ${team} only`,
    from === undefined ? undefined : `from ${timeWords(from)}`,
    until === undefined ? undefined : `until ${timeWords(until)}`,
    when === undefined ? undefined : `if ${conditionWords(when)}`,
  ].filter(Boolean);
  const tags = limits.map((limit) => el("span", { class: "tag" }, limit));
  return el("li", {}, el("strong", {}, name), ...tags.flatMap((tag) => [" ", tag]), el("span", { class: "soft line" }, description ?? ""));
}
