// The whole application, on workerd and on Node with PostgreSQL, over HTTP: people by their tokens, routes, lists
// and masks, decisions for others, and new roles while it runs.

import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as later } from "node:timers/promises";
import pg from "pg";
import { startPostgres } from "./postgres.mjs";
import { serveIssuer } from "./tokens.mjs";

/** Each isolate looks into its key-value store every five seconds. */
export async function applicationOnWorkerd(project) {
  const store = (content) => {
    const where = ["--binding", "ROLES", "--local"];
    return project.run("wrangler", "kv", "key", "put", "acme", content, ...where);
  };
  await application(project, { within: 12_000, store });
}

/** Every server is told at once. */
export async function applicationOnPostgres(project) {
  const { url, stop } = await startPostgres();
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const store = async (content) => {
      await client.query("update snapshots set content = $1 where tenant = 'acme'", [content]);
      await client.query("select pg_notify('snapshots', 'acme')");
    };
    const takeAway = () => client.query("delete from snapshots where tenant = 'acme'");
    await application(project.with({ DATABASE_URL: url }), { within: 3_000, store, takeAway });
  } finally {
    await client.end();
    await stop();
  }
}

/**
 * @param store puts something else in the place of acme's snapshot
 * @param takeAway takes that away, where publishing would not replace it
 */
async function application(project, { within, store, takeAway }) {
  const issuer = await serveIssuer();
  const started = project.with({ ISSUER: issuer.issuer });
  try {
    let server = await started.start("npm", "start");
    try {
      const people = clientsOf(server, issuer.token);
      await until(30_000, async () => (await people.ana("/tickets")).status === 200);
      await knowsPeople(server, people, issuer);
      await isAsItsReadmeSays(project, server, issuer.token);
      await answersPeople(people);
      await keepsTenantsApart(people);
      await decides(server, people);
      await rollsOut(project, server, people, within);
      await outlivesDamage(project, server, people, within, store, takeAway);
    } finally {
      await server.stop();
    }
    // Once more: everything is still there.
    server = await started.start("npm", "start");
    try {
      const { ana } = clientsOf(server, issuer.token);
      await until(30_000, async () => (await ana("/tickets")).status === 200);
      deepEqual(idsOf(await ana("/tickets")), ["t1", "t2", "t3"]);
      await until(10_000, () => server.output().includes("old-revision, revision 4 is there"));
    } finally {
      await server.stop();
    }
  } finally {
    await issuer.stop();
  }
}

const idsOf = ({ json }) => json.map(({ id }) => id);

async function until(limit, isSo) {
  for (const end = Date.now() + limit; Date.now() < end; await later(50)) if (await isSo()) return;
  throw new Error(`not within ${limit} ms`);
}

const CLAIMS = {
  ana: { sub: "ana", organization: "acme", realm_access: { roles: ["agent", "offline_access"] }, groups: ["/sales"] },
  cy: { sub: "cy", organization: "acme", realm_access: { roles: ["lead"] } },
  gateway: { sub: "gateway", organization: "acme", realm_access: { roles: ["gateway"] } },
  foreign: { sub: "ana", organization: "globex", realm_access: { roles: ["lead", "gateway"] }, groups: ["/sales"] },
  nobody: { sub: "zoe", organization: "acme" },
};

/** For each person a function that asks: a body is sent as JSON. */
function clientsOf({ origin }, token) {
  return Object.fromEntries(
    Object.entries(CLAIMS).map(([name, claims]) => [
      name,
      (path, body, method = body === undefined ? "GET" : "POST") =>
        asked(origin + path, token({ aud: "tickets", ...claims }), body, method),
    ]),
  );
}

