// Asks the service of `better-auth`: an organization whose roles are in code and in a table, asked by its members' sessions.

import { deepEqual, equal } from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { buttonsOf, opened } from "./asking.mjs";
import { startPostgres } from "./postgres.mjs";

const ACTIONS = ["view", "create", "share", "delete"];

export async function organizations(project) {
  const { url, stop } = await startPostgres();
  const { default: pg } = await import(
    pathToFileURL(createRequire(join(project.folder, "server.js")).resolve("pg"))
  );
  const database = new pg.Client({ connectionString: url });
  await database.connect();
  try {
    const set = project.with({
      DATABASE_URL: url,
      BETTER_AUTH_SECRET: "of this test, which is long enough",
      BETTER_AUTH_URL: "http://127.0.0.1",
    });
    await set.run("npm", "run", "schema");
    await set.run("npm", "run", "build");
    const server = await set.start("node", "server.js");
    try {
      await answers(server, database);
    } finally {
      await server.stop();
    }
  } finally {
    await database.end();
    await stop();
  }
}

/** Somebody with a session of Better Auth. */
async function signedUp(origin, name) {
  const cookies = new Map();
  const cookie = () => Array.from(cookies, (pair) => pair.join("=")).join("; ");
  const ask = async (method, path, body) => {
    const headers = { cookie: cookie(), origin: "http://127.0.0.1", "content-type": "application/json" };
    const response = await fetch(`${origin}${path}`, { method, headers, body: body && JSON.stringify(body) });
    for (const set of response.headers.getSetCookie()) {
      const [, key, value] = /^([^=]+)=([^;]*)/.exec(set);
      cookies.set(key, value);
    }
    const text = await response.text();
    return {
      status: response.status,
      body: response.headers.get("content-type")?.startsWith("application/json") ? JSON.parse(text) : text,
    };
  };
  const call = async (path, body) => {
    const { status, body: answer } = await ask("POST", `/api/auth/${path}`, body);
    equal(status, 200, `${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const { user } = await call("sign-up/email", {
    name,
    email: `${name}@example.com`,
    password: "correct horse",
  });
  const mayDo = async () => {
    const allowed = [];
    for (const action of ACTIONS) {
      const isAllowed = (await ask("POST", `/projects/${action}`)).status === 200;
      if (isAllowed) allowed.push(action);
      equal(
        isAllowed,
        (await call("organization/has-permission", { permissions: { project: [action] } })).success,
        `${name}: ${action}`,
      );
    }
    return allowed;
  };
  return { user, ask, call, cookie, mayDo };
}

async function answers({ origin }, database) {
  const stranger = await fetch(`${origin}/me/gate`);
  equal(stranger.status, 401);
  const ana = await signedUp(origin, "ana");
  const bo = await signedUp(origin, "bo");
  equal((await bo.ask("GET", "/me/gate")).status, 401);

  const { id: organizationId } = await ana.call("organization/create", { name: "Acme", slug: "acme" });
  deepEqual(await ana.mayDo(), ACTIONS);
  await database.query(
    `insert into member (id, "organizationId", "userId", role, "createdAt") values ('bo', $1, $2, 'member', now())`,
    [organizationId, bo.user.id],
  );
  await bo.call("organization/set-active", { organizationId });
  deepEqual(await bo.mayDo(), ["view"]);

  // A role that is made while the service runs, and given together with another one.
  await ana.call("organization/create-role", { role: "sharer", permission: { project: ["view", "share"] } });
  await ana.call("organization/update-member-role", { memberId: "bo", role: ["member", "sharer"] });
  deepEqual(await bo.mayDo(), ["view", "share"]);
  await showsButtons(origin, bo, ["view", "create (closed)", "share", "delete (closed)"]);
  const { body: data } = await bo.ask("GET", "/me/gate");
  equal(JSON.stringify(data).includes("ana"), false);

  await ana.call("organization/update-role", {
    roleName: "sharer",
    data: { permission: { project: ["create"] } },
  });
  deepEqual(await bo.mayDo(), ["view", "create"]);
  // What Better Auth trims.
  await database.query("update member set role = 'nobody , sharer' where id = 'bo'");
  deepEqual(await bo.mayDo(), ["create"]);
  await database.query("update member set role = 'nobody' where id = 'bo'");
  deepEqual(await bo.mayDo(), []);
  await showsButtons(
    origin,
    bo,
    ACTIONS.map((action) => `${action} (closed)`),
  );
  await database.query("delete from member where id = 'bo'");
  equal((await bo.ask("POST", "/projects/view")).status, 401);
  deepEqual(await ana.mayDo(), ACTIONS);
}

async function showsButtons(origin, { cookie }, buttons) {
  const cookies = cookie()
    .split("; ")
    .map((pair) => ({
      name: pair.slice(0, pair.indexOf("=")),
      value: pair.slice(pair.indexOf("=") + 1),
      url: origin,
    }));
  await opened(`${origin}/index.html`, async (page) => deepEqual(await buttonsOf(page), buttons), {
    cookies,
  });
}
