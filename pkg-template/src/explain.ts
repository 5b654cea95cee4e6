// Explanations in words.

import type { Explanation, Reason } from "./types.js";

/** An explanation before it is put into words. */
export type Finding = Omit<Explanation, "text" | "requires"> & { readonly requires?: Finding & { readonly permission: string } };

/**
 * For each reason a sentence, or a function that makes one. In a sentence `{role}` and `{permission}` (the prerequisite that failed)
 * stand for what the explanation names, `{why}` for what is said of that prerequisite, and `{missing}` for the attributes that were unknown.
 */
export type Messages = { readonly [reason in Reason]?: string | ((explanation: Explanation) => string) } & {
  /** What roles and permissions are called; without it, their ids in backquotes. */
  readonly title?: (id: string, what: "role" | "permission") => string;
};

const ENGLISH: Readonly<Record<Reason, string>> = {
  granted: "Granted by role {role}.",
  clock: "The clock of this machine cannot be right.",
  expired: "The snapshot has expired.",
  "unknown-user": "There is no such user.",
  "user-disabled": "The user is disabled.",
  "unknown-permission": "There is no such permission.",
  "not-in-plan": "The permission is not part of the tenant's plan.",
  limited: "This gate is limited to other permissions.",
  denied: "Denied by role {role}.",
  "not-granted": "No role of the user grants it.",
  "not-active": "Role {role} grants it, but at another time.",
  "out-of-scope": "Role {role} grants it, but not here.",
  "condition-failed": "Role {role} grants it under a condition that does not hold.",
  prerequisite: "It requires {permission}, which is not given: {why}",
};

export function isReason(text: unknown): text is Reason {
  return Object.hasOwn(ENGLISH, text as string);
}

const MISSING = " Not known: {missing}.";

/**
 * Puts an explanation into words: those of `messages`, English where they have none.
 *
 * ```ts
 * formatExplanation(gate.explain("contacts.export"), { denied: "Gesperrt durch die Rolle {role}." });
 * ```
 */
export function formatExplanation(explanation: Explanation, messages: Messages = {}): string {
  const { reason, role, requires, missing = [] } = explanation;
  const message = messages[reason] ?? ENGLISH[reason] + (missing.length > 0 ? MISSING : "");
  if (typeof message === "function") return message(explanation);
  const title = messages.title ?? ((id: string): string => `\`${id}\``);
  const words = {
    role: () => (role === undefined ? "" : title(role, "role")),
    permission: () => (requires ? title(requires.permission, "permission") : ""),
    why: () => (requires ? formatExplanation(requires, messages) : ""),
    missing: () => missing.join(", "),
  };
  return message.replace(/\{(role|permission|why|missing)\}/g, (_, word: keyof typeof words) => words[word]()).trim();
}

/** Adds the English words. */
export function withText(finding: Finding): Explanation {
  const { requires, ...rest } = finding;
  const explanation = { ...rest, ...(requires && { requires: { ...withText(requires), permission: requires.permission } }), text: "" };
  return { ...explanation, text: formatExplanation(explanation) };
}
