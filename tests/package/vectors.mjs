// The conformance vectors (tests/vectors/README.md), each case asked in every way in which it can be asked.
// A case is named `<file>/<snapshot>/<case>`; pending.json lists cases by these names.

import { ok, rejectsSnapshot, same, show } from "./report.mjs";

const DECISIONS = ["decisions", "rules", "rules-2", "real-argocd", "real-nist", "real-saleor"];

export async function vectors(report, lib, env) {
  for (const file of DECISIONS) {
    const groups = await env.readJson(`vectors/${file}.json`);
    for (const [index, group] of groups.entries()) {
      await decisions(report, lib, `${file}/${index}`, group);
      await breathe();
    }
  }
  for (const [index, group] of (await env.readJson("random.json")).entries()) {
    await decisions(report, lib, `random/${index}`, group);
    await breathe();
  }
  for (const { name, text, issues } of await env.readJson("vectors/invalid.json")) {
    await report.test(`invalid/${name}`, () => refuses(lib, text, issues));
  }
}

/** One snapshot with its cases. */
async function decisions(report, lib, prefix, { name, snapshot: json, cases: all }) {
  // People from outside the snapshot are still to come.
  const cases = all.filter(({ subject }) => subject === undefined);
  let snapshot;
  await report.test(`${prefix} loads${name === undefined ? "" : ` (${name})`}`, async () => {
    snapshot = await lib.load(JSON.stringify(json));
  });
  if (snapshot === undefined) return;
  const scoped = scopedPermissions(json);
  const narrowed = await narrowForUsers(lib, snapshot, cases);
  for (const [index, question] of cases.entries()) {
    report.check(`${prefix}/${index}`, () => {
      const isScoped = scoped.has(question.permission);
      const gate = gateOf(snapshot, question);
      const wrong = [
        ...compare("", gate, question, { lib, isScoped }),
        ...compare("lite: ", restored(lib, gate, question), question, { lib, isScoped, isWhole: false }),
        ...(narrowed === undefined
          ? []
          : compare("narrowed: ", gateOf(narrowed.get(question.user), question), { ...question, explanation: undefined }, { lib, isScoped })),
      ];
      return wrong.length === 0 ? undefined : `${show(question)}: ${wrong.join("; ")}`;
    });
  }
  snapshot.free();
  for (const small of narrowed?.values() ?? []) small.free();
}

function gateOf(snapshot, { user, context, now, roles, limit }) {
  const options = { context, now };
  if (roles !== undefined) options.roles = roles;
  if (limit !== undefined) options.limit = limit;
  return snapshot.for(user, options);
}

/** The gate that comes back from gate data that have travelled as JSON, explanations with them. */
function restored(lib, gate, { context, now }) {
  return lib.restore(JSON.parse(JSON.stringify(gate.toJSON({ explain: true }))), { context, now });
}

/** What a gate gets wrong about one question, in words. */
function compare(label, gate, question, { lib, isScoped, isWhole = true }) {
  const { permission, can: expected } = question;
  const wrong = [];
  const must = (what, actual, wanted = expected) => {
    if (!same(actual, wanted)) wrong.push(`${label}${what} is ${show(actual)}, not ${show(wanted)}`);
  };
  const scope = gate.scope(permission);
  if (question.scope !== undefined) must("scope.kind", scope.kind, question.scope);
  if (Object.hasOwn(question, "resource")) {
    const { resource } = question;
    must("can", gate.can(permission, resource));
    must("canAll", gate.canAll([permission], resource));
    must("canAny", gate.canAny([permission, permission], resource));
    must("filter", gate.filter(permission, [resource]).length === 1);
    must("scope.matches", scope.matches(resource));
    must("matches of the scope from JSON", lib.Scope.from(JSON.parse(JSON.stringify(scope.toJSON())), { now: question.now }).matches(resource));
  } else {
    must("can", gate.can(permission));
    must("permissions()", gate.permissions().includes(permission));
    if (isScoped) must("scope.kind", scope.kind !== "none");
  }
  if (typeof gate.explain === "function") {
    const explanation = Object.hasOwn(question, "resource") ? gate.explain(permission, question.resource) : gate.explain(permission);
    must("explain.allowed", explanation.allowed);
    if (question.reason !== undefined) must("explain.reason", explanation.reason, question.reason);
    if (question.explanation !== undefined) must("explain", bare(explanation, isWhole), bare(question.explanation, isWhole));
  }
  return wrong;
}

/** An explanation as the engine gives it: without words and times. What data lack of `missing` is left out, too. */
function bare({ text, publicText, names, from, until, missing, requires, ...rest }, isWhole) {
  return { ...rest, ...(isWhole && { missing }), requires: requires && bare(requires, isWhole) };
}

function scopedPermissions(json) {
  const permissions = json.catalog.categories.flatMap((category) => category.permissions);
  return new Set(permissions.filter((permission) => permission.scopes !== undefined).map((permission) => permission.id));
}

/** Each asked user's own snapshot, where the library can narrow. */
async function narrowForUsers(lib, snapshot, cases) {
  if (typeof snapshot.narrow !== "function") return undefined;
  const narrowed = new Map();
  for (const { user } of cases) {
    if (!narrowed.has(user)) narrowed.set(user, await lib.load(snapshot.narrow(user)));
  }
  return narrowed;
}

async function refuses(lib, text, expected) {
  const found = await rejectsSnapshot(lib, () => lib.load(text));
  const synchronous = await rejectsSnapshot(lib, () => lib.loadSync(text));
  ok(same(shape(found), shape(synchronous)), "load and loadSync report different issues");
  for (const [path, code] of expected) {
    const reported = found.some((issue) => issue.code === code && (path === null || issue.path === path));
    ok(reported, `expected ${code} at ${path ?? "any path"}, got ${show(shape(found))}`);
  }
}

const shape = (issues) => issues.map((issue) => [issue.path, issue.code]);

/** Lets a page draw and a worker answer between two snapshots. */
const breathe = () => new Promise((resolve) => setTimeout(resolve));
