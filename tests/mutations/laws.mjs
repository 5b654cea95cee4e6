// What holds of every document that loads, whatever was done to it, and of everything that is refused.

import { broken, mutated, pointed } from "./mutate.mjs";

const NOW = 1_795_000_000_000;
/** How many users, permissions and records of one snapshot are asked about. */
const [USERS, PERMISSIONS, RECORDS] = [2, 4, 4];

/** How many questions were asked, and how many answers were yes. */
export const counts = { asked: 0, yes: 0 };

/** Fails with what was expected and what was found. */
function must(holds, tell) {
  if (!holds) throw new Error(tell());
}

const show = (value) =>
  JSON.stringify(value, (_, it) => (typeof it === "bigint" ? String(it) : it))?.slice(0, 2000) ??
  String(value);
const equal = (found, wanted, what) =>
  must(show(found) === show(wanted), () => `${what}: ${show(found)}, not ${show(wanted)}`);

/** The result of a call that throws nothing but errors of the package. */
function tried(lib, call) {
  try {
    return { value: call() };
  } catch (error) {
    if (lib.isRolegateError(error) && error.code !== "trap") return { error };
    throw error;
  }
}

/** Whether a JSON Pointer names a place, by own keys alone. */
function exists(root, pointer) {
  let value = root;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return false;
    value = value[key];
  }
  return true;
}

/** Checks why a document was refused. */
function refused(error, text) {
  const { issues } = error;
  must(
    Array.isArray(issues) && issues.length >= 1 && issues.length <= 100,
    () => `no problems: ${error.message}`,
  );
  equal(error.code, issues[0].code, "code");
  const codes = issues.map(({ code }) => code);
  let root;
  try {
    root =
      typeof text === "string"
        ? JSON.parse(text)
        : JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text));
  } catch {
    must(["syntax", "too-deep"].includes(codes[0]), () => `not JSON, and refused for ${codes}`);
    return;
  }
  for (const { path, code, message } of issues) {
    must(message.length > 0, () => `${code} at ${path} says nothing`);
    if (!codes.includes("duplicate-key") && code !== "syntax")
      must(exists(root, path), () => `${code} names ${path}, which is not there`);
  }
}

/** Loads a document, which is refused for a place in it or answers like itself; gives whether it loads. */
export function checkDocument(lib, dice, source, cases) {
  const { value: snapshot, error } = tried(lib, () => lib.loadSync(source));
  if (error !== undefined) {
    refused(error, source);
    return false;
  }
  const root = JSON.parse(typeof source === "string" ? source : new TextDecoder().decode(source));
  equal(snapshot.toJSON(), root, "toJSON");
  const permissions = snapshot.permissions();
  const meant = some(dice, cases, USERS);
  const asked = new Set([
    ...meant.map(({ permission }) => permission),
    ...some(dice, permissions, PERMISSIONS),
    "no.such",
  ]);
  const users = new Set([
    ...meant.map(({ user }) => user),
    dice.pick([...snapshot.users(), "nobody"]),
    dice.pick(["__proto__", "toString"]),
  ]);
  for (const list of [snapshot.categories(), snapshot.roles(), snapshot.teams()])
    must(Array.isArray(list), () => "no list");
  const records = some(
    dice,
    cases.filter((question) => question.resource !== undefined),
    RECORDS,
  ).map(({ resource }) => resource);
  const { context: usual, now } = meant[0] ?? { context: {}, now: NOW };
  const context = dice.chance(50) ? pointed(dice, root, "context.", usual) : usual;
  const questions = [undefined, { resource: null }, {}, ...records].map((it, index) =>
    index === 0 ? {} : index === 1 ? { resource: null } : { resource: otherRecord(dice, root, it, records) },
  );
  for (const user of users)
    answersAlike(lib, dice, { snapshot, user, permissions: asked, questions, context, now });
  snapshot.free();
  return true;
}

/** A record as it is, changed in any way, or in one that conditions look at. */
function otherRecord(dice, root, record, records) {
  const kind = dice.roll(10);
  if (kind < 2) return record;
  return kind < 4 ? mutated(dice, record, records[0] ?? {}) : pointed(dice, root, "resource.", record);
}

function some(dice, items, count) {
  return Array.from({ length: Math.min(count, items.length) }, () => dice.pick(items));
}

const ask = (gate, permission, question) =>
  "resource" in question ? gate.can(permission, question.resource) : gate.can(permission);

