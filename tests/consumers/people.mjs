// Asks the service of `people-postgres`: people, roles and sessions in a real database, which changes while it runs.

import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { startPostgres } from "./postgres.mjs";

const PASSWORD = "correct horse";

export async function peopleInPostgres(project) {
  const { url, stop } = await startPostgres();
  const variables = { DATABASE_URL: url, SESSION_SECRET: "of this test" };
  const { default: pg } = await import(
    pathToFileURL(createRequire(join(project.folder, "server.js")).resolve("pg"))
  );
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    await project.with(variables).run("npm", "run", "schema");
    await fill(project.with(variables), database);
    const server = await project.with(variables).start("node", "server.js");
    try {
      await answers(server, database);
      await viewsAs(server, database);
      await followsRoles(server, database);
      await publishes(project.with(variables), server, database);
    } finally {
      await server.stop();
    }
  } finally {
    await database.end();
    await stop();
  }
}

/** Their ids are 1 to 5. */
const PEOPLE = [
  ["ana", "agent", "sales"],
  ["bo", "lead", "emea"],
  ["cy", "owner"],
  ["dee", "agent", "support"],
  ["eve", "trainer", "sales"],
];

async function fill(project, database) {
  for (const [name, ...held] of PEOPLE)
    await project.run("node", "add-person.js", `${name}@example.com`, PASSWORD, ...held);
  await database.query("update conversations set assignee = 1 where id = 'invoice'");
  await database.query("update conversations set assignee = 4 where id = 'delivery'");
}

/** Somebody with a session of their own; without a name nobody. */
async function visitor({ origin }, name) {
  let cookie = "";
  const ask = async (method, path, body) => {
    const headers = { cookie, "content-type": "application/json" };
    const response = await fetch(`${origin}${path}`, { method, headers, body: body && JSON.stringify(body) });
    cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
    const text = await response.text();
    return response.headers.get("content-type")?.startsWith("application/json")
      ? JSON.parse(text)
      : [response.status, text];
  };
  if (name !== undefined)
    deepEqual(await ask("POST", "/login", { email: `${name}@example.com`, password: PASSWORD }), [
      200,
      "welcome",
    ]);
  const status = async (method, path) => (await ask(method, path))[0];
  return {
    ask,
    mayReply: async (id) => (await status("POST", `/conversations/${id}/reply`)) === 200,
    mayDelete: async (id) => (await status("POST", `/conversations/${id}/delete`)) === 200,
    sees: async () =>
      (await ask("GET", "/conversations")).map(
        ({ subject, canReply, canDelete }) =>
          subject + (canReply ? " reply" : "") + (canDelete ? " delete" : ""),
      ),
  };
}

async function answers(server, database) {
  const nobody = await visitor(server);
  for (const path of ["/conversations", "/view-as"]) equal((await nobody.ask("GET", path))[0], 401);
  for (const body of [
    undefined,
    {},
    { email: "ana@example.com", password: "wrong" },
    { email: "nobody@example.com", password: PASSWORD },
  ])
    equal((await nobody.ask("POST", "/login", body))[0], 401);

  const ana = await visitor(server, "ana");
  deepEqual(await ana.sees(), ["Invoice reply", "Offer reply"]);
  deepEqual(
    [
      await ana.mayReply("invoice"),
      await ana.mayReply("delivery"),
      await ana.mayReply("nothing"),
      await ana.mayDelete("invoice"),
    ],
    [true, false, false, false],
  );
  // Of what she may not see she learns nothing; of what she sees, only that she may not.
  for (const id of ["delivery", "nothing"])
    deepEqual(await ana.ask("POST", `/conversations/${id}/reply`), [404, "Not found"]);
  const [status, text] = await ana.ask("POST", "/conversations/invoice/delete");
  equal(status, 403);
  match(text, /^(?!.*(agent|sales)).+$/i);

  // What changes in a row holds with the next request of a session that goes on.
  const changes = [
    ["insert into memberships values (1, 'support')", "delivery", true],
    ["delete from memberships where person = 1 and team = 'support'", "delivery", false],
    ["insert into assignments values (1, 'agent', 'support', now() + interval '1 hour')", "delivery", true],
    ["update assignments set ends_at = now() where person = 1 and team = 'support'", "delivery", false],
    ["insert into assignments values (1, 'no such role')", "offer", true],
    ["update people set suspended_at = now() where id = 1", "offer", false],
    ["update people set suspended_at = null where id = 1", "offer", true],
    ["insert into memberships values (1, E'no\\nid')", "delivery", false],
    ["delete from assignments where person = 1", "offer", false],
    ["insert into assignments values (1, 'agent')", "offer", true],
  ];
  for (const [change, id, wanted] of changes) {
    await database.query(change);
    equal(await ana.mayReply(id), wanted, change);
  }
  await database.query("delete from session where sess ->> 'person' = '1'");
  equal((await ana.ask("GET", "/conversations"))[0], 401);
}

