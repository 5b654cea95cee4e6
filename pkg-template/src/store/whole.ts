// What bytes are that are no gate data: a snapshot, narrowed or whole.

import type { LiteGate } from "../gate/lite-gate.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions } from "../types/types.js";
import { refuse } from "./settings.js";
import type { Settings } from "./types.js";

/** What was read. */
export interface Body {
  readonly revision: number;
  readonly snapshot?: Snapshot;
  /**
   * Of a snapshot of more than one person: whether it says the same as another, as it has to within a
   * revision.
   */
  readonly isLike?: (other: Body) => boolean;
  /** From then on every answer is "no" (ms). */
  readonly expires: number;
  readonly gate: (options: GateOptions) => LiteGate;
}

/** @throws for anything that is not in order */
export async function read(
  bytes: Uint8Array,
  { user, tenant, load }: Pick<Settings, "user" | "tenant" | "load">,
): Promise<Body> {
  // By this name every place finds its own entry.
  const loaded = load ?? (await import("rolegate")).load;
  const snapshot = await loaded(bytes, tenant == null ? {} : { tenant });
  const users = snapshot.users();
  const { revision, expiresAt } = snapshot;
  if (user === undefined && users.length > 1)
    refuse("bad-options", "a snapshot of several people needs the option `user`");
  // The part of somebody whom the tenant does not know has neither users nor roles.
  const isWhole = users.length > 1 || (users.length === 0 && snapshot.roles().length > 0);
  return {
    revision,
    snapshot,
    ...(isWhole && { isLike: (other: Body) => wordsOf(other.snapshot) === wordsOf(snapshot) }),
    expires: expiresAt?.getTime() ?? Infinity,
    gate: (options) => snapshot.for(user ?? users[0] ?? "", options),
  };
}

/** What a snapshot says, but for when it was issued and ends, in whatever order. */
function wordsOf(snapshot: Snapshot | undefined): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value;
  return JSON.stringify({ ...snapshot?.toJSON(), issuedAt: 0, expiresAt: 0 }, sorted);
}
