// An application that has registered nothing: permissions are strings, records objects.

import { type Assignment, type Catalog, type Condition, type Explanation, formatExplanation, type Gate, isRolegateError, type Level, load, loadSync, Scope, type Separation, type Snapshot, type SnapshotDocument, SnapshotError, type Subject, type UnknownNames, type User } from "rolegate";
import { loadSync as loadInline } from "rolegate/inline";
import { auth0, type ClaimOptions, clerk, type FromClaims, keycloak, type RowColumns, subjectFrom, subjectFromRow } from "rolegate/claims";
import { type GateData, type LiteGate, restore } from "rolegate/lite";
import { generateKeys, type Jwk, type Jwks, type Keys, loadSigned, type RemoteKeys, remoteKeys, restoreSigned, sign, signGate, toJwks, verifier } from "rolegate/signed";
import { createStore, type Change, type Store, type StoreEvent, type StoreStatus } from "rolegate/store";
import { indexedDb } from "rolegate/store/storage";
import { shareTabs } from "rolegate/store/tabs";
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
  const { level, condition, requires, record } = explanation;
  const told: [Level | undefined, Condition | undefined, string | undefined, "unknown" | "required" | undefined] = [level, condition, requires?.requires?.permission, record];
  const words: string = formatExplanation(explanation, { granted: "[{level}]", "level.own": ({ permission }) => permission, "limited.required": "", title: (id, what) => `${what} ${id}` });
  console.log(told, words, explanation.publicText);
  const data: GateData = gate.toJSON();
  const lite: LiteGate = restore(data, { now: data.at });
  const derived: Gate = gate.with({ context: {} });
  const sameAnswers: LiteGate = gate;
  const scope: Scope = Scope.from(gate.scope("a").toJSON());
  const who: string[] = snapshot.whoCan("a", { resource: conversation });
  console.log(answers, lists, mine, explanation.reason, lite, derived, sameAnswers, scope.matches(null), who, snapshot.narrow("ana"));

  const subject: Subject = { id: 7n, teams: ["t"], roles: ["agent", { role: "lead", team: "t", until: "2100-01-01T00:00:00Z" }], attributes: { region: "emea" }, name: undefined };
  const { roles, teams }: UnknownNames = snapshot.for(subject).unknown;
  const people: readonly string[] = [...roles, ...teams, snapshot.narrow(subject), ...snapshot.remedies(subject, "conversations.view").map(({ kind }) => kind)];
  void people;
  // @ts-expect-error -- misspelt
  snapshot.for({ id: "ana", role: "agent" });
  // @ts-expect-error -- no id
  snapshot.for({ roles: ["agent"] });
  snapshot.for(7, { until: 1_795_000_000_000 }).with({ until: Infinity });
  snapshot.remedies(7n, "a");
  snapshot.narrow(7);
  gate.can("a", { assigneeId: "ana", then: undefined });
  gate.can("a", { assigneeId: "ana" });
  gate.can("a", JSON.parse("{}") as Record<string, unknown>);
  gate.can("a", {} as object);
  gate.can("a", new Date() as object);
  const { can, canAll, filter, permissions } = gate;
  const alone: boolean[] = [can("a"), can("a", conversation), canAll(["a"]), can("a", filter("a", conversations)[0]), permissions().includes("a")];
  const copies: readonly Conversation[] = gate.mask<Conversation[]>("conversations", conversations as Conversation[]);
  const copy: unknown = gate.mask("conversations", conversation);
  console.log(alone, copies, copy);

  // @ts-expect-error -- a permission is a string
  gate.can(1);
  // @ts-expect-error -- an `await` is missing
  gate.can("a", Promise.resolve(conversation));
  // @ts-expect-error -- a list is not a record
  gate.can("a", conversations);
  // @ts-expect-error -- a list is not a record
  gate.explain("a", []);
  // @ts-expect-error -- a function is not a record
  gate.can("a", () => conversation);
  // @ts-expect-error -- a class is not a record
  gate.can("a", Ticket);
  // @ts-expect-error -- a map is not a record
  gate.can("a", new Map([["assigneeId", "ana"]]));
  // @ts-expect-error -- an `await` is missing
  gate.filter("a", [Promise.resolve(conversation)]);
  // @ts-expect-error -- an `await` is missing
  gate.scope("a").matches(Promise.resolve(conversation));
  // @ts-expect-error -- an `await` is missing
  snapshot.whoCan("a", { resource: Promise.resolve(conversation) });
  // @ts-expect-error -- a user is a string or a number
  snapshot.for({ id: "ana" }.id === "ana");
  // @ts-expect-error -- "require" is not one of the allowed
  snapshot.for("ana", { records: "require" });
  // @ts-expect-error -- only a gate over a snapshot can be limited
  restore(data, { limit: [] });
  // @ts-expect-error -- a tenant that may be missing
  loadSync("{}", { tenant: (JSON.parse("{}") as { tenant?: string }).tenant });
  // @ts-expect-error -- a record is an object
  gate.can("a", "conversation");
  // @ts-expect-error -- there is no such option
  snapshot.for("ana", { contxt: {} });
  const restored: Explanation = lite.explain("a");
  console.log(restored);
}

