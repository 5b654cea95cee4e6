// Access evaluations: one, or several.

import { type Asker, decide } from "./asker.js";
import { contextOfDenial } from "./denial.js";
import { permissionOf, SEVERAL } from "./names.js";
import { isObject, memberOf, optionalObject, questionOf } from "./reading.js";
import { Refusal, refuse } from "./refusal.js";
import type { Question } from "./types.js";

/** An answer, as it is sent. */
interface Decision {
  readonly decision: boolean;
  readonly context: object;
}

/** @throws {Refusal} */
export async function evaluation(asker: Asker, body: object): Promise<Decision> {
  return evaluate(asker, questionOf(body));
}

/** Without entries, a batch is a single evaluation. */
export async function evaluations(
  asker: Asker,
  body: object,
): Promise<Decision | { readonly evaluations: readonly Decision[] }> {
  const entries = entriesOf(body, asker.settings.limits.evaluations);
  if (entries.length === 0) return evaluation(asker, body);
  const stop = STOPS[semanticOf(body)];
  const defaults = defaultsOf(body);
  const one = (entry: unknown): Promise<Decision> => entryOf(asker, defaults, entry);
  if (stop === undefined) return { evaluations: await Promise.all(entries.map(one)) };
  const decisions: Decision[] = [];
  for (const entry of entries) {
    const decision = await one(entry);
    decisions.push(decision);
    if (decision.decision === stop) break;
  }
  return { evaluations: decisions };
}

/** The decision after which a batch ends; it is the last one of the answer. */
const STOPS = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true };

function semanticOf(body: object): keyof typeof STOPS {
  const options = optionalObject(body, "options");
  const semantic = options && memberOf(options, "evaluations_semantic");
  if (semantic === undefined) return "execute_all";
  return typeof semantic === "string" && Object.hasOwn(STOPS, semantic)
    ? (semantic as keyof typeof STOPS)
    : refuse(400, `\`options.evaluations_semantic\` must be one of ${Object.keys(STOPS).join(", ")}`);
}

function entriesOf(body: object, most: number): readonly unknown[] {
  const entries = memberOf(body, "evaluations");
  if (entries === undefined) return [];
  if (!Array.isArray(entries)) refuse(400, "`evaluations` must be a list");
  if (entries.length > most) refuse(413, `more than ${most} evaluations`);
  return entries;
}

/** What entries that lack a member get. They are complete only together with an entry. */
function defaultsOf(body: object): object {
  return Object.fromEntries(
    ["subject", "action", "resource", "context"].flatMap((key) => {
      const value = optionalObject(body, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

/** A member of an entry takes the place of the whole default. What fails is a no that says so. */
async function entryOf(asker: Asker, defaults: object, entry: unknown): Promise<Decision> {
  try {
    if (!isObject(entry)) refuse(400, "an evaluation must be an object");
    return await evaluate(asker, questionOf({ ...defaults, ...entry }));
  } catch (error) {
    const { status, message } = error instanceof Refusal ? error : new Refusal(500, "Internal Server Error");
    if (status >= 500) asker.settings.onError?.(error instanceof Refusal ? error.cause : error);
    const { revision } = asker.asking.snapshot;
    return { decision: false, context: { revision, error: { status, message } } };
  }
}

async function evaluate(asker: Asker, question: Question): Promise<Decision> {
  const { subject, action, resource } = question;
  const { snapshot } = asker.asking;
  const { revision } = snapshot;
  const no = (reason: string): Decision => ({ decision: false, context: { reason, revision } });
  const who = await asker.person(subject.type, subject.id);
  if (who === undefined) return no("unknown-user");
  const permission = permissionOf(snapshot, resource.type, action.name);
  if (permission === SEVERAL) return no("ambiguous-permission");
  const gate = asker.gate(who, question, { onDecision: asker.settings.onDecision });
  const record = permission === undefined ? null : await asker.record(resource);
  const { allowed, reason } = decide(gate, permission ?? `${resource.type}.${action.name}`, record);
  if (allowed) return { decision: true, context: { reason, revision } };
  const more =
    permission && reason && (await contextOfDenial(asker, { question, permission, who, record, reason }));
  return { decision: false, context: { reason, revision, ...(more || undefined) } };
}
