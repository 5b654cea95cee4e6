// From nothing to a first answer: the programs that are started, each a bundled, minified script with the
// data that it is given.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { load } from "rolegate";
import { rulesOf } from "../contenders/casl-rules.mjs";
import { bundle, pathOf } from "../runtimes/bundle.mjs";
import { me, myGrants, partsOf, roles, snapshot } from "../tenant/helpdesk.mjs";

const PERMISSION = "conversations.assign";

/** What is asked: a record of the user's own. */
export const question = {
  user: me.id,
  permission: PERMISSION,
  ...partsOf(PERMISSION),
  record: {
    type: "conversations",
    assigneeId: me.id,
    teamId: "legal",
    status: "open",
    priority: 1,
    vip: false,
    channel: "email",
  },
};

/** What servers and browsers are given: the tenant, or one user's part. */
async function dataOf() {
  const tenant = JSON.stringify(snapshot());
  const loaded = await load(tenant);
  return {
    tenant,
    user: loaded.narrow(me.id),
    gate: JSON.stringify(loaded.for(me.id)),
    rules: JSON.stringify(rulesOf(myGrants(), me)),
    roles: JSON.stringify({ roles, me }),
  };
}

export const data = await dataOf();

const NODE = [
  { name: "rolegate", entry: "rolegate", text: data.tenant },
  { name: "rolegate/lite", entry: "lite", text: data.gate },
  { name: "CASL", entry: "casl-tenant", text: data.roles },
  { name: "easy-rbac", entry: "easy-rbac", text: data.roles },
  { name: "by hand", entry: "by-hand", text: data.roles },
];

const BROWSER = [
  { name: "rolegate", entry: "rolegate", text: data.user, wasm: true },
  { name: "rolegate/lite", entry: "lite", text: data.gate },
  { name: "CASL", entry: "casl", text: data.rules },
];

/**
 * The programs for `node` or `browser`, written into a folder each; the wasm lies beside the folders, where
 * the package looks for it.
 */
export async function programs(platform) {
  const folder = pathOf(`target/bench/cold-${platform}`);
  await mkdir(folder, { recursive: true });
  await copyFile(pathOf("pkg/rolegate.wasm"), `${folder}/rolegate.wasm`);
  const made = (platform === "node" ? NODE : BROWSER).map(async ({ entry, text, ...program }) => {
    const [script, file] = [`${folder}/${entry}/main.mjs`, `${folder}/${entry}/data.json`];
    await bundle({
      entry: `cold/entries/${entry}.mjs`,
      outfile: script,
      conditions: [platform],
      platform,
      minify: true,
    });
    await writeFile(file, text);
    return { ...program, entry, script, file };
  });
  return { folder, programs: await Promise.all(made) };
}