export async function sources(bytes: Uint8Array, buffer: ArrayBuffer, text: string): Promise<Snapshot[]> {
  return [await load(bytes), await load(buffer), await load(text, { maxBytes: 10, minRevision: 1, tenant: "acme" }), loadSync(text), loadInline({})];
}

/** Claims may be missing: a gate without them says no. */
export function bounded(snapshot: Snapshot, claims: { scopes?: string[]; roles?: string[]; exp?: number }): Gate {
  const until = claims.exp === undefined ? undefined : claims.exp * 1000;
  return snapshot.for("ana", { limit: claims.scopes, roles: claims.roles, until, context: undefined, now: undefined, records: undefined, onUnknown: undefined, onDecision: undefined });
}

export function documents(snapshot: Snapshot): SnapshotDocument {
  const assignment: Assignment = { role: "agent", team: "sales", from: "2026-11-20T11:00:00Z", when: { "context.mode": "live" } };
  const user: User = { id: "ana", roles: ["agent", assignment], attributes: { level: 3 } };
  const separation: Separation = { id: "s", roles: ["agent", "auditor"], max: 1 };
  const catalog: Catalog = { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["own", "all"] }] }], resources: { c: { owner: ["assigneeId", "id"] } }, levelTitles: { own: "Mine" } };
  const { users = [], roles }: SnapshotDocument = snapshot.toJSON();
  const found: User | undefined = snapshot.user(7);
  const again: Snapshot = loadSync(snapshot.toJSON());
  // @ts-expect-error -- exactly one of the two lists
  const both: Separation = { id: "s", roles: ["agent"], permissions: ["c.view"] };
  // @ts-expect-error -- no such level
  const level: Catalog = { categories: [{ id: "c", permissions: [{ id: "c.view", scopes: ["mine"] }] }] };
  console.log(again, both, level);
  return { format: "rolegate/1", revision: 1, catalog, roles, users: [...users, user, ...(found ? [found] : [])], separations: [separation] };
}

export function problems(error: unknown): readonly string[] {
  if (error instanceof SnapshotError) return error.issues.map(({ path, code, message }) => `${path} ${code} ${message}`);
  return isRolegateError(error) ? [error.code] : [];
}

export const gates: LiteGate[] = [testGate(["a"]), testGate({ a: "own", b: { scope: "team", when: { "resource.x": 1 } } }), allowAll(), denyAll()];
export const file: object | string = wasm;

declare const console: { log(...values: unknown[]): void };

interface Payload {
  readonly sub?: string;
  readonly [claim: string]: unknown;
}