/** One user's questions, each asked in every way in which it can be asked. */
function answersAlike(lib, dice, { snapshot, user, permissions, questions, context, now }) {
  const gate = snapshot.for(user, { context, now });
  const data = JSON.parse(JSON.stringify(gate.toJSON({ explain: true })));
  const lite = lib.restore(data, { context, now });
  const text = snapshot.narrow(user);
  const narrowed = lib.loadSync(text);
  const small = narrowed.for(user, { context, now });
  equal(
    [gate.validUntil > now || gate.permissions().length === 0, narrowed.users().length <= 1],
    [true, true],
    "narrowed, and how long it holds",
  );
  const isListed = snapshot.users().includes(user);
  equal(snapshot.user(user) !== undefined, isListed, "user()");
  for (const permission of permissions) {
    const scope = gate.scope(permission);
    const far = lib.Scope.from(JSON.parse(JSON.stringify(scope.toJSON())), { now });
    for (const question of questions) {
      const can = ask(gate, permission, question);
      counts.asked += 1;
      counts.yes += Number(can);
      const what = () => `${user} ${permission} ${show(question)} in the context ${show(context)}`;
      const alike = (name, found) =>
        must(found === can, () => `${name} is ${found}, can is ${can}: ${what()}`);
      alike("restored", ask(lite, permission, question));
      alike("narrowed", ask(small, permission, question));
      const explain = (of) =>
        "resource" in question ? of.explain(permission, question.resource) : of.explain(permission);
      const explained = explain(gate);
      alike("explain", explained.allowed);
      alike("explain of the restored", explain(lite).allowed);
      equal(
        [explain(small).reason, explain(lite).reason],
        [explained.reason, explained.reason],
        `reason, ${what()}`,
      );
      if ("resource" in question) {
        const { resource } = question;
        alike("scope.matches", scope.matches(resource));
        alike("matches of the scope from JSON", far.matches(resource));
        alike("canAll", gate.canAll([permission], resource));
        alike("filter", gate.filter(permission, [resource]).length === 1);
        must(!(gate.until(permission, resource) <= now), () => `until, ${what()}`);
      } else {
        alike("permissions()", gate.permissions().includes(permission));
      }
      if (isListed)
        alike("whoCan", snapshot.whoCan(permission, { context, now, ...question }).includes(user));
      must(
        !gate.with({ limit: [permission] }).can(permission) || gate.can(permission),
        () => `a limit widens: ${what()}`,
      );
      if (dice.chance(20)) {
        const remedies = snapshot.remedies(user, permission, { context, now, ...question });
        must(
          Array.isArray(remedies) && (!can || remedies.length === 0),
          () => `remedies of a yes: ${what()}`,
        );
      }
    }
  }
  masks(lib, snapshot, gate, questions);
  narrowed.free();
  for (let count = 0; count < 4; count += 1)
    tampered(lib, dice, { gate, data, permissions, questions, context, now });
}

/** A masked copy is what the fields say, and the record stays as it is. */
function masks(lib, snapshot, gate, questions) {
  const types = snapshot.toJSON().catalog?.masks?.map(({ resource }) => resource) ?? [];
  for (const type of [...new Set(types), "no-such"]) {
    for (const { resource } of questions) {
      const before = show(resource);
      const masked = tried(lib, () => gate.mask(type, resource ?? {}));
      const fields = tried(lib, () => gate.fields(type, resource ?? {}));
      equal(masked.error?.code, fields.error?.code, `mask and fields of ${type}`);
      equal(show(resource), before, "the record after mask");
      if (
        fields.value?.length === 0 &&
        typeof resource === "object" &&
        resource !== null &&
        !Array.isArray(resource)
      )
        equal(masked.value, resource, "masked without a mask");
    }
  }
}

/**
 * Data that are not gate data are refused, or say yes to nothing to which the gate says no. What is other gate
 * data instead (another index, another literal in a condition) is no matter here: whoever can write those can
 * write anything. It is asked like any other, though.
 */
function tampered(lib, dice, { gate, data, permissions, questions, context, now }) {
  const { path, changed } = broken(dice, data);
  const { value: lite } = tried(lib, () => lib.restore(changed, { context, now }));
  const permission = dice.pick(permissions);
  // Within conditions a literal of another type is another literal; and explanations decide nothing.
  const isOther =
    path.includes("when") || path.includes("where") || path.includes("unless") || path.includes("attributes");
  for (const question of lite === undefined || isOther ? [] : questions) {
    must(
      !ask(lite, permission, question) || ask(gate, permission, question),
      () => `tampered at ${path.join("/")}: yes to ${permission} ${show(question)}\n${show(changed)}`,
    );
  }
  const json = JSON.parse(JSON.stringify(gate.scope(permission).toJSON()));
  const far = broken(dice, json);
  const { value: scope } = tried(lib, () => lib.Scope.from(far.changed, { now }));
  if (scope !== undefined && !far.path.includes("where") && !far.path.includes("unless")) {
    for (const { resource } of questions)
      must(
        !scope.matches(resource) || gate.can(permission, resource),
        () => `tampered scope at ${far.path.join("/")}: ${show(resource)} matches\n${show(far.changed)}`,
      );
  }
  // Any change at all: refused, or the answers agree with each other.
  const { value: other } = tried(lib, () => lib.restore(mutated(dice, data, json), { context, now }));
  if (other === undefined) return;
  const again = lib.restore(JSON.parse(JSON.stringify(other.toJSON())), { context, now });
  for (const id of [permission, ...other.permissions().slice(0, 2)]) {
    const { value: scope } = tried(lib, () => other.scope(id));
    for (const question of questions) {
      const can = ask(other, id, question);
      equal(ask(again, id, question), can, `changed data, restored again, ${id} ${show(question)}`);
      if ("resource" in question)
        equal(scope.matches(question.resource), can, `scope of changed data, ${id} ${show(question)}`);
    }
  }
}
