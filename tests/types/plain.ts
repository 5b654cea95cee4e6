// An application that has registered nothing: permissions are strings, records objects.

import { type Explanation, type Gate, isRolegateError, load, loadSync, Scope, type Snapshot, SnapshotError } from "rolegate";
import { loadSync as loadInline } from "rolegate/inline";
import { type GateData, type LiteGate, restore } from "rolegate/lite";
import { allowAll, denyAll, testGate } from "rolegate/testing";
import wasm from "rolegate/wasm";

interface Conversation {
  readonly assigneeId: string | null;
  readonly teamId: string;
}

class Ticket {
  readonly #secret = 1;
  get assigneeId(): string {
    return String(this.#secret);
  }
}

export async function questions(snapshot: Snapshot, conversation: Conversation, conversations: readonly Conversation[]): Promise<void> {
  const gate: Gate = snapshot.for("ana", { context: { ip: "10.0.0.1" }, limit: ["conversations.*"], roles: ["agent"], now: () => 0, records: "required" });
  const answers: boolean[] = [gate.can("a"), gate.can("a", conversation), gate.can("a", null), gate.can("a", undefined), gate.can("a", new Ticket())];
  const lists: boolean[] = [gate.canAll(["a"]), gate.canAny(["a", "b"], conversation)];
  const mine: Conversation[] = gate.filter("a", conversations);
  const explanation: Explanation = gate.explain("a", conversation);
  const data: GateData = gate.toJSON();
  const lite: LiteGate = restore(data, { now: data.at });
  const derived: Gate = gate.with({ context: {} });
  const sameAnswers: LiteGate = gate;
  const scope: Scope = Scope.from(gate.scope("a").toJSON());
  const who: string[] = snapshot.whoCan("a", { resource: conversation });
  console.log(answers, lists, mine, explanation.reason, lite, derived, sameAnswers, scope.matches(null), who, snapshot.narrow("ana"));

  // @ts-expect-error -- a permission is a string
  gate.can(1);
  // @ts-expect-error -- a record is an object
  gate.can("a", "conversation");
  // @ts-expect-error -- there is no such option
  snapshot.for("ana", { contxt: {} });
  // @ts-expect-error -- a gate of data has no explanations
  lite.explain("a");
}

export async function sources(bytes: Uint8Array, buffer: ArrayBuffer, text: string): Promise<Snapshot[]> {
  return [await load(bytes), await load(buffer), await load(text, { maxBytes: 10, minRevision: 1, tenant: "acme" }), loadSync(text), loadInline({})];
}

export function problems(error: unknown): readonly string[] {
  if (error instanceof SnapshotError) return error.issues.map(({ path, code, message }) => `${path} ${code} ${message}`);
  return isRolegateError(error) ? [error.code] : [];
}

export const gates: LiteGate[] = [testGate(["a"]), testGate({ a: "own", b: { scope: "team", when: { "resource.x": 1 } } }), allowAll(), denyAll()];
export const file: object | string = wasm;

declare const console: { log(...values: unknown[]): void };
