// The consumers: which files each shares with others, and what it is asked when it is installed.

import { deepEqual, doesNotMatch, equal, match, rejects } from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runCommands } from "../commands.mjs";
import { serve } from "../runtimes/server.mjs";
import { add, edits, editsOnServer } from "./administration.mjs";
import { applicationOnPostgres, applicationOnWorkerd } from "./application.mjs";
import {
  answersAsAService,
  buttonsOf,
  folderServed,
  folderShowsInbox,
  INBOX,
  inFirefox,
  opened,
  showsInbox,
} from "./asking.mjs";
import { guardsMutations, guardsProcedures, guardsProxy, guardsServer } from "./guards.mjs";
import { organizations } from "./organizations.mjs";
import { peopleInPostgres } from "./people.mjs";
import { closes, followsLink, guardsPages, guardsRoute, isCompiled, servesPeopleApart, showsMore } from "./react.mjs";
import { showsScreen, showsScreenOfCasl } from "./screen.mjs";
import { ticketsInPostgres } from "./tickets.mjs";
import { answersAsTried, answersToTokens, startIssuer, tryIssuer } from "./tokens.mjs";

const SERVICE = { "roles.json": "roles.json", "service.js": "service.js" };
const BUNDLED = { "me.json": "public/me.json", "inbox.js": "src/inbox.js" };
/** What every framework shows. */
const SCREEN = { "screen.js": "src/screen.js" };
/** A service below a folder of an application, whose pages also ask in the browser. */
const serviceIn = (folder) => ({ "roles.json": "roles.json", "service.js": `${folder}service.js` });
/** The same for an application in React. */
const reactIn = (folder) => ({ ...serviceIn(folder), "inbox.jsx": "app/inbox.jsx" });
/** A service that knows people by their tokens. */
const tokensIn = (folder) =>
  Object.fromEntries(
    ["people.js", "issuer.js", "try.js", "conversations.js", "roles.json"].map((file) => [
      file,
      folder + file,
    ]),
  );
/** What guards ask about. */
const deskIn = (folder) => ({ "roles.json": "roles.json", "desk.js": `${folder}desk.js` });
/** A whole application, which does not know where it runs. */
const TICKETS = {
  ...Object.fromEntries(
    ["app.js", "people.js", "tables.js", "publishing.js"].map((file) => [`tickets/${file}`, `src/${file}`]),
  ),
  ...Object.fromEntries(
    ["issuer.js", "keys.js", "publish.js", "schema.sql"].map((file) => [`tickets/${file}`, file]),
  ),
  "tickets/acme.json": "roles/acme.json",
  "tickets/globex.json": "roles/globex.json",
};
/** Roles in code, and those that organizations of Better Auth make at run time. */
const ORGANIZATIONS = { "access.js": "access.js", "document.js": "document.js" };
const TESTED = Object.fromEntries(
  ["roles.json", "reply-button.js", "reply-button.test.js"].map((file) => [file, file]),
);

