// Random snapshots whose conditions are about the columns of the table, mostly with values that rows have.

import { diceOf } from "../mutations/dice.mjs";
import { cannotSay } from "./cannot.mjs";
import { ATTRIBUTES, caseOf, TEAMS, TYPES } from "./cases.mjs";
import { literalsOf, mappingOf, NOW } from "./rows.mjs";

const ORDER = ["$lt", "$lte", "$gt", "$gte"];
const EQUALITY = ["$eq", "$ne", "$in", "$nin", "$has", "$exists"];
const AFFIXES = ["$startsWith", "$endsWith"];
const LISTS = ["$has", "$hasAny", "$subset", "$exists"];
const TIMES = ["$since", "$before"];
/** Operators that suit a type of column. */
const SUITING = {
  text: [...EQUALITY, ...ORDER, ...AFFIXES],
  int: [...EQUALITY, ...ORDER],
  bigint: [...EQUALITY, ...ORDER],
  number: [...EQUALITY, ...ORDER],
  uuid: [...EQUALITY, "$startsWith", "$lt"],
  bool: EQUALITY,
  timestamp: [...TIMES, ...TIMES, ...EQUALITY, "$lt", "$startsWith"],
  "epoch-s": [...TIMES, ...TIMES, ...EQUALITY, ...ORDER],
  "epoch-ms": [...TIMES, ...TIMES, ...EQUALITY, ...ORDER],
  json: [...EQUALITY, ...ORDER, ...AFFIXES, ...LISTS, ...TIMES],
  array: LISTS,
};
const ALL = [...EQUALITY, ...ORDER, ...AFFIXES, ...LISTS, ...TIMES, "$cidr"];

/** Paths that conditions read, with their type and what rows hold there. */
const ATTRIBUTES_OF_ROWS = Object.entries(mappingOf("postgres")).map(([path, { type }]) => ({
  path: `resource.${path}`,
  type,
  literals: literalsOf(path),
}));
const OF_USERS = ["id", "id", "teams", ...Object.keys(ATTRIBUTES)].map((name) => `user.${name}`);
const ELEMENTS = [
  ["resource.participants", ["id", "role", "level", "tags"]],
  ["resource.meta.items", ["n", "sub", "n"]],
  ["resource.data", ["kind", "id", "n", "items"]],
];
const MOMENTS = ["now", "now-15m", "now-1s", "now+1h", "now-900s", "now+9999999w", "now-9999999w"];
const DATES = [
  "2026-06-15T12:00:00Z",
  "2026-06-15T17:30:00.0009+05:30",
  "1970-01-01T00:00:01Z",
  "0000-01-01T00:00:00Z",
];
const BLOCKS = ["10.0.0.0/8", "10.0.0.1/32", "0.0.0.0/0", "2001:db8::/32", "::/0"];
const PEOPLE = [
  "ana",
  "ana",
  "bo",
  "bo",
  "Ana",
  "ana ",
  "17",
  "1",
  "0",
  "🦊",
  "6fa459ea-ee8a-3ca4-894e-db77e160355e",
  "9007199254740993",
];
/** Owner and team of the others are in columns that no dialect can compare with ids. */
const MAPPED = Object.keys(TYPES).filter((type) => !["people", "times", "flags"].includes(type));
const LEVELS = ["own", "team", "all", "all", "all"];

/** The case of a number. */
export function randomCase(seed, number) {
  const dice = diceOf(seed, number);
  const type = dice.chance(40) ? dice.pick(["tickets", "notes"]) : dice.pick(MAPPED);
  const permission = dice.pick(["view", "view", "edit", "reply"]);
  const grants = Object.fromEntries(
    ["view", "edit", "reply"].filter(() => dice.chance(55)).map((name) => [name, randomGrant(dice)]),
  );
  grants[permission] ??= randomGrant(dice);
  const denies = dice.chance(30) ? [randomDenial(dice, type)] : [];
  const roles = dice.chance(40) ? [randomRole(dice, type)] : [];
  return caseOf({
    type,
    permission,
    grants,
    denies,
    roles,
    assigned: [randomAssignment(dice, "main"), ...roles.map(({ id }) => randomAssignment(dice, id))],
    teams: [...new Set(some(dice, 2, () => randomTeam(dice)))],
    id: dice.pick(PEOPLE),
    options: dice.chance(10) ? { limit: [`${type}.*`, "tickets.*"] } : {},
  });
}

const some = (dice, most, make) => Array.from({ length: 1 + dice.roll(most) }, make);

function randomGrant(dice) {
  const one = () => {
    const scope = dice.pick(LEVELS);
    return dice.chance(35) ? scope : { scope, when: randomCondition(dice, 2) };
  };
  return dice.chance(60) ? one() : some(dice, 3, one);
}

function randomDenial(dice, type) {
  const key = dice.pick([`${type}.view`, `${type}.edit`, `${type}.*`]);
  return dice.chance(5) ? key : { key, when: randomCondition(dice, 2) };
}

function randomRole(dice, type) {
  const grants = { [`${type}.view`]: randomGrant(dice) };
  return dice.chance(50)
    ? { id: "more", name: "More", grants, deny: [randomDenial(dice, type)] }
    : { id: "more", name: "More", ...(dice.chance(50) ? { inherits: ["main"] } : { grants }) };
}

function randomAssignment(dice, role) {
  if (dice.chance(55)) return role;
  return {
    role,
    ...(dice.chance(40) && { team: randomTeam(dice) }),
    ...(dice.chance(20) && { until: "2026-12-31T00:00:00Z" }),
    ...(dice.chance(30) && { when: randomCondition(dice, 1) }),
  };
}

