// Conditions, scopes and remedies in words.

const COMPARISONS = {
  $eq: "is",
  $ne: "is not",
  $lt: "is less than",
  $lte: "is at most",
  $gt: "is more than",
  $gte: "is at least",
  $in: "is one of",
  $nin: "is none of",
  $has: "contains",
  $hasAny: "contains one of",
  $subset: "lies within",
  $startsWith: "begins with",
  $cidr: "is an address in",
};
const ROOTS = { resource: "the record’s", user: "the person’s", context: "the request’s" };
const DAYS = { mon: "Monday", tue: "Tuesday", wed: "Wednesday", thu: "Thursday", fri: "Friday", sat: "Saturday", sun: "Sunday" };

const TIME = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

/** `1 December 2026 at 22:00`, in the time zone of whoever looks. */
export function timeWords(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? String(time) : TIME.format(date);
}

export function listWords(items, last = "and") {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} ${last} ${items.at(-1)}`;
}

/** A sentence that begins with these words. */
export function capital(words) {
  const [first = "", ...rest] = words;
  return first.toUpperCase() + rest.join("");
}

/** `the request’s format is one of “csv” or “pdf”` */
export function conditionWords(condition) {
  return Object.entries(condition)
    .map(([key, value]) => entryWords(key, value))
    .join(" and ");
}

function entryWords(key, value) {
  if (key === "$and") return value.map(conditionWords).join(" and ");
  if (key === "$or") return `(${value.map(conditionWords).join(" or ")})`;
  if (key === "$not") return `not (${conditionWords(value)})`;
  if (key === "$during") return duringWords(value);
  const operators = typeof value === "object" && value.$ref === undefined ? value : { $eq: value };
  return Object.entries(operators)
    .map(([operator, operand]) => `${pathWords(key)} ${comparisonWords(operator, operand)}`)
    .join(" and ");
}

function comparisonWords(operator, operand) {
  if (operator === "$exists") return operand ? "is known" : "is empty";
  return `${COMPARISONS[operator] ?? operator} ${operandWords(operand)}`;
}

function operandWords(operand) {
  if (Array.isArray(operand)) return listWords(operand.map(operandWords), "or");
  if (typeof operand === "object") return pathWords(operand.$ref);
  return typeof operand === "string" ? `“${operand}”` : String(operand);
}

function pathWords(path) {
  const [root, ...rest] = path.split(".");
  return `${ROOTS[root] ?? root} ${rest.join(".")}`;
}

function duringWords({ tz, days, from, to }) {
  const on = days === undefined ? "" : `on ${listWords(days.map((day) => DAYS[day]))} `;
  const hours = from === undefined ? "" : `between ${from} and ${to} `;
  return `it is ${on}${hours}in ${tz.replaceAll("_", " ")}`;
}

/** The alternatives and exclusions of each part of a scope: `[{ any: ["their own", "those of Sales"], none: [] }]`. */
export function scopeWords(scope, names) {
  return scope.parts.map(({ any, none }) => ({
    any: any.map((clause) => alternativeWords(clause, names)),
    none: none.map((clause) => exclusionWords(clause, names)),
  }));
}

function alternativeWords({ own, teams, where }, names) {
  const whose = [own ? "their own" : undefined, teams ? `those of ${teamWords(teams, names, "or")}` : undefined].filter(Boolean);
  const which = whose.length === 0 ? "all records" : whose.join(", if they are ");
  return where === undefined ? which : `${which}, where ${conditionWords(where)}`;
}

function exclusionWords({ teams, unless }, names) {
  const which = teams === undefined ? "all records" : `those of ${teamWords(teams, names, "or")}, and those of no team`;
  return unless === undefined ? which : `${which}, unless ${conditionWords(unless)}`;
}

function teamWords(teams, names, last) {
  return listWords(teams.map(names.team), last);
}

/** One change that helps towards a yes: `{ text, inner? }`, where `inner` is what must be done first, in the same form. */
export function remedyWords(remedy, names) {
  const words = REMEDIES[remedy.kind];
  return words === undefined ? { text: JSON.stringify(remedy) } : words(remedy, names);
}

const REMEDIES = {
  grant: ({ permission, level, roles }, names) => ({ text: grantWords(permission, level, roles, names) }),
  team: ({ team }, names) => ({ text: `Make them a member of ${names.team(team)}.` }),
  wait: ({ until }) => ({ text: `Wait until ${timeWords(until)}.` }),
  plan: ({ plans }) => ({
    text: plans.length === 1 ? `Change to the plan ${plans[0]}.` : `Change to one of these plans: ${listWords(plans, "or")}.`,
  }),
  condition: ({ condition }) => ({ text: `See to it that ${conditionWords(condition)}.` }),
  "lift-denial": ({ role }, names) => ({ text: `Lift the denial in the role “${names.role(role)}”.` }),
  "enable-user": () => ({ text: "Enable the person again." }),
  requires: ({ permission, remedies = [] }, names) => ({
    text: `See to it that they may “${names.permission(permission)}”, which it requires${remedies.length === 0 ? "." : ":"}`,
    inner: remedies.map((inner) => remedyWords(inner, names)),
  }),
};

function grantWords(permission, level, roles, names) {
  const reach = names.hasLevels(permission) ? ` at the level ${names.level(level)}` : "";
  const what = `“${names.permission(permission)}”${reach}`;
  const quoted = roles.map((role) => `“${names.role(role)}”`);
  if (roles.length === 1) return `Assign the role ${quoted[0]}, which grants ${what}.`;
  return `Assign one of these roles: ${listWords(quoted, "or")}. Each grants ${what}.`;
}