/** Never more than one's own. */
async function viewsAs(server, database) {
  const [ana, bo, cy] = [
    await visitor(server, "ana"),
    await visitor(server, "bo"),
    await visitor(server, "cy"),
  ];
  equal((await ana.ask("POST", "/view-as", { role: "agent", team: "sales" }))[0], 403);
  equal((await bo.ask("POST", "/view-as", { role: "emperor" }))[0], 400);

  // An owner as an agent of sales: less than an owner.
  deepEqual(await cy.sees(), ["Delivery reply delete", "Invoice reply delete", "Offer reply delete"]);
  deepEqual(await cy.ask("POST", "/view-as", { role: "agent", team: "sales" }), [
    "conversations.view",
    "conversations.reply",
  ]);
  deepEqual(await cy.sees(), ["Invoice reply", "Offer reply"]);
  deepEqual([await cy.mayReply("delivery"), await cy.mayDelete("invoice")], [false, false]);
  deepEqual(await cy.ask("DELETE", "/view-as"), [200, "yourself again"]);
  deepEqual([await cy.mayDelete("invoice"), await cy.mayDelete("nothing")], [true, false]);

  // A lead of emea as an owner, and as an agent of another team: nothing that a lead of emea may not do, who sees all.
  const own = await bo.sees();
  deepEqual(own, ["Delivery", "Invoice reply delete", "Offer reply delete"]);
  deepEqual(await bo.ask("POST", "/view-as", { role: "owner" }), [
    "conversations.view",
    "conversations.reply",
    "conversations.delete",
    "roles.preview",
  ]);
  deepEqual(await bo.sees(), own);
  deepEqual([await bo.mayReply("delivery"), await bo.mayDelete("delivery")], [false, false]);
  await bo.ask("POST", "/view-as", { role: "agent", team: "support" });
  deepEqual(await bo.sees(), ["Delivery"]);
  equal(await bo.mayReply("delivery"), false);

  // Neither records nor permissions that a trainer of sales does not have.
  const eve = await visitor(server, "eve");
  deepEqual(await eve.ask("POST", "/view-as", { role: "owner" }), ["conversations.view", "roles.preview"]);
  deepEqual([await eve.sees(), await eve.mayReply("invoice")], [["Invoice", "Offer"], false]);

  // Whoever loses their own rights has none left to view with.
  await bo.ask("POST", "/view-as", { role: "owner" });
  await database.query("update people set suspended_at = now() where id = 2");
  deepEqual(await bo.sees(), []);
  await database.query("update people set suspended_at = null where id = 2");
  deepEqual(await bo.sees(), own);
}

/** A document that is published holds with the next request; a broken one, never. */
async function followsRoles(server, database) {
  const ana = await visitor(server, "ana");
  const { rows } = await database.query("select document from snapshots");
  const [{ document }] = rows;
  const publish = (changed) =>
    database.query("update snapshots set document = $1", [JSON.stringify(changed)]);
  const [agent, ...others] = document.roles;
  const onlyReaders = [{ ...agent, grants: { "conversations.view": "team" } }, ...others];
  deepEqual(await ana.sees(), ["Invoice reply", "Offer reply"]);
  await publish({ ...document, revision: 2, roles: onlyReaders });
  deepEqual(await ana.sees(), ["Invoice", "Offer"]);
  await publish({ ...document, revision: 3, roles: "broken" });
  deepEqual(await ana.sees(), ["Invoice", "Offer"]);
  await publish({ ...document, revision: 4, tenant: "other" });
  deepEqual(await ana.sees(), ["Invoice", "Offer"]);
  await publish({ ...document, revision: 5 });
  deepEqual(await ana.sees(), ["Invoice reply", "Offer reply"]);
  await publish({ ...document, revision: 1, roles: onlyReaders });
  deepEqual(await ana.sees(), ["Invoice reply", "Offer reply"]);
}

/** The next revision, and only that, and only if it loads. */
async function publishes(project, server, database) {
  const ana = await visitor(server, "ana");
  await database.query("update snapshots set document = document || '{\"revision\": 6}'");
  const { rows } = await database.query("select document from snapshots");
  const publish = async (changed) => {
    await writeFile(join(project.folder, "next.json"), JSON.stringify({ ...rows[0].document, ...changed }));
    return project.run("node", "publish.js", "next.json");
  };
  const [, ...others] = rows[0].document.roles;
  for (const revision of [5, 6, 8]) await rejects(publish({ revision }), /is not the next one/);
  await rejects(publish({ revision: 7, tenant: "other" }), /wrong-tenant/);
  await rejects(publish({ revision: 7, roles: "broken" }), /\/roles/);
  deepEqual(await ana.sees(), ["Invoice", "Offer"]);
  await publish({ revision: 7, roles: others });
  deepEqual(await ana.sees(), []);
}
