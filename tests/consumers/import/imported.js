import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "rolegate";

/** Writes files and imports them with the installed command. @returns the snapshot, and the report */
export async function imported(name, files, ...options) {
  const folder = await mkdtemp("import-");
  const paths = Object.keys(files).map((file) => join(folder, file));
  for (const [index, content] of Object.values(files).entries())
    await writeFile(paths[index], typeof content === "string" ? content : JSON.stringify(content));
  const out = join(folder, "roles.out");
  const args = ["import", name, ...paths, "--lossy", "--format", "json", "--out", out, ...options];
  const { status, stdout, stderr } = spawnSync("rolegate", args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${status}: ${stderr}`);
  return { snapshot: await load(await readFile(out)), lost: JSON.parse(stdout).lost };
}