export const CONSUMERS = {
  node: { shared: SERVICE, ask: service("node", "server.js") },
  deno: {
    shared: SERVICE,
    ask: service("deno", "run", "--allow-env", "--allow-net", "--allow-read", "server.js"),
  },
  bun: { shared: SERVICE, ask: bun },
  wrangler: { shared: { "roles.json": "roles.json", "service.js": "src/service.js" }, ask: worker },
  "edge-worker": { ask: edgeWorker },
  "jwt-hono": { shared: tokensIn(""), ask: tokens("issuer.js", "node", "server.js") },
  "jwt-express": { shared: tokensIn(""), ask: tokens("issuer.js", "node", "server.js") },
  "jwt-workers": {
    shared: tokensIn("src/"),
    ask: tokens("src/issuer.js", "wrangler", "dev", "--ip", "127.0.0.1", "--port", "PORT"),
  },
  guards: { shared: deskIn(""), ask: guards },
  "guards-next": { shared: deskIn(""), ask: guardsOfNext },
  "guards-trpc": { shared: deskIn("src/"), ask: guardsBuilt(guardsProcedures) },
  "guards-yoga": { shared: deskIn(""), ask: (project) => served(project, ["npm", "start"], guardsMutations) },
  "guards-nest": { shared: deskIn("src/"), ask: guardsBuilt(guardsServer) },
  worker: { shared: TICKETS, ask: applicationOnWorkerd },
  "node-postgres": { shared: TICKETS, ask: applicationOnPostgres },
  "people-postgres": { ask: peopleInPostgres },
  "tickets-postgres": { ask: ticketsInPostgres },
  "better-auth": { shared: ORGANIZATIONS, ask: organizations },
  html: { shared: { "me.json": "public/me.json", "inbox.js": "public/inbox.js" }, ask: built },
  dom: { shared: { "roles.json": "roles.json" }, ask: servedAsItIs },
  vite: { shared: BUNDLED, ask: editedByVite },
  "vite-7": { sources: "vite", shared: BUNDLED, ask: editedByVite },
  "vite-6": { sources: "vite", shared: BUNDLED, ask: editedByVite },
  "vite-5": { sources: "vite", shared: BUNDLED, ask: editedByVite },
  vue: { shared: { "me.json": "public/me.json" }, ask: vite },
  svelte: { shared: { "me.json": "public/me.json" }, ask: vite },
  webpack: { shared: BUNDLED, ask: webpack },
  esbuild: { shared: BUNDLED, ask: esbuild },
  rollup: { shared: BUNDLED, ask: rollup },
  "esbuild-node": { shared: serviceIn("src/"), ask: bundledForNode },
  next: { shared: reactIn(""), ask: next("proxy") },
  "next-15": { sources: "next", shared: reactIn(""), ask: next("middleware") },
  "react-router": {
    shared: reactIn("app/"),
    ask: application(["react-router", "dev", "--host", "127.0.0.1", "--port", "PORT"], guardsRoute),
  },
  "tanstack-start": { shared: { "roles.json": "roles.json" }, ask: tanstackStart },
  "tanstack-router": { shared: { "me.json": "public/me.json" }, ask: routes },
  sveltekit: {
    shared: serviceIn("src/lib/"),
    ask: ending(application(["vite", "dev", "--host", "127.0.0.1", "--port", "PORT"], bound)),
  },
  nuxt: {
    shared: serviceIn("server/utils/"),
    ask: ending(application(["nuxt", "dev", "--host", "127.0.0.1", "--port", "PORT"], bound)),
  },
  astro: {
    shared: { ...serviceIn("src/"), "inbox.js": "src/inbox.js" },
    ask: application(["astro", "dev", "--host", "127.0.0.1", "--port", "PORT"]),
  },
  "server-rendering": { shared: { "roles.json": "roles.json" }, ask: serverRendering },
  react: { shared: { "me.json": "public/me.json" }, ask: vite },
  "ui-react": { shared: SCREEN, ask: reactScreen },
  "ui-react-18": { sources: "ui-react", shared: SCREEN, ask: reactScreen },
  "ui-react-compiler": { sources: "ui-react", shared: SCREEN, ask: compiledScreen },
  "ui-casl": { shared: SCREEN, ask: (project) => screen(project, () => {}, showsScreenOfCasl) },
  eslint: { shared: { "roles.json": "roles.json" }, ask: linted },
  "ui-vue": { shared: SCREEN, ask: screen },
  "ui-svelte": { shared: SCREEN, ask: screen },
  "ui-solid": {
    shared: { ...SCREEN, "me.json": "public/me.json", "roles.json": "roles.json" },
    ask: solid,
  },
  "ui-angular": { shared: SCREEN, ask: angular },
  "ui-angular-jit": { shared: SCREEN, ask: screen },
  "ui-angular-server": { shared: { "roles.json": "roles.json" }, ask: angularPages },
  "ui-angular-19": { sources: "ui-angular", shared: SCREEN, ask: angular },
  "ui-dom": { shared: SCREEN, ask: screen },
  vitest: { shared: TESTED, ask: (project) => tested(project, /Tests +3 passed/) },
  jest: { shared: TESTED, ask: (project) => tested(project, /Tests: +3 passed/) },
  importing: { ask: imports },
  import: { shared: { "access.js": "access.js" }, ask: importing },
  migrating: { shared: ORGANIZATIONS, ask: migrating },
  "command-line": { ask: commandLine },
  types: { home: new URL("../", import.meta.url), ask: types },
  published: { ask: published },
};

