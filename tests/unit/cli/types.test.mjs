// The file that `rolegate types` writes, in an application: what is misspelt does not compile, in checks,
// hooks, guards, limits and lists.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const pathOf = (name) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

const SNAPSHOT = {
  format: "rolegate/1",
  revision: 1,
  catalog: {
    categories: [
      {
        id: "t",
        permissions: [
          { id: "tickets.view", title: "View", scopes: ["own", "all"] },
          { id: "billing.manage" },
        ],
      },
    ],
    resources: { tickets: { owner: ["assignee.id", "watchers.id"] } },
    masks: [{ resource: "tickets", field: "customer.mail", permission: "tickets.view" }],
  },
  roles: [
    {
      id: "a",
      name: "A",
      grants: {
        "tickets.view": {
          when: {
            $or: [
              { "resource.status": "open", "resource.size": { $lt: 3 } },
              { "resource.labels": { $has: "new" }, "resource.from-mail": { $endsWith: "@example.com" } },
              {
                "resource.messages": { $elem: { "element.draft": true } },
                "resource.at": { $since: "now-1h" },
              },
              { "resource.region": { $eq: { $ref: "user.region" } } },
            ],
          },
        },
      },
    },
  ],
};

const PROGRAM = `
import { load, type Gate } from "rolegate";
import { createGuard } from "rolegate/guard";
import { useCan } from "rolegate/react";

const ticket = {
  assignee: { id: "ana" }, watchers: [{ id: "bo" }], status: "open", size: 1, labels: ["new"],
  "from-mail": "x@example.com", messages: [{ draft: true }], at: new Date(), region: 3, customer: { mail: 1 }, more: 1,
};

export async function asks(gate: Gate): Promise<void> {
  gate.can("tickets.view", ticket);
  gate.can("tickets.view", { assignee: null, watchers: [] });
  gate.can(\`\${"tickets" as const}.view\`);
  // @ts-expect-error -- misspelt
  gate.can("tickets.veiw", ticket);
  // @ts-expect-error -- misspelt, in a template
  gate.can(\`\${"ticket" as const}.view\`);
  // @ts-expect-error -- whose it is is missing
  gate.can("tickets.view", { status: "open" });
  // @ts-expect-error -- a status is text
  gate.can("tickets.view", { ...ticket, status: 3 });
  // @ts-expect-error -- drafts are true or false
  gate.can("tickets.view", { ...ticket, messages: [{ draft: "yes" }] });
  // @ts-expect-error -- misspelt
  gate.filter("tickets.veiw", [ticket]);
  const snapshot = await load({});
  snapshot.for("ana", { limit: ["tickets.view", "tickets.*", "*"] });
  // @ts-expect-error -- misspelt
  snapshot.for("ana", { limit: ["tickets.veiw"] });
  useCan("tickets.view", ticket);
  // @ts-expect-error -- misspelt
  useCan("tickets.veiw");
  const { requireCan } = createGuard({ gate: () => gate });
  requireCan("billing.manage");
  requireCan("tickets.view", () => ticket);
  // @ts-expect-error -- it is about records
  requireCan("tickets.view");
}
`;

test("an application with the file compiles, and does not where something is misspelt", () => {
  const folder = mkdtempSync(join(tmpdir(), "rolegate-types-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(pathOf("pkg"), join(folder, "node_modules/rolegate"), "junction");
    for (const name of ["react", "@types"])
      symlinkSync(pathOf(`node_modules/${name}`), join(folder, "node_modules", name), "junction");
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "roles.json"), JSON.stringify(SNAPSHOT));
    writeFileSync(join(folder, "app.ts"), PROGRAM);
    execFileSync(process.execPath, [pathOf("pkg/cli/main.js"), "types", "roles.json", "-o", "names.ts"], {
      cwd: folder,
    });
    const options = "--noEmit --strict --skipLibCheck --target ES2022 --lib ES2022,DOM,ESNext.Disposable";
    const { status, stdout } = spawnSync(
      process.execPath,
      [
        pathOf("node_modules/typescript/bin/tsc"),
        ...options.split(" "),
        ..."--exactOptionalPropertyTypes --module NodeNext --ignoreConfig app.ts names.ts".split(" "),
      ],
      { cwd: folder, encoding: "utf8" },
    );
    assert.equal(stdout, "");
    assert.equal(status, 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
