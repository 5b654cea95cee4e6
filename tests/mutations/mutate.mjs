// Changes of JSON: of its structure, of its text, of its bytes. What comes of them is text, since only text
// can have a key twice.

/** Names that every object has, and other names that are trouble. */
const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "toJSON",
  "then",
  "length",
  "get",
  "value",
  "0",
  "-1",
  "",
  "a.b",
  "*",
  "é",
  "e\u0301",
  "🦊",
  "\u202eabc",
  "\ud83d\ude00".repeat(40),
  "x".repeat(256),
  "x".repeat(257),
  "a\u0000b",
];

const NUMBERS = [
  0,
  -0,
  1,
  -1,
  0.5,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
  2 ** 53,
  1e21,
  1e300,
  -1e300,
  5e-324,
  1e-7,
  1e15 + 0.3,
];

const TEXTS = [
  "2026-11-18T11:06:40Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999Z",
  "2026-11-18",
  "now",
  "now-15m",
  "now+9999999w",
  "10.0.0.0/8",
  "::/0",
  "10.1.2.3",
  "::ffff:10.1.2.3",
  "own",
  "team",
  "all",
  "Europe/Lisbon",
  "24:00",
];

export function oddValue(dice) {
  const kinds = [
    () => null,
    () => dice.chance(50),
    () => dice.pick(NUMBERS),
    () => dice.pick(NAMES),
    () => dice.pick(TEXTS),
    () => [],
    () => ({}),
    () => [null, [1], {}],
    () => own({ [dice.pick(NAMES)]: 1 }),
    () => ({ $ref: dice.pick(["user.id", "resource.__proto__.x", "context.constructor", "resource.owner"]) }),
  ];
  return dice.pick(kinds)();
}

/** A copy in which also `__proto__` is a key like any other. */
export const copy = (value) => JSON.parse(JSON.stringify(value));
const own = (value) => copy(value);

/** The way to every place in a value, that to the whole first. */
export function places(root) {
  const found = [[]];
  for (const path of found) {
    const value = at(root, path);
    if (typeof value === "object" && value !== null)
      for (const key of Object.keys(value)) found.push([...path, key]);
  }
  return found;
}

export function at(root, path) {
  return path.reduce((value, key) => value[key], root);
}

/** The same with another value at a place. */
function put(root, path, value) {
  if (path.length === 0) return value;
  const holder = at(root, path.slice(0, -1));
  Object.defineProperty(holder, path.at(-1), { value, configurable: true, enumerable: true, writable: true });
  return root;
}

function remove(root, path) {
  if (path.length === 0) return root;
  const holder = at(root, path.slice(0, -1));
  if (Array.isArray(holder)) holder.splice(Number(path.at(-1)), 1);
  else delete holder[path.at(-1)];
  return root;
}

/** The keys of an object in their order, one of them with another name. */
function renamed(object, from, to) {
  return own(
    Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value])),
  );
}

/** Every text that equals one becomes another, as a value and as a key: so references stay references. */
function renamedEverywhere(root, from, to) {
  const text = (value) => (value === from ? to : value);
  return JSON.parse(JSON.stringify(root), (_, value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return text(value);
    return Object.hasOwn(value, from) ? renamed(value, from, to) : value;
  });
}

/** Something from another place, mostly one with the same key. */
function transplanted(dice, root, path, other) {
  const from = dice.pick([root, other]);
  const alike = places(from).filter(
    (place) => place.length > 0 && place.at(-1) === path.at(-1) && Number.isNaN(Number(place.at(-1))),
  );
  const source = alike.length > 0 && dice.chance(80) ? dice.pick(alike) : dice.pick(places(from));
  return put(root, path, copy(at(from, source)));
}

/** A text that has another name wherever it stands. */
function withAnotherName(dice, root) {
  const texts = places(root)
    .map((place) => at(root, place))
    .filter((value) => typeof value === "string");
  const names = NAMES.filter((name) => name !== "" && name.length < 257);
  return texts.length === 0 ? root : renamedEverywhere(root, dice.pick(texts), dice.pick(names));
}

/** The operators with what may stand on their right, besides references. */
const SCALARS = ["a", "b", "7", 7, 2.5, true, false, ""];
const OPERANDS = {
  scalar: [["$eq", "$ne", "$has"], (dice) => dice.pick(SCALARS)],
  order: [["$lt", "$lte", "$gt", "$gte"], (dice) => dice.pick(["a", "b", "\uff5e", "🔒", 2, 7, 2.5])],
  list: [
    ["$in", "$nin", "$hasAny", "$subset"],
    (dice) =>
      Array.from(
        { length: 1 + dice.roll(3) },
        (_, index) => SCALARS[(dice.roll(2) + 2 * index) % SCALARS.length],
      ),
  ],
  text: [["$startsWith", "$endsWith"], (dice) => dice.pick(["a", "b", "", "7"])],
  time: [["$since", "$before"], (dice) => dice.pick(["now", "now-1h", "now+3s", "2026-11-18T11:06:40Z"])],
  block: [["$cidr"], (dice) => dice.pick(["10.0.0.0/8", ["::/0", "10.1.2.3/32"], "0.0.0.0/0"])],
  flag: [["$exists"], (dice) => dice.chance(50)],
};
const PATHS = ["a", "b.c", "tags", "constructor", "a.length"];

