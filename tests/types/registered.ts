// An application that has registered its names: a misspelt permission does not compile.

import { type Category, type Gate, init, load, type Limit, type Permission, type Snapshot } from "rolegate";
import { type LiteGate, restore } from "rolegate/lite";
import { testGate } from "rolegate/testing";

interface Conversation {
  assigneeId: string | null;
  teamId: string;
}

declare module "rolegate" {
  interface Register {
    permission: "conversations.view" | "conversations.reply";
    resources: { conversations: Conversation; notes: { owner: string } };
  }
}

export const known: Permission = "conversations.view";
// @ts-expect-error -- misspelt
export const unknown: Permission = "conversations.veiw";

export function checks(gate: Gate, lite: LiteGate, conversation: Conversation): void {
  gate.can("conversations.reply", conversation);
  gate.can("conversations.view", { owner: "ana" });
  lite.can("conversations.reply", null);
  for (const permission of gate.permissions()) gate.can(permission);

  // @ts-expect-error -- misspelt
  gate.can("conversations.replay");
  // @ts-expect-error -- misspelt
  gate.can("conversations.replay", conversation);
  // @ts-expect-error -- misspelt
  lite.can("conversations.replay", conversation);
  // @ts-expect-error -- misspelt
  gate.canAll(["conversations.view", "conversations.replay"]);
  // @ts-expect-error -- misspelt
  gate.canAny(["conversations.replay"], conversation);
  // @ts-expect-error -- misspelt
  gate.filter("conversations.replay", [conversation]);
  // @ts-expect-error -- misspelt
  gate.scope("conversations.replay");
  // @ts-expect-error -- misspelt
  gate.explain("conversations.replay", conversation);
  // @ts-expect-error -- no record of this application
  gate.can("conversations.reply", { assignee: "ana" });
  // @ts-expect-error -- an `await` is missing
  gate.can("conversations.reply", Promise.resolve(conversation));
  // @ts-expect-error -- a list is not a record
  gate.can("conversations.reply", [conversation]);

  const { can } = gate;
  can("conversations.reply", conversation);
  // @ts-expect-error -- misspelt
  can("conversations.replay", conversation);
}

export function catalog(snapshot: Snapshot, gate: Gate): Permission[] {
  const categories: Category<Permission>[] = snapshot.categories();
  for (const { permissions } of categories) for (const { id } of permissions) gate.can(id);
  for (const permission of snapshot.permissions()) gate.can(permission);
  return snapshot.permissions();
}

export function limits(snapshot: Snapshot, gate: Gate, scopes: string[]): void {
  snapshot.for("ana", { limit: ["conversations.view", "conversations.*", "*"] });
  gate.with({ limit: ["conversations.reply"] });
  snapshot.for("ana", { limit: scopes as Limit[] });

  // @ts-expect-error -- misspelt
  snapshot.for("ana", { limit: ["conversations.veiw"] });
  // @ts-expect-error -- misspelt
  gate.with({ limit: ["conversations.replay"] });
  // @ts-expect-error -- misspelt
  snapshot.whoCan("conversations.replay");
  // @ts-expect-error -- misspelt
  snapshot.remedies("ana", "conversations.replay");
}

export function tests(): void {
  testGate(["conversations.view"]).can("conversations.view");
  testGate({ "conversations.reply": "own" });
  // @ts-expect-error -- misspelt
  testGate(["conversations.veiw"]);
  // @ts-expect-error -- misspelt
  testGate({ "conversations.replay": "own" });
}

export async function started(data: Parameters<typeof restore>[0]): Promise<LiteGate> {
  await init("/rolegate.wasm");
  // @ts-expect-error -- misspelt
  (await load("{}")).for("ana").can("conversations.replay");
  return restore(data);
}
