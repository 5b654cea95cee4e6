// Laws that hold between gates on random snapshots (random.json), whatever the right answers are.

import { show } from "./report.mjs";

const YEAR_10000 = 253_402_300_800_000;

/** Moments asked of one gate, in an order that goes back and forth. */
const MOMENTS = 12;

export async function laws(report, lib, env) {
  for (const { name, snapshot: json, cases } of await env.readJson("random.json")) {
    const snapshot = await lib.load(JSON.stringify(json));
    const moments = momentsOf([json, cases.slice(0, 5)], cases[0].now);
    report.check(`laws/${name}: a gate follows its clock`, () =>
      first(cases, (question) => followsClock(snapshot, question, moments)),
    );
    report.check(`laws/${name}: gate data never say yes where the gate would not`, () =>
      first(cases, (question) => neverMore(lib, snapshot, question, moments)),
    );
    report.check(`laws/${name}: a derived gate never says yes where its parent says no`, () =>
      first(cases, (question, index) => neverWider(snapshot, question, cases[(index + 7) % cases.length])),
    );
    const rest = await lib.load(JSON.stringify({ ...json, users: [] }));
    const listed = new Map(json.users?.map((user) => [user.id, user]));
    report.check(`laws/${name}: a subject is asked for like a user who is listed`, () =>
      first(cases, (question) => likeListed(snapshot, rest, listed, question, moments)),
    );
    report.check(`laws/${name}: names that are not there give a subject nothing`, () =>
      first(cases, (question) => neverByNames(rest, listed, question, json.teams === undefined)),
    );
    rest.free();
    report.check(`laws/${name}: exactly those can who are found`, () =>
      first(cases, (question) => whoCan(snapshot, question)),
    );
    snapshot.free();
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** The first thing that `check` finds wrong. */
function first(cases, check) {
  for (const [index, question] of cases.entries()) {
    const wrong = check(question, index);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

const ask = (gate, { permission, ...rest }) =>
  "resource" in rest ? gate.can(permission, rest.resource) : gate.can(permission);

function options({ context, roles, limit }) {
  return { context, ...(roles && { roles }), ...(limit && { limit }) };
}

/**
 * Every moment that a snapshot or a question names, a millisecond before and after it, and what lies around
 * `now`; shuffled, always alike.
 */
function momentsOf(json, now) {
  const named = JSON.stringify(json).match(/\d{4}-\d\d-\d\d[Tt][^"]*/g) ?? [];
  const times = named.map((text) => Date.parse(text)).filter((time) => !Number.isNaN(time));
  const around = [0, 3_600_000, -3_600_000, 43_200_000, 86_400_000 * 3].map((step) => now + step);
  const all = [...new Set([...times.flatMap((time) => [time - 1, time, time + 1]), ...around])];
  return all
    .map((time, index) => ({ time, order: (index * 7919) % 104729 }))
    .sort((a, b) => a.order - b.order)
    .slice(0, MOMENTS)
    .map(({ time }) => time);
}

/**
 * One gate with a clock that steps answers like a fresh gate at each moment, and stays as it is until it
 * says.
 */
function followsClock(snapshot, question, moments) {
  let now = question.now;
  const gate = snapshot.for(question.user, { ...options(question), now: () => now });
  for (const time of moments) {
    now = time;
    const fresh = snapshot.for(question.user, { ...options(question), now: time });
    const wanted = ask(fresh, question);
    if (ask(gate, question) !== wanted) return `at ${time} it is not ${wanted}: ${show(question)}`;
    // What the clock says of the record's own times is no matter of `validUntil`.
    const until =
      "resource" in question ? gate.until(question.permission, question.resource) : gate.validUntil;
    if (!(until > time)) return `it is right until ${until}, which is not after ${time}: ${show(question)}`;
    const late = until === Infinity ? time + 1e10 : until - 1;
    // What always holds is said to do so for good, though nobody knows the zones of the year 10000.
    if (time < YEAR_10000 && late >= YEAR_10000) continue;
    now = late;
    const then = ask(snapshot.for(question.user, { ...options(question), now: late }), question);
    if (then !== wanted)
      return `the answer at ${late} differs from that at ${time}, before it says: ${show(question)}`;
  }
  return undefined;
}

function whoCan(snapshot, { user, permission, can, reason, scope, explanation, ...options }) {
  const found = snapshot.whoCan(permission, options);
  const { resource: _, ...asGate } = options;
  const wanted = snapshot.users().filter((id) => ask(snapshot.for(id, asGate), { permission, ...options }));
  return show(found) === show(wanted)
    ? undefined
    : `${show(found)} are found, and ${show(wanted)} can: ${show({ permission, ...options })}`;
}

/** Answers at other moments, remedies and what is valid how long are those of the user who is listed. */
function likeListed(snapshot, rest, listed, question, moments) {
  const subject = listed.get(question.user);
  if (subject === undefined) return undefined;
  const { user, permission, can, reason, scope, explanation, ...asked } = question;
  const tell = (from, who) => {
    const gate = from.for(who, { ...options(question), now: question.now });
    // Asked first: `until` may be early, and how early depends on what was asked before of who holds the
    // same.
    const { validUntil } = gate;
    const until = "resource" in question ? gate.until(permission, question.resource) : validUntil;
    const later = moments.map((now) => ask(gate.with({ now }), question));
    return show([
      gate.unknown,
      validUntil,
      until,
      gate.scope(permission),
      gate.explain(permission),
      later,
      from.remedies(who, permission, asked),
    ]);
  };
  const wanted = tell(snapshot, user);
  return [snapshot, rest].every((from) => tell(from, subject) === wanted)
    ? undefined
    : `not as ${wanted}: ${tell(rest, subject)}: ${show(question)}`;
}

/** Roles and teams that the snapshot does not have, among those that it has. */
function neverByNames(rest, listed, question, areTeamsFree) {
  const subject = listed.get(question.user);
  if (subject === undefined) return undefined;
  const now = { now: question.now };
  const { teams = [], roles = [] } = subject;
  const elsewhere = roles.map((role) => ({
    ...(typeof role === "string" ? { role } : role),
    team: "no team",
  }));
  const gate = rest.for(subject, { ...options(question), ...now });
  const ofTeams = [
    { roles: [...roles, ...elsewhere] },
    { teams: ["no team", ...teams] },
    { teams: [...teams, "no team"], roles: [...elsewhere, ...roles, { role: "no role" }] },
  ];
  for (const more of [{ roles: ["no role", ...roles] }, ...(areTeamsFree ? [] : ofTeams)]) {
    const wider = rest.for({ ...subject, ...more }, { ...options(question), ...now });
    if (ask(wider, question) && !ask(gate, question)) return `with ${show(more)}: ${show(question)}`;
    if (!more.teams && show(wider.scope(question.permission)) !== show(gate.scope(question.permission)))
      return `the scope differs with ${show(more)}: ${show(question)}`;
  }
  return undefined;
}

function neverMore(lib, snapshot, question, moments) {
  const gate = snapshot.for(question.user, { ...options(question), now: question.now });
  const data = JSON.parse(JSON.stringify(gate.toJSON()));
  for (const time of moments) {
    const lite = lib.restore(data, { context: question.context, now: time });
    if (
      ask(lite, question) &&
      !ask(snapshot.for(question.user, { ...options(question), now: time }), question)
    ) {
      return `at ${time} the data say yes: ${show(question)}`;
    }
  }
  return undefined;
}

function neverWider(snapshot, question, other) {
  const parent = snapshot.for(question.user, { ...options(question), now: question.now });
  const permissions = [question.permission, other.permission];
  for (const narrower of [
    { limit: other.limit ?? [other.permission] },
    { roles: other.roles ?? [] },
    { limit: permissions, roles: other.roles ?? ["r0"] },
  ]) {
    const child = parent.with(narrower);
    for (const permission of permissions) {
      const asked = { ...question, permission };
      if (ask(child, asked) && !ask(parent, asked)) return `with ${show(narrower)}: ${show(asked)}`;
      if (child.explain && child.can(permission) && !parent.can(permission))
        return `on anything, with ${show(narrower)}: ${show(asked)}`;
    }
    const back = child.with({ limit: ["*"], context: question.context });
    if (ask(back, question) && !ask(child, question))
      return `a limit of * widened ${show(narrower)}: ${show(question)}`;
  }
  return undefined;
}