/** Those that rows have stand first. */
function randomTeam(dice) {
  return TEAMS[dice.chance(70) ? dice.roll(10) : dice.roll(TEAMS.length)].id;
}

function randomCondition(dice, depth) {
  const condition = {};
  for (let left = dice.pick([1, 1, 1, 2]); left > 0; left--) {
    const [key, value] = randomEntry(dice, depth);
    condition[key] = value;
  }
  return condition;
}

function randomEntry(dice, depth) {
  const kind = depth === 0 ? 100 : dice.roll(100);
  const below = () => randomCondition(dice, depth - 1);
  if (kind < 12) return ["$not", below()];
  if (kind < 20) return ["$and", some(dice, 3, below)];
  if (kind < 32) return ["$or", some(dice, 3, below)];
  if (kind < 42) return randomElem(dice, depth);
  return randomComparison(dice);
}

function randomElem(dice, depth) {
  const [path, keys] = dice.pick(ELEMENTS);
  const inside = (left) => {
    if (left > 0 && dice.chance(20)) return { $not: inside(left - 1) };
    if (left > 0 && dice.chance(20)) return { $or: some(dice, 2, () => inside(left - 1)) };
    const key = dice.pick(keys);
    if (key === "sub" && left > 0)
      return { "element.sub": { $elem: { "element.n": randomOperand(dice, numbers) } } };
    const attribute = {
      type: "json",
      literals: ["ana", "bo", "author", "reader", 1, 2, 3, 17, "a"],
      inside: true,
    };
    return { [`element.${key}`]: randomOperand(dice, attribute) };
  };
  return [path, { $elem: inside(depth) }];
}
const numbers = { type: "int", literals: [1, 2, 3], inside: true };

function randomComparison(dice) {
  const attribute = dice.pick(ATTRIBUTES_OF_ROWS);
  if (dice.chance(12)) {
    // The other way round: the user's value on the left.
    const found = ALL.filter(
      (name) => name !== "$cidr" && name !== "$exists" && isSayable(name, attribute.type),
    );
    if (found.length > 0) return [dice.pick(OF_USERS), { [dice.pick(found)]: { $ref: attribute.path } }];
  }
  return [attribute.path, randomOperand(dice, attribute)];
}

/** Whether some dialect can ask it; where none can, there is little to compare. */
const isSayable = (operator, type) =>
  ["postgres", "mysql", "sqlite"].some((dialect) => !cannotSay(dialect, operator, type));

function randomOperator(dice, type) {
  const some = dice.chance(88) ? SUITING[type] : ALL;
  const sayable = some.filter((operator) => isSayable(operator, type));
  return dice.pick(dice.chance(99) && sayable.length > 0 ? sayable : some);
}

/** Operators with what they compare with; they suit the attribute most of the time. */
function randomOperand(dice, attribute) {
  const operators = {};
  for (let left = dice.pick([1, 1, 1, 2]); left > 0; left--) {
    const operator = randomOperator(dice, attribute.type);
    operators[operator] = randomRight(dice, operator, attribute);
  }
  return operators;
}

function randomRight(dice, operator, { type, literals, inside }) {
  if (operator === "$exists") return dice.chance(50);
  if (operator === "$cidr")
    return dice.chance(50) ? dice.pick(BLOCKS) : some(dice, 2, () => dice.pick(BLOCKS));
  if (dice.chance(18)) return { $ref: inside ? dice.pick(OF_USERS) : randomReference(dice, operator, type) };
  const literal = (fits) => {
    for (let tries = 0; tries < 20; tries++) {
      const found = dice.chance(40)
        ? literals[dice.roll(Math.min(3, literals.length))]
        : dice.chance(90)
          ? dice.pick(literals)
          : dice.pick(dice.pick(ATTRIBUTES_OF_ROWS).literals);
      if (found !== undefined && fits(found)) return found;
    }
    return "open";
  };
  const isText = (value) => typeof value === "string";
  switch (operator) {
    case "$in":
    case "$nin":
    case "$hasAny":
    case "$subset":
      return [...new Set(some(dice, 4, () => literal(() => true)))];
    case "$lt":
    case "$lte":
    case "$gt":
    case "$gte":
      return literal((value) => typeof value !== "boolean");
    case "$startsWith":
    case "$endsWith": {
      const text = literal(isText);
      const length = dice.roll(4);
      const letters = [...text];
      if (dice.chance(30)) return text;
      return (
        operator === "$startsWith" ? letters.slice(0, length) : letters.slice(-length || letters.length)
      ).join("");
    }
    case "$since":
    case "$before":
      return dice.chance(60)
        ? dice.pick(MOMENTS)
        : dice.chance(70)
          ? dice.pick(DATES)
          : new Date(NOW + dice.roll(5) - 2).toISOString();
    default:
      return literal(() => true);
  }
}

function randomReference(dice, operator, type) {
  if (dice.chance(35)) return dice.pick(OF_USERS);
  const isList = ["$in", "$nin", "$hasAny", "$subset"].includes(operator);
  const fits = (attribute) =>
    isList ? LIST_TYPES.includes(attribute.type) : dice.chance(60) ? attribute.type === type : true;
  const found = ATTRIBUTES_OF_ROWS.filter(
    (attribute) => fits(attribute) && (isSayable(operator, attribute.type) || dice.chance(1)),
  );
  return dice.pick(found.length > 0 ? found : ATTRIBUTES_OF_ROWS).path;
}
const LIST_TYPES = ["array", "json"];
