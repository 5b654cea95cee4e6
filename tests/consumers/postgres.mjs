// A PostgreSQL of its own for a test: in a folder that is removed again, on a free port of this machine.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const DEBIAN = "/usr/lib/postgresql";
/** The oldest version that the applications are meant for. */
const OLDEST = 15;
/** How long it may take to start, in milliseconds. */
const PATIENCE = 60_000;
/** Nothing of it has to survive. */
const HASTY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"].flatMap((setting) => [
  "-c",
  setting,
]);

/** @returns `{ url, stop }` of an empty database */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), "rolegate-postgres-"));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const options = { cwd: folder, stdio: ["ignore", "pipe", "pipe"], ...user };
  const made = spawnSync(
    program("initdb"),
    ["--pgdata", folder, "--username", "inbox", "--auth", "trust", "--encoding", "UTF8", "--no-sync"],
    options,
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.error ?? made.stderr}`);
  const port = await freePort();
  const server = spawn(
    program("postgres"),
    ["-D", folder, "-h", "127.0.0.1", "-p", port, "-k", folder, ...HASTY],
    options,
  );
  let log = "";
  for (const stream of [server.stdout, server.stderr]) stream.on("data", (data) => (log += data));
  const ended = once(server, "close");
  const stop = async () => {
    server.kill("SIGINT"); // ends sessions, too
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  for (
    const end = Date.now() + PATIENCE;
    !log.includes("ready to accept connections");
    await new Promise((resolve) => setTimeout(resolve, 50))
  ) {
    if (server.exitCode === null && Date.now() < end) continue;
    await stop();
    throw new Error(`PostgreSQL does not start:\n${log}`);
  }
  return { url: `postgres://inbox@127.0.0.1:${port}/postgres`, stop };
}

/** PostgreSQL refuses to run as root. */
function unprivileged() {
  if (process.getuid?.() !== 0) return {};
  const idOf = (kind) => Number(spawnSync("id", [kind, "postgres"], { encoding: "utf8" }).stdout) || 65534;
  return { uid: idOf("-u"), gid: idOf("-g") };
}

const HOW = "on Debian `apt-get install postgresql`; elsewhere put its `initdb` and `postgres` on the PATH";

/** Debian keeps the programs of the server off the path, in a folder for each version: the newest is taken. */
function program(name) {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const folders = [
    ...versions.map((version) => `${DEBIAN}/${version}/bin`),
    ...(process.env.PATH ?? "").split(":"),
  ];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found === undefined) throw new Error(`no PostgreSQL ${OLDEST} or newer (\`${name}\`): ${HOW}`);
  const { stdout, error } = spawnSync(found, ["--version"], { encoding: "utf8" });
  if (!(Number.parseInt(/\d+/.exec(stdout)?.[0], 10) >= OLDEST))
    throw new Error(
      `PostgreSQL ${OLDEST} or newer is needed, and \`${found}\` is ${error?.message ?? stdout?.trim()}: ${HOW}`,
    );
  return found;
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