function service(...command) {
  return (project) => served(project, command, ({ origin }) => answersAsAService(origin));
}

function tokens(file, ...command) {
  return async (project) => {
    const issuer = await startIssuer(project.folder, file);
    try {
      await served(project, command, ({ origin }) => answersToTokens(origin, issuer));
    } finally {
      await issuer.stop();
    }
    const tried = await tryIssuer(project.folder, file);
    try {
      await served(project, command, ({ origin }) => answersAsTried(origin, tried));
    } finally {
      await tried.stop();
    }
  };
}

async function guards(project) {
  for (const file of ["hono.js", "express.js", "fastify.js"]) await served(project, ["node", file], guardsServer);
}

async function guardsOfNext(project) {
  const ask = async (server) => {
    await guardsServer(server);
    await guardsProxy(server);
  };
  await served(project, ["next", "dev", "--hostname", "127.0.0.1", "--port", "PORT"], ask);
  await project.run("npm", "run", "build");
  await served(project, ["npm", "start"], ask);
}

function guardsBuilt(ask) {
  return async (project) => {
    await project.run("npm", "run", "build");
    await served(project, ["npm", "start"], ask);
  };
}

/** npm runs no scripts of packages here, so the program is where it was unpacked: in the one package that fits this machine. */
async function bun(project) {
  const [unpacked] = await readdir(join(project.folder, "node_modules/@oven"));
  await service(`node_modules/@oven/${unpacked}/bin/bun`, "run", "server.js")(project);
}

