// What bytes are: a snapshot, or gate data. Nothing is taken that is not whole, in order, and of the right
// tenant and person.

import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { GateData, GateOptions } from "../types/types.js";
import { refuse } from "./settings.js";
import type { Settings } from "./types.js";
import type { Body } from "./whole.js";

/** Data that were taken. */
export interface Taken extends Body {
  readonly epoch: number;
  /** Later ones that wait to be activated: until then `gate` says yes only where both do. */
  readonly held?: Taken;
  /** Those that were taken last without waiting. */
  readonly base?: Taken;
}

/** @throws for anything that is not in order */
export async function read(
  bytes: Uint8Array,
  settings: Pick<Settings, "user" | "tenant" | "load">,
): Promise<Body> {
  const { user, tenant } = settings;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  // A snapshot may have the word somewhere; it is parsed once more then.
  const data = text.includes("rolegate-gate") ? (JSON.parse(text) as GateData) : undefined;
  // This, and WebAssembly, is for those who get snapshots.
  if (data?.format !== "rolegate-gate/1") return (await import("./whole.js")).read(bytes, settings);
  const gate = restore(data);
  const check = (
    code: "wrong-tenant" | "bad-gate-data",
    wanted: Settings["user"],
    found: string | undefined,
  ): void => {
    if (wanted !== undefined && found !== String(wanted))
      refuse(code, `these are \`${found}\`'s, not \`${wanted}\`'s`);
  };
  check("wrong-tenant", tenant ?? undefined, gate.tenant);
  check("bad-gate-data", user, gate.user);
  return {
    revision: gate.revision,
    expires: data.expires ?? Infinity,
    gate: (options) => restore(data, options),
  };
}

/** A gate that says no, and goes on hiding what was hidden. */
export function shutGate(
  before: LiteGate | undefined,
  who: Pick<GateData, "user" | "tenant" | "revision">,
  reason: "unknown-user" | "expired",
  onDecision: GateOptions["onDecision"],
): LiteGate {
  const { types = [], masks = [] } = before?.toJSON() ?? {};
  const none = { ids: [], rules: [], table: [] };
  const explain = { ...none, reason, titles: [], by: [] } as const;
  return restore(
    {
      format: "rolegate-gate/1",
      ...who,
      at: 0,
      ...none,
      types,
      masks: masks.map(([type, field, , as]) => [type, field, -1, as]),
      explain,
    },
    { onDecision },
  );
}

/** Answers as text, without what only says since when and until when they are so. */
export function contentOf({ at, revision, expires, validSince, validUntil, ...rest }: GateData): string {
  return JSON.stringify(rest);
}
