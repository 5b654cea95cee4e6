// Reads bytes that are not gate data: a whole or narrowed snapshot.

import type { LiteGate } from "../gate/lite-gate.js";
import type { Snapshot } from "../snapshot/snapshot.js";
import type { GateOptions } from "../types/types.js";
import { refuse } from "./failures.js";
import type { Settings } from "./types.js";

/** A snapshot that was read. */
export interface Body {
  readonly revision: number;
  readonly snapshot?: Snapshot;
  /**
   * For a snapshot of several people: throws if another of the same revision has different content.
   */
  readonly checkTwin?: (other: Body) => void;
  /** From then on everything is denied (ms). */
  readonly expires: number;
  readonly gate: (options: GateOptions) => LiteGate;
}

/** @throws if anything is not valid */
export async function read(
  bytes: Uint8Array,
  { user, tenant, load }: Pick<Settings, "user" | "tenant" | "load">,
): Promise<Body> {
  // Imported by name, so that each runtime gets its own entry.
  const loaded = load ?? (await import("rolegate")).load;
  const snapshot = await loaded(bytes, tenant == null ? {} : { tenant });
  const users = snapshot.users();
  const { revision, expiresAt } = snapshot;
  if (user === undefined && users.length > 1)
    refuse("bad-options", "a snapshot of several people needs the option `user`");
  // A snapshot narrowed for an unknown user has neither users nor roles.
  const isWhole = users.length > 1 || (users.length === 0 && snapshot.roles().length > 0);
  return {
    revision,
    snapshot,
    ...(isWhole && {
      checkTwin: (other: Body) => {
        if (other.checkTwin && wordsOf(other.snapshot) !== wordsOf(snapshot))
          refuse("old-revision", `revision ${revision} was published twice, with different content`);
      },
    }),
    expires: expiresAt?.getTime() ?? Infinity,
    gate: (options) => snapshot.for(user ?? users[0] ?? "", options),
  };
}

/** The content of a snapshot without `issuedAt` and `expiresAt`, with keys in a fixed order. */
function wordsOf(snapshot: Snapshot | undefined): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort())
      : value;
  return JSON.stringify({ ...snapshot?.toJSON(), issuedAt: 0, expiresAt: 0 }, sorted);
}