/** What the page says, with this Node and the newest one; signatures, with the package's own peer. */
async function commandLine(project) {
  const page = await readFile(new URL("../../docs/command-line.md", import.meta.url), "utf8");
  const installed = await readdir(join(project.folder, "node_modules"));
  const newest = installed.find((name) => /^node-(linux|bin)-/.test(name));
  const programs = join(project.folder, "node_modules/.bin");
  for (const more of [[], [join(project.folder, "node_modules", newest, "bin")]]) {
    const folder = await mkdtemp(join(tmpdir(), "rolegate-commands-"));
    try {
      runCommands(page, folder, [programs, ...more]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  match(await project.run("npx", "rolegate", "--help"), /^usage: rolegate/);
  await writeFile(join(project.folder, "roles.json"), /```json roles\.json\n(.*?)```/s.exec(page)[1]);
  await project.run("npx", "rolegate", "keygen", "private.json", "public.json");
  match(await project.run("npx", "rolegate", "sign", "roles.json", "-k", "private.json"), /^ey[\w.-]+$/);
}

async function served(project, command, ask) {
  const server = await project.start(...command);
  try {
    await ask(server);
  } finally {
    await server.stop();
  }
}

async function built(project) {
  await project.run("npm", "run", "build");
  await folderShowsInbox(join(project.folder, "public"));
}

/** A page as any server renders it: what it holds are one person's answers, and what is closed does not act. */
async function servedAsItIs(project) {
  await project.run("npm", "run", "build");
  const { load } = await import(
    pathToFileURL(join(project.folder, "node_modules/rolegate/entries/node.js"))
  );
  const tenant = await load(await readFile(join(project.folder, "roles.json")));
  await folderServed(join(project.folder, "public"), async (page, wasm) => {
    const data = JSON.parse(await page.locator("#gate").textContent());
    deepEqual(data, { ...JSON.parse(JSON.stringify(tenant.for("ana"))), at: data.at });
    deepEqual(
      await page.$$eval("button", (buttons) => buttons.map((button) => button.getAttribute("aria-disabled"))),
      [null, "true"],
    );
    equal(await page.locator("a").isVisible(), false);
    const address = page.url();
    await page.locator("button").nth(1).press("Enter");
    equal(page.url(), address);
    await page.route("**/sent.html*", (route) => route.fulfill({ contentType: "text/html", body: "Sent" }));
    await page.locator("button").nth(0).press("Enter");
    await page.waitForURL("**/sent.html*");
    deepEqual(wasm, []);
  });
}

/** What a page of a development server has in its script, the built one fetches. */
const DEVELOPED = { fetched: 0 };
const BUILT = { fetched: 1 };
const RENDERED = { fetched: 0 };

const page =
  (wasm) =>
  ({ origin }) =>
    showsInbox(origin, wasm);

/** By Vite's development server, and built; in Firefox only built. `ask` gets what is fetched, and gives what asks a server. */
async function byVite(project, ask) {
  if (!inFirefox) await served(project, ["vite", "--host", "127.0.0.1", "--port", "PORT"], ask(DEVELOPED));
  await project.run("npm", "run", "build");
  await served(project, ["vite", "preview", "--host", "127.0.0.1", "--port", "PORT"], ask(BUILT));
}

function vite(project) {
  return byVite(project, page);
}

/** The same screen in a framework. `more` asks for what else it has. */
function screen(project, more = () => {}, shows = showsScreen) {
  return byVite(project, (wasm) => async ({ origin }) => {
    await shows(origin);
    if (!inFirefox) await more(origin, wasm);
  });
}

/** Also an inbox with a store, and one that a server rendered. */
async function solid(project) {
  await screen(project, (origin, wasm) => showsInbox(`${origin}/inbox.html`, wasm));
  if (!inFirefox) await hydrates(project);
}

async function angular(project) {
  const ask = async (address) => {
    await showsScreen(address);
    await opened(address, isStable);
    await opened(address, guardsRoutes);
  };
  if (!inFirefox)
    await served(project, ["ng", "serve", "--host", "127.0.0.1", "--port", "PORT"], ({ origin }) => ask(origin));
  await project.run("npm", "run", "build");
  const folder = pathToFileURL(join(project.folder, "dist/screen/browser/"));
  const server = await serve({ folders: { "/": folder } });
  await ask(`${server.origin}/index.html`).finally(() => server.close());
}

async function angularPages(project) {
  await served(project, ["ng", "serve", "--host", "127.0.0.1", "--port", "PORT"], page(RENDERED));
  await hydrates(project);
}

/** Also while a timer waits for the end of what a record's age allows. */
async function isStable(page) {
  await page.evaluate(() => {
    window.app.source("aging");
    window.app.late({ id: 1, at: new Date().toISOString() });
  });
  await page.locator("#late", { hasText: "open" }).waitFor();
  equal(await page.evaluate(() => window.app.isStable()), true);
}

/** Rows are replied to by those who own them; another row, and one that does not exist, redirect. */
async function guardsRoutes(page) {
  const visited = (path) => page.evaluate((it) => window.app.visit(it), path);
  equal(await visited("/reply/1"), "/reply/1");
  equal(await visited("/reply/7"), "/denied");
  equal(await visited("/reply/1000"), "/denied");
  await page.evaluate(() => window.app.emit("none"));
  equal(await visited("/reply/2"), "/sign-in");
}

/** Routes are guarded on the server, and where a link leads; pages begin with the answers of the server. */
function tanstackStart(project) {
  return byVite(project, () => async ({ origin }) => {
    await guardsRoute(origin);
    await followsLink(origin, "ana", "/team");
    await followsLink(origin, "bo", "/rendered");
  });
}

function routes(project) {
  return byVite(project, () => ({ origin }) => guardsPages(origin));
}

function reactScreen(project) {
  return screen(project, (origin) => showsMore(`${origin}/more.html`));
}

/** Components that ask a gate themselves are compiled by the React Compiler. */
async function compiledScreen(project) {
  await reactScreen(project);
  if (inFirefox) return;
  await served(project, ["vite", "--host", "127.0.0.1", "--port", "PORT"], async ({ origin }) =>
    isCompiled(await (await fetch(`${origin}/src/memoized.jsx`)).text()),
  );
}

async function webpack(project) {
  const develop = (ask) =>
    served(project, ["webpack", "serve", "--mode", "development", "--host", "127.0.0.1", "--port", "PORT"], ask);
  await develop(page(DEVELOPED));
  await built(project);
  await add(project, EDITING);
  await develop(editing(DEVELOPED));
  await builtForEditing(project);
}

async function rollup(project) {
  await built(project);
  await add(project, EDITING);
  await builtForEditing(project);
}

/** It places no files. */
async function esbuild(project) {
  await built(project);
  await add(project, EDITING);
  await project.run(
    ...["esbuild", "src/main.js", "--outdir=public", "--bundle", "--splitting", "--format=esm"],
    "--define:globalThis.PLACED=true",
  );
  await cp(
    join(project.folder, "node_modules/rolegate/rolegate-admin.wasm"),
    join(project.folder, "public/rolegate-admin.wasm"),
  );
  await folderEdits(project);
}

/** Files for a page in which roles are edited as well. */
const EDITING = { "main.js": "src/main.js", "editor.js": "src/editor.js" };

const editing =
  (wasm) =>
  ({ origin }) =>
    edits(origin, `${origin}/#choices`, wasm);

async function editedByVite(project) {
  await vite(project);
  await add(project, EDITING);
  await byVite(project, editing);
}

async function builtForEditing(project) {
  await project.run("npm", "run", "build");
  await folderEdits(project);
}

async function folderEdits({ folder }) {
  const server = await serve({ folders: { "/": pathToFileURL(join(folder, "public/")) } });
  const page = `${server.origin}/index.html`;
  await edits(page, `${page}#choices`, BUILT).finally(() => server.close());
}

/** Each bundle runs in a folder where there is nothing else: neither the package nor its wasm. */
async function bundledForNode(project) {
  await bundlesElsewhere(project, answersAsAService);
  await add(project, { "server.js": "src/server.js", "editor.js": "src/editor.js" });
  await bundlesElsewhere(project, editsOnServer);
}

async function bundlesElsewhere(project, ask) {
  await project.run("npm", "run", "build");
  for (const name of ["server.mjs", "server.cjs"]) {
    const elsewhere = await mkdtemp(join(tmpdir(), "rolegate-bundle-"));
    await rename(join(project.folder, "dist", name), join(elsewhere, name));
    await served(project, ["node", join(elsewhere, name)], ({ origin }) => ask(origin)).finally(() =>
      rm(elsewhere, { recursive: true }),
    );
  }
}

/** By its development server, and built: a page that loads its roles in the browser, one rendered with those of the server, and the service. */
function application(develop, extra = () => {}) {
  const ask =
    (wasm) =>
    async ({ origin }) => {
      await answersAsAService(origin);
      await showsInbox(origin, wasm);
      await showsInbox(`${origin}/rendered`, RENDERED);
      await extra(origin, wasm);
    };
  return async (project) => {
    await served(project, develop, ask(DEVELOPED));
    await project.run("npm", "run", "build");
    await served(project, ["npm", "start"], ask(BUILT));
  };
}

/**
 * Also by what answers before any page, `proxy` of Next 16, in Node; `middleware` of Next 15, at the edge; and
 * in server components.
 */
function next(name) {
  const ask = application(["next", "dev", "--hostname", "127.0.0.1", "--port", "PORT"], async (origin, wasm) => {
    await answersAsAService(`${origin}/${name}`);
    await servesPeopleApart(origin);
    await editsOnServer(`${origin}/choices/node`);
    await editsOnServer(`${origin}/choices/edge`);
    await edits(origin, `${origin}/choices`, wasm);
  });
  return async (project) => {
    await add(project, {
      "editor.js": "app/choices/editor.js",
      "page.js": "app/choices/page.js",
      "route.js": "app/choices/node/route.js",
      "edge.js": "app/choices/edge/route.js",
    });
    await ask(project);
  };
}

/** Without roles it answers 503. */
async function worker(project) {
  const dev = ["wrangler", "dev", "--ip", "127.0.0.1", "--port", "PORT"];
  await served(project, dev, async ({ origin }) => {
    const headers = { "x-user": "ana" };
    equal((await fetch(`${origin}/reply/invoice`, { headers })).status, 503);
  });
  await project.run("npm", "run", "roles");
  const asked = (ask) => served(project, dev, ({ origin }) => ask(origin));
  await asked(answersAsAService);
  await add(project, { "worker.js": "src/worker.js", "editor.js": "src/editor.js" });
  await asked(editsOnServer);
}

/** Snapshots that are published through a Durable Object and kept from KV. */
async function edgeWorker(project) {
  const json = (revision, users) =>
    JSON.stringify({
      format: "rolegate/1",
      tenant: "acme",
      revision,
      catalog: { categories: [{ id: "notes", permissions: [{ id: "notes.view" }] }] },
      roles: [{ id: "reader", name: "Reader", grants: { "notes.view": true } }],
      users: users.map((id) => ({ id, roles: ["reader"] })),
    });
  await served(project, ["wrangler", "dev", "--ip", "127.0.0.1", "--port", "PORT"], async ({ origin }) => {
    const status = async (path, user) => {
      const headers = user === undefined ? {} : { "x-user": user };
      return (await fetch(`${origin}${path}`, { headers })).status;
    };
    const put = async (path, body) => (await fetch(`${origin}${path}`, { method: "PUT", body })).json();
    equal(await status("/acme/notes", "ana"), 503);
    const both = await Promise.all([put("/acme", json(1, ["ana"])), put("/acme", json(1, ["bo"]))]);
    const won = both.findIndex(({ code }) => code === undefined);
    deepEqual([both[won].revision, both[1 - won].code, both[1 - won].revision], [1, "old-revision", 1]);
    const [may, mayNot] = won === 0 ? ["ana", "bo"] : ["bo", "ana"];
    deepEqual(
      await Promise.all([may, mayNot, undefined].map((user) => status("/acme/notes", user))),
      [200, 403, 401],
    );
    equal((await put("/acme", json(2, []).slice(1))).code, "syntax");
    equal((await put("/other", json(2, []))).code, "wrong-tenant");
    equal(await status("/other/notes", "ana"), 503);
  });
  doesNotMatch(await project.run("wrangler", "deploy", "--dry-run"), /node:|warning/i);
}

/** What the rule says of the files of the project: nothing wrong is missed, nothing right is reported, suggestions are right. */
async function linted(project) {
  await rejects(project.run("eslint", "src", "--format", "json", "--output-file", "found.json"));
  const files = JSON.parse(await readFile(join(project.folder, "found.json"), "utf8"));
  const found = files.flatMap(({ filePath, messages }) =>
    messages.map(({ line, message, suggestions = [] }) => {
      equal(suggestions.length, message.includes("Did you mean") ? 1 : 0, message);
      return `${basename(filePath)}:${line} ${message.replace(/^There is no permission /, "")}`;
    }),
  );
  deepEqual(found.sort(), (await readFile(new URL("eslint/found.txt", import.meta.url), "utf8")).trim().split("\n"));
}

async function tested(project, passed) {
  match(await project.run("npm", "test"), passed);
}

/** Every statement about what two packages answer is an assertion in these scripts. */
async function migrating(project) {
  for (const script of ["casl.js", "accesscontrol.js", "by-hand.js", "casl-same.js", "better-auth-same.js"])
    await project.run("node", script);
}

/** The examples of the page give what it shows, and the roles of its guide are tested. */
async function imports(project) {
  for (const name of ["better-auth", "casl", "casbin", "keycloak", "kubernetes", "cerbos"]) {
    await project.run("npm", "run", name);
    const made = await readFile(join(project.folder, name, "roles.json"), "utf8");
    const shown = await readFile(new URL(`importing/${name}/roles.json`, import.meta.url), "utf8");
    equal(made, shown);
  }
  await project.run("npm", "run", "check");
  match(await project.run("npm", "test"), /3 passed, 0 failed/);
}

/** What others answer to sampled questions, and what a snapshot made of their files does. */
async function importing(project) {
  for (const peer of ["better-auth", "casl", "casbin", "cerbos"]) await project.run("node", `${peer}.js`);
}

/** The oldest and the newest compiler that are supported, every way to find modules, with the types of a browser and without. */
const COMPILERS = ["typescript-oldest", "typescript-newest"];
const RESOLUTIONS = { NodeNext: "NodeNext", Node16: "Node16", ESNext: "Bundler" };
const LIBRARIES = ["ES2022,DOM", "ES2022"];

async function types(project) {
  const config = JSON.parse(await readFile(join(project.folder, "tsconfig.json"), "utf8"));
  // One file at a time: what one registers holds for all that is compiled with it.
  for (const [file, more, ways] of [
    ["plain.ts", {}, waysToCompile(LIBRARIES)],
    ["registered.ts", {}, waysToCompile(LIBRARIES)],
    // Handlers of requests have the types of `fetch`.
    ["servers.ts", {}, waysToCompile(["ES2022,DOM"])],
    // The types of frameworks are their own matter, and need those of a platform.
    ["guards.ts", { types: ["node"], skipLibCheck: true }, waysToCompile(["ES2022,DOM"])],
  ]) {
    const compilerOptions = { ...config.compilerOptions, ...more };
    await writeFile(join(project.folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
    for (const [compiler, options] of ways)
      await project.run("node", `node_modules/${compiler}/bin/tsc`, "--project", ".", ...options);
  }
}

function waysToCompile(libraries) {
  const resolutions = Object.entries(RESOLUTIONS).map(([module, resolution]) => [
    "--module",
    module,
    "--moduleResolution",
    resolution,
  ]);
  const options = resolutions.flatMap((resolution) =>
    libraries.map((library) => [...resolution, "--lib", library]),
  );
  return COMPILERS.flatMap((compiler) => options.map((option) => [compiler, option]));
}

/** What a registry would be given, and the reference of its types, which is left in `target/api`. */
async function published({ run, tarball }) {
  await run("publint", "run", tarball, "--strict");
  await run("attw", tarball, "--profile", "esm-only");
  await run("npm", "publish", "--dry-run", "--ignore-scripts", tarball);
  await run("tar", "-xzf", tarball);
  await run("typedoc", "--out", fileURLToPath(new URL("../../target/api", import.meta.url)));
}

const HOUR = 3_600_000;

async function expireInAnHour({ folder }) {
  const file = join(folder, "roles.json");
  const roles = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...roles, expiresAt: new Date(Date.now() + HOUR).toISOString() }));
}

/** Its roles expire in an hour. */
function ending(ask) {
  return async (project) => {
    await expireInAnHour(project);
    await ask(project);
  };
}

/**
 * A page of a moment at which the roles held, opened an hour after they expired: the first render is the
 * server's, the next one closes. In development, React says where the two differ.
 */
async function serverRendering(project) {
  await expireInAnHour(project);
  for (const more of [[], ["--", '--define:process.env.NODE_ENV="development"']]) {
    await project.run("npm", "run", "build", ...more);
    await served(project, ["npm", "start"], async ({ origin }) => {
      const html = await (await fetch(origin)).text();
      const buttons = [...html.matchAll(/<button( disabled="")?>(.*?)<\/button>/g)].map(
        ([, closed, text]) => `${text}${closed ? " (closed)" : ""}`,
      );
      deepEqual(buttons, INBOX);
      await showsInbox(origin, RENDERED);
      await opened(origin, closes, { clock: Date.now() + 2 * HOUR });
    });
  }
}

/** The same of an application with a binding; what is closed is not in its HTML, and routes are guarded. */
async function bound(origin) {
  const html = await (await fetch(`${origin}/rendered`)).text();
  match(html, /Two conversations/);
  doesNotMatch(html, /Delete all/);
  await opened(
    `${origin}/rendered`,
    async (page) => {
      await closesAll(page);
      equal(await page.getByText("Two conversations").count(), 0);
    },
    { clock: Date.now() + 2 * HOUR },
  );
  const [open, closed] = await Promise.all(
    ["conversations", "settings"].map((path) => fetch(`${origin}/${path}`, { redirect: "manual" })),
  );
  deepEqual([open.status, closed.status >= 300, closed.headers.get("location")], [200, true, "/"]);
}

/**
 * The same in a framework, with its own components. What is closed is not in the HTML; the page keeps the
 * elements of the server.
 */
async function hydrates(project) {
  await expireInAnHour(project);
  await project.run("npm", "run", "build:pages");
  await served(project, ["npm", "start"], async ({ origin }) => {
    const html = await (await fetch(origin)).text();
    equal(html.match(/<textarea/g)?.length, 1);
    equal(html.match(/<button[^>]* disabled/g)?.length, 1);
    await showsInbox(origin, RENDERED);
    await opened(origin, async (page) => equal(await page.locator("textarea").count(), 1));
    await opened(origin, closesAll, { clock: Date.now() + 2 * HOUR });
    await opened(origin, (page) => page.locator("textarea").waitFor({ state: "detached" }), {
      clock: Date.now() + 2 * HOUR,
    });
  });
}

async function closesAll(page) {
  await page.waitForSelector("button:enabled", { state: "detached" });
  deepEqual(await buttonsOf(page), ["Reply: Invoice (closed)", "Reply: Delivery (closed)"]);
}
