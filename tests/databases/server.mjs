// Servers of their own for tests: in a folder that is removed again, on a free port of this machine, and gone
// whichever way the test ends.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long a server may take to start, in milliseconds. */
const PATIENCE = 60_000;
/** Where programs of servers lie that are not on the path of every user. */
const SYSTEM = ["/usr/sbin", "/usr/local/sbin"];

/** What is running: the process and the folder of each. */
const running = new Set();
let isWatching = false;

/**
 * Starts a server, as a user without privileges if `accounts` says so: the servers of databases insist on it.
 *
 * @param name what the folder is called by
 * @param accounts system users that it may run as if root starts it; the first that there is, else nobody
 * @param prepare is given the folder, and `run(program, arguments, input)`
 * @param command gives `[program, arguments]` of the server
 * @param ready what it says when it can be asked
 * @param signal ends it, and sessions with it
 * @returns `{ port, stop }`
 */
export async function startServer({ name, accounts, prepare, command, ready, signal }) {
  endWithTheTest();
  const folder = mkdtempSync(join(tmpdir(), `rolegate-${name}-`));
  const entry = { folder, signal, process: undefined, ended: undefined };
  running.add(entry);
  try {
    const user = accounts === undefined ? {} : unprivileged(accounts);
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
    const options = { cwd: folder, ...user };
    prepare(folder, (program, words, input = "") => {
      const { status, error, stdout, stderr } = spawnSync(program, words, {
        ...options,
        input,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`${program}: ${error ?? `${stdout}${stderr}`}`);
    });
    const port = await freePort();
    const [program, words] = command(folder, port);
    const server = spawn(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    entry.process = server;
    entry.ended = new Promise((resolve) => server.once("close", resolve).once("error", resolve));
    await saying(server, ready, name);
    return { port, stop: () => stop(entry) };
  } catch (error) {
    await stop(entry);
    throw error;
  }
}

async function stop(entry) {
  entry.process?.kill(entry.signal);
  await entry.ended;
  rmSync(entry.folder, { recursive: true, force: true });
  running.delete(entry);
}

/** Waits until the server says `ready`. */
async function saying(server, ready, name) {
  let log = "";
  let failure;
  server.once("error", (error) => (failure = error));
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (log += data));
  for (const end = Date.now() + PATIENCE; !log.includes(ready); await pause(20))
    if (failure !== undefined || server.exitCode !== null || Date.now() > end)
      throw new Error(`${name} does not start: ${failure ?? ""}\n${log}`);
  // What it says later is read and forgotten: nobody listening would block it.
  log = ready;
}

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A test that fails or is interrupted leaves neither process nor folder. */
function endWithTheTest() {
  if (isWatching) return;
  isWatching = true;
  for (const [signal, number] of [
    ["SIGHUP", 1],
    ["SIGINT", 2],
    ["SIGTERM", 15],
  ])
    process.once(signal, async () => {
      await Promise.all([...running].map(stop));
      process.exit(128 + number);
    });
  // Where nothing can be waited for any more. SIGQUIT is the fastest end that leaves no shared memory behind.
  process.once("exit", () => {
    for (const { process: server, folder } of running) {
      server?.kill("SIGQUIT");
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    }
  });
}

/** Somebody else, if this is root. */
function unprivileged(accounts) {
  if (process.getuid?.() !== 0) return {};
  for (const account of [...accounts, "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((kind) =>
      Number.parseInt(spawnSync("id", [kind, account], { encoding: "utf8" }).stdout, 10),
    );
    if (uid > 0 && gid > 0) return { uid, gid };
  }
  return { uid: 65534, gid: 65534 };
}

/** The first file called `name` in `folders` and then on the path; `undefined` if there is none. */
export function findProgram(name, folders = []) {
  const path = (process.env.PATH ?? "").split(":");
  return [...folders, ...path, ...SYSTEM]
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
