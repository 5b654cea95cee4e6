// A PostgreSQL of its own for a test: in a folder that is removed again, on a free port of this machine.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { findProgram, startServer } from "../databases/server.mjs";

const DEBIAN = "/usr/lib/postgresql";
/** The oldest version that the applications are meant for. */
const OLDEST = 15;
/** Nothing of it has to survive. */
const HASTY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"].flatMap((setting) => [
  "-c",
  setting,
]);

/**
 * @param locale what `initdb` is told about it
 * @returns `{ url, stop }` of an empty database
 */
export async function startPostgres(locale = []) {
  const [initdb, postgres] = ["initdb", "postgres"].map(program);
  const { port, stop } = await startServer({
    name: "postgres",
    accounts: ["postgres"],
    prepare(folder, run) {
      const who = ["--pgdata", folder, "--username", "inbox", "--auth", "trust"];
      run(initdb, [...who, "--encoding", "UTF8", "--no-sync", ...locale]);
    },
    command: (folder, port) => [postgres, ["-D", folder, "-h", "127.0.0.1", "-p", port, "-k", folder, ...HASTY]],
    ready: "ready to accept connections",
    signal: "SIGINT",
  });
  return { url: `postgres://inbox@127.0.0.1:${port}/postgres`, stop };
}

const HOW = "on Debian `apt-get install postgresql`; elsewhere put its `initdb` and `postgres` on the PATH";

/** Debian keeps the programs of the server off the path, in a folder for each version: the newest is taken. */
function program(name) {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => b - a) : [];
  const found = findProgram(
    name,
    versions.map((version) => join(DEBIAN, version, "bin")),
  );
  if (found === undefined) throw new Error(`no PostgreSQL ${OLDEST} or newer (\`${name}\`): ${HOW}`);
  const { stdout, error } = spawnSync(found, ["--version"], { encoding: "utf8" });
  if (!(Number.parseInt(/\d+/.exec(stdout)?.[0], 10) >= OLDEST))
    throw new Error(
      `PostgreSQL ${OLDEST} or newer is needed, and \`${found}\` is ${error?.message ?? stdout?.trim()}: ${HOW}`,
    );
  return found;
}
