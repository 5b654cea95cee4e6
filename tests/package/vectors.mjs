// The conformance vectors (tests/vectors/README.md), each case asked in every way in which it can be asked.
// A case is named `<file>/<snapshot>/<case>`; pending.json lists cases by these names.

import { ok, rejectsSnapshot, same, show } from "./report.mjs";

const DECISIONS = ["decisions", "rules", "rules-2", "real-argocd", "real-nist", "real-saleor", "own-nearest"];

export async function vectors(report, lib, env) {
  for (const file of DECISIONS) {
    const groups = await env.readJson(`vectors/${file}.json`);
    for (const [index, group] of groups.entries()) {
      await decisions(report, lib, `${file}/${index}`, group);
      await breathe();
    }
  }
  await random(report, lib, env);
  for (const { name, text, issues } of await env.readJson("vectors/invalid.json")) {
    await report.test(`invalid/${name}`, () => refuses(lib, text, issues));
  }
}

/** Random snapshots, answered by the reference evaluator. */
export async function random(report, lib, env) {
  for (const group of await env.readJson("random.json")) {
    await decisions(report, lib, `random/${group.name}`, group);
    await breathe();
  }
}

/** One snapshot with its cases. */
async function decisions(report, lib, prefix, { name, snapshot: json, cases }) {
  let snapshot;
  await report.test(`${prefix} loads${name === undefined ? "" : ` (${name})`}`, async () => {
    snapshot = await lib.load(JSON.stringify(json));
  });
  if (snapshot === undefined) return;
  const scoped = scopedPermissions(json);
  const narrowed = await narrowForAll(lib, snapshot, cases);
  const rest = await lib.load(JSON.stringify({ ...json, users: [] }));
  const listed = new Map((json.users ?? []).map((user) => [user.id, user]));
  for (const [index, question] of cases.entries()) {
    report.check(`${prefix}/${index}`, () => {
      const isScoped = scoped.has(question.permission);
      const gate = gateOf(snapshot, question);
      const wrong = [
        ...compare("", gate, question, { lib, isScoped }),
        ...compare("lite: ", restored(lib, gate, question), question, { lib, isScoped, isWhole: false }),
        ...(narrowed === undefined
          ? []
          : compare(
              "narrowed: ",
              gateOf(narrowed.get(keyOf(question)), { ...question, subject: undefined, user: gate.user }),
              { ...question, explanation: undefined },
              { lib, isScoped },
            )),
        ...(listed.has(question.user)
          ? comparePersons(gate, question, { snapshot, rest, listed, lib, isScoped })
          : []),
      ];
      return wrong.length === 0 ? undefined : `${show(question)}: ${wrong.join("; ")}`;
    });
  }
  snapshot.free();
  rest.free();
  for (const small of narrowed?.values() ?? []) small.free();
}

function gateOf(snapshot, { user, subject = user, context, now, roles, limit }) {
  const options = { context, now };
  if (roles !== undefined) options.roles = roles;
  if (limit !== undefined) options.limit = limit;
  return snapshot.for(subject, options);
}

/**
 * A user who is listed, asked about like somebody who is not: of the same snapshot, and of one that lists
 * nobody. Names that are not there widen nothing.
 */
function comparePersons(gate, question, { snapshot, rest, listed, lib, isScoped }) {
  const subject = listed.get(question.user);
  const more = {
    ...subject,
    teams: [...(subject.teams ?? []), "no team"],
    roles: ["no role", ...(subject.roles ?? []), { role: "no role", team: "no team" }],
  };
  const data = JSON.stringify(gate.toJSON({ explain: true }));
  const wrong = [];
  for (const [label, from] of [
    ["subject: ", snapshot],
    ["subject from elsewhere: ", rest],
  ]) {
    const alike = gateOf(from, { ...question, subject });
    wrong.push(...compare(label, alike, question, { lib, isScoped }));
    if (JSON.stringify(alike.toJSON({ explain: true })) !== data) wrong.push(`${label}its gate data differ`);
    if (!same(JSON.parse(from.narrow(subject)), JSON.parse(snapshot.narrow(question.user))))
      wrong.push(`${label}narrowed differently`);
    const asked = ["permission", "resource"].filter((key) => key in question).map((key) => question[key]);
    const wider = gateOf(from, { ...question, subject: more });
    if (wider.can(...asked) && !question.can) wrong.push(`${label}unknown names widen it`);
    if (asked.length > 1 && wider.scope(question.permission).matches(question.resource) && !question.can)
      wrong.push(`${label}unknown names widen its scope`);
  }
  return wrong;
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
  if (question.unknown !== undefined && label === "") must("unknown", gate.unknown, question.unknown);
  if (question.scope !== undefined) must("scope.kind", scope.kind, question.scope);
  if (Object.hasOwn(question, "resource")) {
    const { resource } = question;
    must("can", gate.can(permission, resource));
    must("canAll", gate.canAll([permission], resource));
    must("canAny", gate.canAny([permission, permission], resource));
    must("filter", gate.filter(permission, [resource]).length === 1);
    must("scope.matches", scope.matches(resource));
    must(
      "matches of the scope from JSON",
      lib.Scope.from(JSON.parse(JSON.stringify(scope.toJSON())), { now: question.now }).matches(resource),
    );
  } else {
    must("can", gate.can(permission));
    must("permissions()", gate.permissions().includes(permission));
    if (isScoped) must("scope.kind", scope.kind !== "none");
  }
  if (typeof gate.explain === "function") {
    const explanation = Object.hasOwn(question, "resource")
      ? gate.explain(permission, question.resource)
      : gate.explain(permission);
    must("explain.allowed", explanation.allowed);
    if (question.reason !== undefined) must("explain.reason", explanation.reason, question.reason);
    if (question.role !== undefined) must("explain.role", explanation.role, question.role);
    if (question.explanation !== undefined)
      must("explain", bare(explanation, isWhole), bare(question.explanation, isWhole));
  }
  return wrong;
}

/**
 * An explanation as the engine gives it: without words and times. What data lack of `missing` is left out,
 * too.
 */
function bare({ text, publicText, names, from, until, missing, requires, ...rest }, isWhole) {
  return { ...rest, ...(isWhole && { missing }), requires: requires && bare(requires, isWhole) };
}

function scopedPermissions(json) {
  const permissions = json.catalog.categories.flatMap((category) => category.permissions);
  return new Set(
    permissions.filter((permission) => permission.scopes !== undefined).map((permission) => permission.id),
  );
}

/** Who is asked about. */
const keyOf = ({ user, subject }) => (subject === undefined ? user : JSON.stringify(subject));

/** The own snapshot of everyone who is asked about, where the library can narrow. */
async function narrowForAll(lib, snapshot, cases) {
  if (typeof snapshot.narrow !== "function") return undefined;
  const narrowed = new Map();
  for (const question of cases) {
    const key = keyOf(question);
    if (!narrowed.has(key))
      narrowed.set(key, await lib.load(snapshot.narrow(question.subject ?? question.user)));
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
