// Explanations in words.

import type { Explanation, Reason } from "./types.js";

/** An explanation before it is put into words. */
export type Finding = Omit<Explanation, "text" | "requires"> & { readonly requires?: Finding & { readonly permission: string } };

/** For each reason a sentence, or a function that makes one. `{role}` and `{permission}` stand for what the explanation names. */
export type Messages = { readonly [reason in Reason]?: string | ((explanation: Explanation) => string) };

const ENGLISH: Readonly<Record<Reason, string>> = {
  granted: "Granted by role `{role}`.",
  clock: "The clock of this machine cannot be right.",
  expired: "The snapshot has expired.",
  "unknown-user": "There is no such user.",
  "user-disabled": "The user is disabled.",
  "unknown-permission": "There is no such permission.",
  "not-in-plan": "The permission is not part of the tenant's plan.",
  limited: "This gate is limited to other permissions.",
  denied: "Denied by role `{role}`.",
  "not-granted": "No role of the user grants it.",
  "not-active": "The assignment that grants it is not active at this time.",
  "out-of-scope": "What the user's roles grant does not reach this record.",
  "condition-failed": "A condition does not hold.",
  prerequisite: "It requires `{permission}`, which is not given.",
};

/**
 * Puts an explanation into words: those of `messages`, English where they have none.
 *
 * ```ts
 * formatExplanation(gate.explain("contacts.export"), { denied: "Gesperrt durch die Rolle {role}." });
 * ```
 */
export function formatExplanation(explanation: Explanation, messages: Messages = {}): string {
  const message = messages[explanation.reason] ?? ENGLISH[explanation.reason];
  if (typeof message === "function") return message(explanation);
  const words = { role: explanation.role ?? "?", permission: explanation.requires?.permission ?? "?" };
  return message.replace(/\{(role|permission)\}/g, (_, word: "role" | "permission") => words[word]);
}

/** Adds the English words. */
export function withText(finding: Finding): Explanation {
  const { requires, ...rest } = finding;
  const explanation = { ...rest, ...(requires && { requires: { ...withText(requires), permission: requires.permission } }), text: "" };
  return { ...explanation, text: formatExplanation(explanation) };
}
