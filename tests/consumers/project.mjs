// A project that uses the package, in an empty folder outside this repository: copied, installed from the packed tarball, and run there.

import { spawn } from "node:child_process";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = new URL("./", import.meta.url);
const PACKAGE = "rolegate";
const HOST = "127.0.0.1";
/** Nothing is installed from a folder above, no tool asks its maker about anything, none opens a browser. */
const ENVIRONMENT = {
  ...process.env,
  CI: "true",
  NO_COLOR: "1",
  BROWSER: "none",
  DENO_NO_UPDATE_CHECK: "1",
  DO_NOT_TRACK: "1",
  WRANGLER_SEND_METRICS: "false",
  NEXT_TELEMETRY_DISABLED: "1",
  NUXT_TELEMETRY_DISABLED: "1",
  ASTRO_TELEMETRY_DISABLED: "1",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
};
/** How long a server may take to answer, and a command to end, in milliseconds. */
const PATIENCE = 240_000;

/**
 * Copies and installs the project in the folder `name` of `home`, with files of `shared/` at the places that `shared` maps them to.
 * One of another version has only what differs; everything else is in the folder `sources`.
 * @param {string} tarball the packed package
 */
export async function prepared(name, { sources, shared = {}, home = HERE }, tarball) {
  const folder = await mkdtemp(join(tmpdir(), `rolegate-${name}-`));
  const source = new URL(`${name}/`, home);
  const notInstalled = (path) => !path.includes("node_modules");
  const ofAllVersions = (path) => notInstalled(path) && !/package(-lock)?\.json$/.test(path);
  if (sources !== undefined)
    await cp(fileURLToPath(new URL(sources, home)), folder, { recursive: true, filter: ofAllVersions });
  await cp(fileURLToPath(source), folder, { recursive: true, filter: notInstalled });
  for (const [file, place] of Object.entries(shared))
    await cp(fileURLToPath(new URL(`shared/${file}`, HERE)), join(folder, place));
  await cp(fileURLToPath(new URL("../../.npmrc", HERE)), join(folder, ".npmrc"));
  const project = projectAt(name, folder, tarball);
  try {
    await install(project, source, tarball);
    return project;
  } catch (error) {
    await project.remove();
    throw error;
  }
}

/** What can be done with a project in a folder; `with` gives the same with more variables of the environment. */
function projectAt(name, folder, tarball, variables = {}) {
  return {
    name,
    folder,
    tarball,
    with: (more) => projectAt(name, folder, tarball, { ...variables, ...more }),
    run: (...command) => run(folder, command, variables),
    start: (...command) => start(folder, command, variables),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** What the lock file says, and the tarball in place of the version that `package.json` names. A project without a lock file gets one. */
async function install({ folder, run }, source, tarball) {
  const [manifest, lock] = [join(folder, "package.json"), join(folder, "package-lock.json")];
  const version = await edited(manifest, ({ dependencies }) => swap(dependencies, `file:${tarball}`));
  const isLocked = (await readdir(folder)).includes("package-lock.json");
  if (isLocked) await edited(lock, (content) => relock(content, `file:${tarball}`));
  await run("npm", isLocked ? "ci" : "install");
  if (isLocked) return;
  await edited(lock, (content) => relock(content, version));
  await cp(lock, fileURLToPath(new URL("package-lock.json", source)));
  throw new Error(
    `made ${fileURLToPath(source)}package-lock.json, which was missing: look at it and run this again`,
  );
}

/** Gives the version that stood there. */
function swap(dependencies, version) {
  const before = dependencies[PACKAGE];
  dependencies[PACKAGE] = version;
  return before;
}

/** The lock of this package has neither place nor hash: both change with every build. */
function relock({ packages }, version) {
  swap(packages[""].dependencies, version);
  const entry = packages[`node_modules/${PACKAGE}`];
  delete entry.integrity;
  delete entry.resolved;
  if (version.startsWith("file:")) entry.resolved = version;
}

async function edited(file, edit) {
  const content = JSON.parse(await readFile(file, "utf8"));
  const result = edit(content);
  await writeFile(file, `${JSON.stringify(content, null, 2)}\n`);
  return result;
}

/** Runs a program, or one that the project has installed, to its end; gives what it printed. */
async function run(folder, command, variables) {
  const child = spawned(folder, command, variables);
  const timer = setTimeout(child.stop, PATIENCE);
  const code = await child.ended;
  clearTimeout(timer);
  if (code !== 0) throw new Error(`\`${command.join(" ")}\` ended with ${code}:\n${child.output()}`);
  return child.output();
}

/**
 * Starts a server and waits until `http://127.0.0.1:PORT` answers. It gets the port in the variable PORT and wherever the command says `PORT`.
 * @returns `{ origin, stop, output }`; `output()` is what it has printed
 */
async function start(folder, command, variables) {
  const port = await freePort();
  const child = spawned(
    folder,
    command.map((word) => word.replace("PORT", port)),
    { ...variables, PORT: port },
  );
  const origin = `http://${HOST}:${port}`;
  try {
    await answering(origin, child);
    return { origin, stop: child.stop, output: child.output };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

function spawned(folder, [program, ...words], variables) {
  const path = [join(folder, "node_modules", ".bin"), dirname(process.execPath), process.env.PATH].join(":");
  const env = { ...ENVIRONMENT, ...variables, PATH: path };
  // In a group of its own, so that what it starts ends with it.
  const child = spawn(program, words, {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (text += data));
  const ended = new Promise((resolve) =>
    child.once("close", resolve).once("error", (error) => ((text += error.message), resolve(-1))),
  );
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const stop = () => {
    if (isRunning()) process.kill(-child.pid, "SIGKILL");
    return ended;
  };
  return { ended, stop, isRunning, output: () => text.trim() };
}

async function answering(origin, child) {
  for (const end = Date.now() + PATIENCE; Date.now() < end && child.isRunning(); ) {
    const isUp = await fetch(origin).then(
      () => true,
      () => false,
    );
    if (isUp) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no answer from ${origin}:\n${child.output()}`);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, HOST, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
