// One question: a permission, a record, a context and a time; its answer, why, how far it reaches, and what would allow it.

import { announce, byId, el, problem } from "../dom.mjs";
import { answer } from "./answer.mjs";

/** What was typed and not asked yet, so that choosing another person does not lose it. */
let draft;

export function ask(tenant, person, state) {
  const question = read(tenant, state);
  const values = draft?.about === key(state) ? draft.values : { ...state, permission: question.permission };
  return {
    title: `What about ${person.name}?`,
    content: [
      el(
        "p",
        { class: "lede" },
        "Choose a permission, a record, the context of the request, and a time. The person is the one chosen above.",
      ),
      el("div", { class: "question" }, form(tenant, state, values), el("div", { id: "answer" }, ...result(tenant, person, question))),
    ],
  };
}

function result(tenant, person, question) {
  if (question.problems.length === 0) return answer(tenant, person, question);
  return [problem("There is no answer yet: fix the marked fields, then ask again.")];
}

const key = ({ tenant, permission, record, json, context, time }) => JSON.stringify([tenant, permission, record, json, context, time]);

/** The question that the state asks, or what is wrong with it: `{ permission, args, options, problems: [{ field, message }] }`. */
function read(tenant, state) {
  const problems = [];
  const attempt = (field, read) => {
    try {
      return read();
    } catch (error) {
      problems.push({ field, message: error.message });
      return undefined;
    }
  };
  const permissions = tenant.snapshot.permissions();
  const permission = permissions.includes(state.permission) ? state.permission : permissions[0];
  const args = attempt("json", () => recordOf(tenant, permission, state)) ?? [];
  const context = attempt("context", () => objectIn(state.context, "The context", '{ "format": "pdf" }')) ?? {};
  const now = attempt("time", () => timeIn(state.time));
  return { permission, args, options: now === undefined ? { context } : { context, now }, problems };
}

/** The arguments after the permission: none, or the record. */
function recordOf(tenant, permission, { record, json }) {
  if (record === "none") return [];
  if (record === "own") return [objectIn(json, "The record", '{ "teamId": "sales" }')];
  const entry = tenant.inbox.records[record];
  return [entry !== undefined && entry.type === tenant.typeOf(permission) ? entry.data : null];
}

function objectIn(text, what, example) {
  if (text.trim() === "") return {};
  const value = parsed(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new Error(`${what} is not a JSON object: write it like ${example}.`);
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function timeIn(text) {
  if (text === "") return undefined;
  if (/^\d{1,16}$/.test(text)) return Number(text);
  throw new Error("There is no time: choose a day and an hour, or choose “now”.");
}

function form(tenant, state, values) {
  const { problems } = read(tenant, values);
  const element = el(
    "form",
    { class: "card", "aria-label": "Question", novalidate: true },
    field("permission", "Permission", permissionChoice(tenant, values.permission)),
    field("record", "Record", el("select", { id: "record", name: "record" })),
    field(
      "json",
      "The record as JSON",
      el("textarea", { id: "json", name: "json", rows: "4", spellcheck: "false" }, values.json),
      problems,
    ),
    field(
      "context",
      "Context of the request, as JSON",
      el("textarea", { id: "context", name: "context", rows: "2", spellcheck: "false" }, values.context),
      problems,
    ),
    field("when", "Time", el("select", { id: "when", name: "when" }, new Option("Now", "now"), new Option("Another time", "chosen"))),
    field("time", "Day and hour, in your time zone", el("input", { id: "time", name: "time", type: "datetime-local" }), problems),
    el("p", {}, el("button", { type: "submit", id: "ask" }, "Ask")),
  );
  const { record, when, time, permission } = element.elements;
  when.value = values.time === "" ? "now" : "chosen";
  time.value = localTime(values.time);
  const adapt = () => {
    fillRecords(record, tenant, permission.value, record.value || values.record);
    fieldOf(element, "json").hidden = record.value !== "own";
    fieldOf(element, "time").hidden = when.value === "now";
  };
  adapt();
  element.addEventListener("input", () => {
    adapt();
    draft = { about: key(state), values: valuesOf(element) };
  });
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(tenant, valuesOf(element));
  });
  return element;
}

function submit(tenant, values) {
  const { problems } = read(tenant, values);
  draft = undefined;
  tenant.go(values);
  byId("answer").scrollIntoView({ block: "nearest" });
  if (problems.length > 0) byId(problems[0].field).focus();
  announce(problems.length > 0 ? problems[0].message : byId("verdict").textContent);
}

function field(name, label, control, problems = []) {
  const found = problems.find((it) => it.field === name);
  if (found !== undefined) {
    control.setAttribute("aria-invalid", "true");
    control.setAttribute("aria-describedby", `${name}-problem`);
  }
  const message = found && el("span", { class: "invalid", id: `${name}-problem` }, found.message);
  return el("p", { class: "field", "data-field": name }, el("label", { for: name }, label), control, message);
}

const fieldOf = (form, name) => form.querySelector(`[data-field="${name}"]`);

function permissionChoice({ snapshot }, chosen) {
  const groups = snapshot
    .categories()
    .map((category) =>
      el(
        "optgroup",
        { label: category.title ?? category.id },
        ...category.permissions.map(({ id, title }) => new Option(title ?? id, id, false, id === chosen)),
      ),
    );
  return el("select", { id: "permission", name: "permission" }, ...groups);
}

/** The records that a permission can be asked about; one that is chosen stays chosen if it fits. */
function fillRecords(select, { inbox, typeOf }, permission, chosen) {
  const fitting = inbox.records.flatMap(({ type, title }, index) =>
    type === typeOf(permission) ? [new Option(title, String(index))] : [],
  );
  const options = [
    new Option("None: on any record?", "none"),
    ...fitting,
    new Option("An unknown record (null)", "unknown"),
    new Option("Your own…", "own"),
  ];
  select.replaceChildren(...options);
  select.value = options.some(({ value }) => value === chosen) ? chosen : "none";
}

/** The form as a part of the state. */
function valuesOf(form) {
  const { permission, record, json, context, when, time } = form.elements;
  const chosenTime = time.value === "" ? "?" : String(new Date(time.value).getTime());
  return {
    permission: permission.value,
    record: record.value,
    json: json.value,
    context: context.value,
    time: when.value === "now" ? "" : chosenTime,
  };
}

/** What an input of type datetime-local takes, in the zone of whoever looks. */
function localTime(text) {
  const time = new Date(Number(text));
  if (text === "" || Number.isNaN(time.getTime())) return "";
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
