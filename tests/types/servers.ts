// Servers: what needs the types of `fetch`.

import type { Gate, Permission, Snapshot, Subject } from "rolegate";
import { type AccessRequestOptions, type Asking, type CertifyReport, certify, createHandler, type Denial, type FailedCase, type HandlerOptions, type Limits, type Listing, type Question } from "rolegate/authzen";

interface Client {
  readonly name: string;
}

export async function handlers(snapshot: Snapshot, people: Map<string, Subject>, current: (tenant: string) => Promise<Snapshot>): Promise<void> {
  const right: HandlerOptions = { baseUrl: "https://pdp.example.com", authenticate: () => "pep", snapshot };
  const limits: Limits = { bytes: 1, milliseconds: 1, evaluations: 1, results: 1, candidates: 1 };
  const handler: (request: Request) => Promise<Response> = createHandler({ ...right, limits, now: () => 0, challenge: "DPoP", onError: console.error, onDecision: ({ allowed }) => console.log(allowed) });
  // A handler of Workers, and what keeps snapshots.
  console.log({ fetch: handler }, createHandler({ ...right, snapshot: current, baseUrl: new URL("https://pdp.example.com") }));

  createHandler({
    baseUrl: "https://pdp.example.com",
    authenticate: async (request, tenant): Promise<Client | null> => (request.headers.has(tenant) ? { name: "pep" } : null),
    snapshot: (tenant, { name }) => (tenant === name ? snapshot : null),
    subjectTypes: ["user", "service"],
    subject: (type, id, { caller, tenant, snapshot: { users } }: Asking<Client>) => (id === undefined ? users() : type === caller.name + tenant ? people.get(id) : id),
    resources: async (type, id, { gate, permission }) => {
      const known: [Gate | undefined, Permission | undefined] = [gate, permission];
      return id === undefined && known.length > 0 ? [{ id: 1 }, { id: type }] : { id };
    },
    accessRequest: {
      endpoint: "https://requests.example.com",
      bind: async ({ evaluation_id, caller, question, remedies }: Denial<Client>) => `${evaluation_id}${caller.name}${question.subject.id}${remedies.length}`,
    },
  });
  createHandler({ ...right, subject: (_, id) => (id === undefined ? people : people.get(id)) });
  createHandler({ ...right, authenticate: () => false, snapshot: () => undefined, resources: () => null, subject: () => undefined });
  const access: AccessRequestOptions = { endpoint: new URL("https://requests.example.com"), bind: () => true, denials: 1, expiresIn: 1, template: "a", jwks: "https://a.example/jwks" };
  const listing: Listing<string> = new Map([["a", "b"]]);
  const question = (it: Question): string => it.subject.type + it.resource.id + it.action.name;
  console.log(access, listing, question);

  // @ts-expect-error -- who asks has to be said
  createHandler({ baseUrl: "https://pdp.example.com", snapshot });
  // @ts-expect-error -- the address has to be said
  createHandler({ authenticate: () => "pep", snapshot });
  // @ts-expect-error -- misspelt
  createHandler({ ...right, resource: () => null });
  // @ts-expect-error -- misspelt
  createHandler({ ...right, limits: { byte: 1 } });
  // @ts-expect-error -- a request of access has to be bound to its denial
  createHandler({ ...right, accessRequest: { endpoint: "https://requests.example.com" } });
  // @ts-expect-error -- a record is no text
  createHandler({ ...right, resources: () => 7 });
}

export async function certified(): Promise<void> {
  const report: CertifyReport = await certify("http://127.0.0.1:8080", { token: "a", headers: { a: "b" }, baseUrl: "https://pdp.example.com", levels: ["Basic Core", "Discovery"], timeout: 1, fetch });
  const failed: readonly FailedCase[] = report.failed;
  const holds: boolean | undefined = report.levels["Search Properties"];
  console.log(report.passed.length, holds, failed.map(({ id, level, request, expected, got }) => [id, level, request, expected.decision, got.status, got.problem]));
  // @ts-expect-error -- there is no such level
  await certify("http://127.0.0.1:8080", { levels: ["Basic"] });
}