async function asked(address, bearer, body, method) {
  const headers = { "content-type": "application/json", ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const response = await fetch(address, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type"));
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

async function knowsPeople({ origin }, { ana }, { token }) {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const claims = { aud: "tickets", ...CLAIMS.ana };
  const [, payload] = token(claims).split(".");
  const refused = {
    missing: undefined,
    "no token": "x",
    unsigned: `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`,
    "of another key": token(claims, privateKey),
    expired: token({ ...claims, exp: 1 }),
    "without an end": token({ ...claims, exp: undefined }),
    "for somebody else": token({ ...claims, aud: "inbox" }),
    "of another issuer": token({ ...claims, iss: "https://other.example.com" }),
    "without a tenant": token({ ...claims, organization: undefined }),
    "with a list of tenants": token({ ...claims, organization: ["acme"] }),
  };
  for (const [what, bearer] of Object.entries(refused)) {
    const { status, headers, json } = await asked(`${origin}/tickets`, bearer, undefined, "GET");
    deepEqual([status, json?.status, headers.get("www-authenticate")], [401, 401, "Bearer"], what);
  }
  match((await ana("/tickets")).headers.get("cache-control"), /no-store/);
  const unknown = token({ ...claims, organization: "nowhere" });
  equal((await asked(`${origin}/tickets`, unknown, undefined, "GET")).status, 503);
}

async function answersPeople({ ana, cy, nobody }) {
  const { json } = await ana("/tickets");
  deepEqual(
    json.map(({ id, email }) => [id, email]),
    [
      ["t1", "kim@example.com"],
      ["t2", "lou@example.com"],
      ["t3", "•••"], // of bo
    ],
  );
  deepEqual(idsOf(await ana("/tickets?after=t1")), ["t2", "t3"]);
  deepEqual(idsOf(await cy("/tickets")), ["t1", "t2", "t3", "t4"]);
  equal((await nobody("/tickets")).status, 403);
  deepEqual((await ana("/tickets/t3")).json.email, "•••");
  const [hidden, nothing] = [await ana("/tickets/t4"), await ana("/tickets/t9")];
  deepEqual([hidden.status, hidden.text], [404, nothing.text]);
  equal((await cy("/tickets/t9")).status, 404);

  const refused = await ana("/tickets/t3/close", {});
  deepEqual([refused.status, refused.json.reason], [403, "out-of-scope"]);
  deepEqual((await cy("/tickets/t4/close", {})).json, { closed: true });
  deepEqual((await ana("/tickets/t1/close", {})).json.reason, "condition-failed");
  deepEqual((await ana("/tickets/t1")).json.status, "closed");
  for (const id of ["t1'--", "%27%20or%201=1--", "%00", "__proto__"])
    equal((await ana(`/tickets/${id}`)).status, 404, id);

  const data = (await ana("/me")).json;
  deepEqual([data.format, data.user, data.tenant], ["rolegate-gate/1", "ana", "acme"]);
}

async function keepsTenantsApart({ foreign }) {
  deepEqual(idsOf(await foreign("/tickets")), ["t1"]);
  equal((await foreign("/tickets/t1")).json.subject, "The price of a reactor");
  equal((await foreign("/tickets/t4")).status, 404);
  equal((await foreign("/tickets/t4/close", {})).status, 404);
}

async function decides({ origin }, { ana, gateway, foreign }) {
  const at = (endpoint, tenant = "acme") => `/${tenant}/access/v1/${endpoint}`;
  const subject = (id) => ({ subject: { type: "user", id } });
  const resource = (id) => ({ resource: { type: "tickets", id } });
  const view = { action: { name: "view" } };
  const decision = async (who, id, action = view) =>
    (await gateway(at("evaluation"), { ...subject(who), ...action, ...resource(id) })).json.decision;
  deepEqual(
    [await decision("ana", "t3"), await decision("ana", "t4"), await decision("cy", "t4")],
    [true, false, true],
  );
  deepEqual([await decision("zoe", "t3"), await decision("ana", "t9")], [false, false]);
  equal(await decision("ana", "t3", { action: { name: "close" } }), false);
  const batch = { ...subject("ana"), ...view, evaluations: ["t1", "t4"].map(resource) };
  deepEqual(
    (await gateway(at("evaluations"), batch)).json.evaluations.map((it) => it.decision),
    [true, false],
  );
  const found = async (kind, body) => (await gateway(at(`search/${kind}`), body)).json.results;
  const tickets = await found("resource", { ...subject("ana"), ...view, resource: { type: "tickets" } });
  deepEqual(
    tickets.map(({ id }) => id),
    ["t1", "t2", "t3"],
  );
  const people = await found("subject", { subject: { type: "user" }, ...view, ...resource("t4") });
  deepEqual(
    people.map(({ id }) => id),
    ["bo", "cy"],
  );
  const actions = await found("action", { ...subject("ana"), ...resource("t3") });
  deepEqual(
    actions.map(({ name }) => name),
    ["view"],
  );
  const question = { ...subject("ana"), ...view, ...resource("t1") };
  equal((await asked(origin + at("evaluation"), undefined, question, "POST")).status, 401);
  equal((await ana(at("evaluation"), question)).status, 403);
  equal((await gateway(at("evaluation", "globex"), question)).status, 403);
  equal((await foreign(at("evaluation"), question)).status, 403);
  equal((await foreign(at("evaluation", "globex"), question)).status, 200);
  const { json } = await asked(`${origin}/.well-known/authzen-configuration/acme`, undefined, undefined, "GET");
  equal(json.access_evaluation_endpoint, origin + at("evaluation"));
}

/** Whatever the README asks has an answer. */
async function isAsItsReadmeSays({ folder, with: using }, { origin }, token) {
  const readme = await readFile(join(folder, "README.md"), "utf8");
  const asking = Array.from(readme.matchAll(/^```sh\n([^`]*^curl [^`]*)```$/gm), ([, block]) => block).join("");
  const text = asking.replaceAll("http://127.0.0.1:3000", origin).replace("source tokens.env", "");
  const tokens = Object.fromEntries(
    Object.entries(CLAIMS).map(([name, claims]) => [name.toUpperCase(), token({ aud: "tickets", ...claims })]),
  );
  const curl = 'curl() { command curl --silent --show-error --fail-with-body "$@"; echo; }';
  const said = (await using(tokens).run("bash", "-ec", `${curl}\n${text}`)).trim().split("\n").map(JSON.parse);
  deepEqual(
    said.slice(0, 2).map((rows) => rows.map(({ id }) => id)),
    [
      ["t1", "t2", "t3"],
      ["t1", "t2", "t3", "t4"],
    ],
  );
  deepEqual(said[2], { closed: true });
  deepEqual([said[3].user, said[4].decision, said[5].results.length], ["ana", false, 2]);
}

async function published(project, origin, document, name = "acme") {
  const path = join(project.folder, `roles/${name}.json`);
  await writeFile(path, JSON.stringify(document));
  return project.with({ URL: origin }).run("npm", "run", "publish-roles", path);
}

/**
 * Half of a snapshot, where there should be one: the last good one stays in use, until another is published. What may
 * be newer than anything here knows is not replaced; whoever has looked at it takes it away first.
 */
async function outlivesDamage(project, { origin, output }, { ana }, within, store, takeAway) {
  const before = output().length;
  await store("eyJhbGciOiJFZERTQSIsImtpZCI6");
  await until(within, async () => {
    deepEqual(idsOf(await ana("/tickets")), ["t1", "t2"]);
    return output().slice(before).includes("acme ");
  });
  const document = JSON.parse(await readFile(join(project.folder, "roles/acme.json"), "utf8"));
  document.roles[0].grants["tickets.view"] = "team";
  if (takeAway !== undefined) {
    await rejects(published(project, origin, { ...document, revision: 4 }), /bad-signature/);
    await takeAway();
  }
  await published(project, origin, { ...document, revision: 4 });
  await until(within, async () => idsOf(await ana("/tickets")).length === 3);
}

/** New roles, while people ask. */
async function rollsOut(project, { origin }, { ana }, within) {
  const file = join(project.folder, "roles/acme.json");
  const roles = JSON.parse(await readFile(file, "utf8"));
  const publish = (document, name) => published(project, origin, document, name);
  /** Only what is their own. */
  const narrow = structuredClone(roles);
  narrow.roles[0].grants["tickets.view"] = "own";

  let isOver = false;
  const statuses = new Set();
  const asking = (async () => {
    while (!isOver) statuses.add((await ana("/tickets")).status);
  })();
  match(await publish({ ...narrow, revision: 2 }), /revision: 2/);
  await until(within, async () => idsOf(await ana("/tickets")).length === 2);
  isOver = true;
  await asking;
  deepEqual([...statuses], [200]);

  // Neither what is older, nor what cannot be loaded, nor what somebody else has signed.
  const refused = (document, code) => publish(document).then(() => ok(false), ({ message }) => match(message, code));
  await refused({ ...roles, revision: 1 }, /old-revision/);
  await refused({ ...narrow, revision: 3, roles: [{ id: "x" }] }, /ended with 1/);
  await refused({ ...narrow, revision: 2 }, /old-revision/);
  const put = async (tenant, body) => {
    const response = await fetch(`${origin}/roles/${tenant}`, { method: "PUT", body });
    return [response.status, (await response.json()).code];
  };
  deepEqual(await put("acme", JSON.stringify({ ...narrow, revision: 3 })), [400, "bad-signature"]);
  equal((await fetch(`${origin}/roles/acme`, { method: "PUT", body: "x".repeat(1_100_000) })).status, 413);
  // Of two publishers who begin at the same revision, one is told.
  const both = await Promise.allSettled(
    ["Agent", "Agent too"].map((name, n) => {
      const [agent, ...others] = narrow.roles;
      return publish({ ...narrow, revision: 3, roles: [{ ...agent, name }, ...others] }, `acme-${n}`);
    }),
  );
  deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  match(both.find(({ status }) => status === "rejected").reason.message, /old-revision/);
  deepEqual(idsOf(await ana("/tickets")), ["t1", "t2"]);
}