export function people(payload: Payload, row: { readonly user_id: bigint; readonly roles: string[] | null }, snapshot: Snapshot): void {
  const options: ClaimOptions = { ...keycloak, tenant: null, roles: ["realm_access.roles", { claim: "role", one: true }], map: (name, of) => (of === "teams" ? name.slice(1) : undefined) };
  const { subject, options: bounds, problems }: FromClaims = subjectFrom(payload, options);
  const someone: Subject = subject;
  snapshot.for(someone, bounds).can("a");
  subjectFrom(payload, { ...auth0, tenant: { claim: "org_id", is: snapshot.tenant }, roles: (claims, at) => claims.roles ?? at("a.b"), limit: false });
  subjectFrom(payload, { ...clerk, tenant: "acme", onOverflow: "ignore", attributes: { region: "region" } });
  const columns: RowColumns = { id: "user_id", roles: "roles" };
  console.log(problems[0]?.claim, subjectFromRow(row, columns), subjectFromRow([row, row], { ...columns, tenant: null }));

  // @ts-expect-error -- the text of a token
  subjectFrom("eyJ", options);
  // @ts-expect-error -- which tenant has to be said
  subjectFrom(payload, auth0);
  // @ts-expect-error -- there is no such option
  subjectFrom(payload, { tenant: null, limits: "permissions" });
  // @ts-expect-error -- whose row it is has to be said
  subjectFromRow(row, { roles: "roles" });
}

export async function live(): Promise<void> {
  const store: Store = createStore({ url: "/me/roles", user: 7, tenant: null, storage: indexedDb(), tabs: shareTabs(), options: { context: { ip: "::1" } }, load, onError: ({ code }) => console.log(code) });
  createStore({ fetch: async (url, { headers }) => (console.log(url, headers), { status: 304, headers: { get: () => null }, arrayBuffer: async () => new ArrayBuffer(0) }), verify: async (bytes) => ({ bytes, epoch: 1 }) });
  createStore({ url: { href: "/me/roles" }, push: (look) => (look(), () => {}), activate: "manual" });
  // @ts-expect-error there is no such option
  createStore({ url: "/me/roles", intervall: 5 });
  // @ts-expect-error a tenant that was looked up and not found
  createStore({ url: "/me/roles", tenant: undefined });
  const leave: () => void = store.subscribe(({ revision, reason, status, changes }: StoreEvent) => console.log(revision, reason, status satisfies StoreStatus, changes satisfies readonly Change[]));
  const gate: LiteGate = (await store.ready).gate;
  const known: Snapshot | undefined = store.snapshot;
  console.log(leave, gate.can("a"), known, await store.refresh(), await store.reset(), await store.clear());
  store.configure({ limit: ["a"] });
  store.activate();
  store.close();
}

export async function vouched(json: string, gate: Gate, snapshot: Snapshot): Promise<void> {
  const pair: Keys = await generateKeys("ES256");
  const jws: string = await sign(json, pair, { epoch: 1 });
  await sign(snapshot.toJSON(), pair.privateKey, { subject: null });
  const mine: string = await signGate(gate, pair, { subject: 7n });
  const set: Jwks = toJwks([pair, pair.publicKey satisfies Jwk]);
  const keys: RemoteKeys = remoteKeys("/keys", { storage: indexedDb() });
  const loaded: Snapshot = await loadSigned(jws, keys, { tenant: null, minRevision: 7, minEpoch: 1, maxBytes: 1e6, maxKeyAge: 1e6, load });
  const restored: LiteGate = await restoreSigned(mine, set, { tenant: "acme", subject: 7, context: { ip: "::1" } });
  createStore({ url: "/me/roles", verify: verifier(keys, { tenant: "acme", subject: "ana" }) });
  const alone: Snapshot = await loadSigned(jws, set, { tenant: "acme", subject: null });
  console.log(loaded, restored, alone);
  // @ts-expect-error which tenant has to be said
  await loadSigned(jws, set, {});
  // @ts-expect-error a person who was looked up and not found
  await restoreSigned(mine, set, { tenant: null, subject: undefined });
  // @ts-expect-error whose gate data these are has to be said
  await signGate(gate, pair);
  // @ts-expect-error there is no such algorithm
  await generateKeys("HS256");
}