/** A condition with any operator. */
function condition(dice, depth = 2) {
  const path = () =>
    dice.chance(10)
      ? "user.id"
      : `${dice.pick(["resource", "resource", "context", "user"])}.${dice.pick(PATHS)}`;
  const inside = () => condition(dice, depth - 1);
  if (depth > 0 && dice.chance(35)) {
    return dice.pick([
      () => ({ $not: inside() }),
      () => ({ $and: [inside(), inside()] }),
      () => ({ $or: [inside(), inside()] }),
      () => ({
        [path()]: { $elem: JSON.parse(JSON.stringify(inside()).replaceAll("resource.", "element.")) },
      }),
    ])();
  }
  const [kind, [operators, operand]] = dice.pick(Object.entries(OPERANDS));
  const isReference = !["block", "flag"].includes(kind) && dice.chance(35);
  return { [path()]: { [dice.pick(operators)]: isReference ? { $ref: path() } : operand(dice) } };
}

const NOW = 1_795_000_000_000;

/** A document in which each answer shows the truth of one condition, and questions about it. */
export function laboratory(dice) {
  const ids = Array.from({ length: 8 }, (_, index) => `lab.${index}`);
  const isGranted = (index) => index % 2 === 0;
  const attributes = Object.fromEntries(
    ["a", "b", "tags"]
      .filter(() => dice.chance(70))
      .map((key) => [key, key === "b" ? { c: oddValue(dice) } : attribute(dice)]),
  );
  const snapshot = {
    format: "rolegate/1",
    revision: 1,
    catalog: {
      categories: [
        { id: "lab", permissions: ids.map((id) => ({ id, ...(dice.chance(80) && { scopes: ["all"] }) })) },
      ],
    },
    roles: [
      {
        id: "r",
        name: "R",
        grants: Object.fromEntries(
          ids.map((id, index) => [id, isGranted(index) ? { when: condition(dice) } : true]),
        ),
        deny: ids.filter((_, index) => !isGranted(index)).map((key) => ({ key, when: condition(dice) })),
      },
    ],
    users: [{ id: dice.pick(["ana", "7"]), roles: ["r"], attributes }],
  };
  const context = { a: attribute(dice), tags: attribute(dice) };
  const cases = ids.map((permission) => ({
    user: snapshot.users[0].id,
    permission,
    resource: { a: attribute(dice) },
    context,
    now: NOW,
  }));
  return { snapshot, cases };
}

/** What an attribute may be that a condition of these looks at. */
function attribute(dice) {
  return dice.pick([
    () => dice.pick(SCALARS),
    () => Array.from({ length: dice.roll(4) }, () => dice.pick([...SCALARS, null, {}])),
    () => dice.pick(["ba", "10.1.2.3", "2026-11-18T11:06:40.001Z", NOW]),
    () => oddValue(dice),
  ])();
}

/** A document in which something is granted or denied under another condition. */
function withCondition(dice, root) {
  const ids =
    root?.catalog?.categories?.flatMap?.(
      (category) => category?.permissions?.map?.((permission) => permission?.id) ?? [],
    ) ?? [];
  const role = Array.isArray(root?.roles) && root.roles.length > 0 ? dice.pick(root.roles) : undefined;
  if (ids.length === 0 || typeof role !== "object" || role === null) return root;
  const [key, when] = [dice.pick([dice.pick(ids), "*"]), condition(dice)];
  if (dice.chance(30)) role.deny = [{ key, when }];
  else role.grants = { ...role.grants, [key]: { when } };
  return root;
}

const CHANGES = [
  // These often leave a document that loads.
  withCondition,
  withCondition,
  withCondition,
  withCondition,
  transplanted,
  transplanted,
  transplanted,
  withAnotherName,
  withAnotherName,
  (dice, root, path) => remove(root, path),
  (dice, root, path) => put(root, path, oddValue(dice)),
  // Two places swapped, neither within the other.
  (dice, root, path) => {
    const second = dice.pick(places(root));
    const isWithin = (a, b) => a.every((key, index) => b[index] === key);
    if (isWithin(path, second) || isWithin(second, path)) return root;
    const [one, two] = [copy(at(root, path)), copy(at(root, second))];
    return put(put(root, path, two), second, one);
  },
  (dice, root, path) => {
    const value = at(root, path);
    if (!Array.isArray(value) || value.length === 0) return root;
    value.push(copy(dice.pick(value)));
    return root;
  },
  (dice, root, path) => {
    if (path.length === 0 || Array.isArray(at(root, path.slice(0, -1)))) return root;
    const holder = path.slice(0, -1);
    const keys = places(root)
      .map((place) => place.at(-1))
      .filter((key) => key !== undefined);
    const to = dice.chance(50) ? dice.pick(NAMES) : dice.pick(keys);
    return put(root, holder, renamed(at(root, holder), path.at(-1), to));
  },
  // References in a circle, and to anything of the same kind.
  (dice, root) => {
    const lists = [
      ["roles", "inherits"],
      ["teams", "parent"],
      ["permissions", "requires"],
      ["permissions", "implies"],
    ];
    const [kind, key] = dice.pick(lists);
    const rows =
      kind === "permissions"
        ? (root?.catalog?.categories?.flatMap?.((category) => category?.permissions ?? []) ?? [])
        : (root?.[kind] ?? []);
    if (!Array.isArray(rows) || rows.length === 0) return root;
    const [from, to] = [dice.pick(rows), dice.pick(rows)];
    if (typeof from === "object" && from !== null) put(from, [key], key === "parent" ? to?.id : [to?.id]);
    return root;
  },
  (dice, root, path) => {
    let deep = copy(at(root, path));
    for (let depth = dice.roll(70); depth > 0; depth -= 1)
      deep = dice.chance(50) ? { $not: deep } : { $and: [deep] };
    return put(root, path, deep);
  },
];

