// Who the person is, in one line, and in full below it: roles with their limits, teams, whether disabled.

import { el, facts, folded } from "../dom.mjs";
import { conditionWords, listWords, timeWords } from "../words.mjs";

export function who({ names, about }, person) {
  const roles = person.assignments.map((assignment) => roleItem(assignment));
  return folded(
    "who-more",
    inOneLine(person),
    facts(
      [
        ["Roles", roles.length === 0 ? "none" : el("ul", { class: "roles" }, ...roles)],
        ["Teams", person.teams.length === 0 ? "none" : listWords(person.teams)],
        ["Id", el("code", {}, person.id)],
        ["State", person.disabled ? el("strong", { class: "tag no" }, "disabled: may do nothing") : undefined],
        ["Tenant", about],
      ],
      { class: "who", "aria-label": names.user(person.id) },
    ),
  );
}

/** `Sales Supervisor, for Sales only; in Sales` */
function inOneLine({ assignments, teams, disabled }) {
  const roles = assignments.map(({ name, ...limits }) => [name, ...limitsOf(limits)].join(", "));
  const all = [disabled ? "disabled" : "", listWords(roles) || "no role", teams.length === 0 ? "" : `in ${listWords(teams)}`];
  return all.filter(Boolean).join("; ");
}

function limitsOf({ team, from, until, when }) {
  return [
    team === undefined ? undefined : `for ${team} only`,
    from === undefined ? undefined : `from ${timeWords(from)}`,
    until === undefined ? undefined : `until ${timeWords(until)}`,
    when === undefined ? undefined : `if ${conditionWords(when)}`,
  ].filter(Boolean);
}

function roleItem({ name, description, ...limits }) {
  const tags = limitsOf(limits).map((limit) => el("span", { class: "tag" }, limit));
  return el("li", {}, el("strong", {}, name), ...tags.flatMap((tag) => [" ", tag]), el("span", { class: "soft line" }, description ?? ""));
}
