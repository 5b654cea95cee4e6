// Reads bytes as a snapshot or gate data. Only complete, valid data of the right tenant and person are
// accepted.

import type { LiteGate } from "../gate/lite-gate.js";
import { restore } from "../lite/index.js";
import type { DataOptions, GateData, GateOptions } from "../types/types.js";
import { refuse } from "./failures.js";
import type { Settings } from "./types.js";
import type { Body } from "./whole.js";

/** Accepted data. */
export interface Taken extends Body {
  readonly epoch: number;
  /** Newer data that wait to be activated. Until then, `gate` only allows what both allow. */
  readonly held?: Taken;
  /** The data that were last accepted without waiting. */
  readonly base?: Taken;
}

/** @throws if anything is not valid */
export async function read(
  bytes: Uint8Array,
  settings: Pick<Settings, "user" | "tenant" | "load">,
): Promise<Body> {
  const { user, tenant } = settings;
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  // A snapshot may also contain this text; then it is parsed twice.
  const data = text.includes("rolegate-gate") ? (JSON.parse(text) as GateData) : undefined;
  // Only pages that receive snapshots load this, and WebAssembly.
  if (data?.format !== "rolegate-gate/1") return (await import("./whole.js")).read(bytes, settings);
  const gate = restore(data);
  if (tenant != null && gate.tenant !== tenant)
    refuse("wrong-tenant", `this is for tenant \`${gate.tenant}\``);
  if (user !== undefined && gate.user !== String(user))
    refuse("bad-gate-data", `this is for user \`${gate.user}\``);
  return {
    revision: gate.revision,
    expires: data.expires ?? Infinity,
    gate: (options) => restore(data, options),
  };
}

/** A gate that denies everything and keeps masking what was masked. */
export function shutGate(
  before: LiteGate | undefined,
  { user = "", tenant }: Pick<Settings, "user" | "tenant">,
  revision: number,
  reason: "unknown-user" | "expired",
  onDecision: GateOptions["onDecision"],
): LiteGate {
  const { types = [], masks = [] } = before?.toJSON() ?? {};
  const none = { ids: [], rules: [], table: [] };
  const explain = { ...none, reason, titles: [], by: [] } as const;
  return restore(
    {
      format: "rolegate-gate/1",
      user: String(user),
      ...(tenant != null && { tenant }),
      revision,
      at: 0,
      ...none,
      types,
      masks: masks.map(([type, field, , as]) => [type, field, -1, as]),
      explain,
    },
    { onDecision },
  );
}

/** The answers of a gate as text, without the times since and until when they are valid. */
export function contentOf(gate: LiteGate, options?: DataOptions): string {
  const { toJSON }: { toJSON(options?: DataOptions): GateData } = gate;
  const { at, revision, expires, validSince, validUntil, ...rest } = toJSON.call(gate, options);
  return JSON.stringify(rest);
}
