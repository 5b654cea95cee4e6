// The answer to one question, in words.

import { el, facts, folded, json, mark } from "../dom.mjs";
import { conditionWords, listWords, remedyWords, scopeWords, timeWords } from "../words.mjs";

/** @param question `{ permission, args, options }`: `args` is empty, or the record */
export function answer(tenant, person, { permission, args, options }) {
  const gate = tenant.snapshot.for(person.id, options);
  const explanation = gate.explain(permission, ...args);
  const allowed = gate.can(permission, ...args);
  return [
    el(
      "section",
      { class: `card verdict ${allowed ? "yes" : "no"}`, "aria-labelledby": "answer-title" },
      el("h3", { id: "answer-title" }, tenant.names.permission(permission)),
      el("p", { class: "soft", id: "asked" }, questionWords(tenant, person, args, options)),
      el("p", { id: "verdict" }, mark(allowed ? "yes" : "no"), el("strong", {}, allowed ? "Yes." : "No."), " ", explanation.text),
      folded(
        "explanation",
        "Explanation",
        explanationView(tenant, person, explanation),
        folded("explanation-json", "As JSON", json(explanation)),
      ),
    ),
    allowed ? undefined : remedies(tenant, person, { permission, args, options }),
    scopeCard(tenant, person, permission, gate.scope(permission)),
  ].filter(Boolean);
}

function questionWords({ inbox }, person, args, { now }) {
  const at = now === undefined ? "now" : timeWords(now);
  if (args.length === 0) return `${person.name}, on any record, ${at}`;
  if (args[0] === null) return `${person.name}, on an unknown record, ${at}`;
  const known = inbox.records.find(({ data }) => data === args[0]);
  return `${person.name}, on ${known === undefined ? "a record of your own" : `“${known.title}”`}, ${at}`;
}

function explanationView(tenant, person, { reason, role, assignment, via, level, team, condition, missing, record, requires }) {
  const { names } = tenant;
  return facts([
    ["Reason", el("code", {}, reason)],
    ["Role", role === undefined ? undefined : names.role(role)],
    ["Assignment", assignment === undefined ? undefined : assignmentWords(person, assignment)],
    ["Inherited or implied through", via === undefined || via.length === 0 ? undefined : listWords(via.map(names.any))],
    ["Level", level === undefined ? undefined : names.level(level)],
    ["Within", team === undefined ? undefined : names.team(team)],
    ["Condition", condition === undefined ? undefined : conditionWords(condition)],
    ["Record", record],
    ["Not known", missing === undefined || missing.length === 0 ? undefined : codes(missing)],
    ["Requires", requires === undefined ? undefined : requirement(tenant, person, requires)],
  ]);
}

function requirement(tenant, person, requires) {
  return el(
    "div",
    { class: "inner" },
    el("p", {}, `“${tenant.names.permission(requires.permission)}”: ${requires.text}`),
    explanationView(tenant, person, requires),
  );
}

function assignmentWords(person, index) {
  const words = person.roles[index];
  return words === undefined ? `number ${index + 1}` : `${words} (number ${index + 1})`;
}

function codes(paths) {
  return el("span", {}, ...paths.flatMap((path, index) => [index === 0 ? "" : ", ", el("code", {}, path)]));
}

function remedies({ snapshot, names }, person, { permission, args, options }) {
  const changes = snapshot.remedies(person.id, permission, args.length === 0 ? options : { ...options, resource: args[0] });
  const lead = changes.length === 1 ? "This change allows it:" : "All of these changes together allow it:";
  return el(
    "section",
    { class: "card", "aria-labelledby": "remedies-title", id: "remedies" },
    el("h3", { id: "remedies-title" }, "What would allow it"),
    ...(changes.length === 0
      ? [el("p", {}, "Nothing in this snapshot.")]
      : [el("p", { class: "soft" }, lead), remedyList(changes.map((change) => remedyWords(change, names)))]),
  );
}

function remedyList(items) {
  return el(
    "ul",
    { class: "remedies" },
    ...items.map(({ text, inner = [] }) => el("li", {}, text, inner.length === 0 ? undefined : remedyList(inner))),
  );
}

function scopeCard({ names }, person, permission, scope) {
  const level = scope.level === "none" ? "none" : names.level(scope.level);
  return el(
    "section",
    { class: "card", "aria-labelledby": "scope-title", id: "scope" },
    el("h3", { id: "scope-title" }, "How far it reaches"),
    facts([
      ["Kind", el("span", {}, el("code", {}, scope.kind), scope.conditional ? ", with a condition" : "")],
      ["Level", level],
      ["Records", scopeView(scope, names)],
    ]),
    folded("scope-json", "As JSON", json(scope.toJSON())),
  );
}

function scopeView(scope, names) {
  if (scope.kind !== "some") return scope.kind === "all" ? "all records" : "none";
  const parts = scopeWords(scope, names).map(partView);
  if (parts.length === 1) return parts[0];
  return el("div", {}, "records that are in all of these:", el("ol", { class: "reached" }, ...parts.map((part) => el("li", {}, part))));
}

/** One alternative is a phrase, several are a list. */
function partView({ any, none }) {
  const lines = [...any, ...none.map((words) => `but not ${words}`)];
  return lines.length === 1 ? el("span", {}, lines[0]) : el("ul", { class: "reached" }, ...lines.map((words) => el("li", {}, words)));
}