/** A changed copy. */
export function mutated(dice, root, other) {
  let changed = copy(root);
  for (let count = dice.pick([1, 1, 1, 2, 3]); count > 0; count -= 1) {
    changed = dice.pick(CHANGES)(dice, changed, dice.pick(places(changed)), other);
    if (changed === undefined) return null;
  }
  return changed;
}

/** The text of a value, in which now and then a key is there twice or a number is written in an odd way. */
export function written(dice, value) {
  const text = JSON.stringify(value);
  if (dice.chance(5)) {
    const keys = [...text.matchAll(/[{,]("(?:[^"\\]|\\.)*":)/g)];
    if (keys.length > 0) {
      const { index, 1: key } = dice.pick(keys);
      return `${text.slice(0, index + 1)}${key}${dice.pick(["null", "true", "1", '"x"', "[]"])},${text.slice(index + 1)}`;
    }
  }
  if (dice.chance(5))
    return text.replace(
      /:(\d+)([,}])/,
      (_, digits, end) => `:${digits}${dice.pick([".0", "e0", "e400", "E-2", ".5e1"])}${end}`,
    );
  return text;
}

/** Changed bytes of a text. */
export function changedBytes(dice, text) {
  const bytes = [...new TextEncoder().encode(text)];
  for (let count = dice.pick([1, 1, 2, 4]); count > 0; count -= 1) {
    const index = dice.roll(bytes.length + 1);
    const end = index + dice.roll(6);
    const changes = [
      () => {
        if (index < bytes.length) bytes[index] ^= 1 << dice.roll(8);
      },
      () => bytes.splice(index, dice.roll(4)),
      () => bytes.splice(index, 0, dice.roll(256)),
      () => bytes.splice(index, 0, ...bytes.slice(index, end)),
    ];
    dice.pick(changes)();
  }
  return Uint8Array.from(bytes);
}

/**
 * A tampered copy of gate data or of a scope that nobody can mistake for other data: a value of another type,
 * a key or an operator that does not exist.
 */
export function broken(dice, root) {
  const changed = copy(root);
  const path = dice.pick(places(changed).slice(1));
  const value = at(changed, path);
  const typeOf = (it) => (it === null ? "null" : Array.isArray(it) ? "list" : typeof it);
  if (typeof value === "object" && value !== null && !Array.isArray(value) && dice.chance(40)) {
    return {
      path,
      changed: put(changed, path, {
        ...value,
        [dice.pick(["x", "Where", "ids2", "$unknown", "toString"])]: oddValue(dice),
      }),
    };
  }
  for (;;) {
    const other = oddValue(dice);
    if (typeOf(other) !== typeOf(value)) return { path, changed: put(changed, path, other) };
  }
}

/**
 * A record (or context) in which stands, where conditions of a document look for something, what they could
 * find.
 */
export function pointed(dice, document, root, base) {
  const everywhere = places(document);
  const paths = everywhere
    .flatMap((place) => [place.at(-1), at(document, place)])
    .filter((text) => typeof text === "string" && text.startsWith(root))
    .map((text) => text.slice(root.length).split("."));
  let record = copy(base);
  if (paths.length === 0 || typeof record !== "object" || record === null || Array.isArray(record))
    return record;
  const scalars = everywhere.map((place) => at(document, place)).filter((value) => typeof value !== "object");
  const one = () => (dice.chance(70) ? dice.pick(scalars) : oddValue(dice));
  const some = () => Array.from({ length: dice.roll(4) }, one);
  for (let count = 1 + dice.roll(4); count > 0; count -= 1) {
    const path = dice.pick(paths);
    // Some way into the path there may be a list of objects.
    let value = dice.chance(60) ? one() : some();
    for (const key of path.slice(1).toReversed())
      value = dice.chance(25)
        ? [own({ [key]: value }), own({ [key]: one() }), ...some().slice(0, 1)]
        : own({ [key]: value });
    record = put(record, path.slice(0, 1), value);
  }
  return record;
}
