// Explanations in words.

import { printable } from "../core/errors.js";
import { copyOf } from "../core/read.js";
import type { Explanation, Reason } from "../types/types.js";

/** An explanation before it is put into words: absent parts are `undefined` or empty. */
export type Finding = {
  readonly [key in keyof Omit<Explanation, "text" | "publicText" | "requires" | "names">]:
    | Explanation[key]
    | undefined;
} & {
  readonly requires?: Finding | undefined;
  readonly names?: { readonly [key in Named]?: string | undefined };
};

/**
 * For each reason a sentence, or a function that returns one. A sentence may contain `{role}`,
 * `{permission}`, `{level}`, `{team}`, `{from}`, `{until}`, `{missing}` (attributes), `{requires}` (the
 * prerequisite that failed) and `{why}` (its explanation), which are replaced by parts of the explanation. A
 * part in square brackets is left out if something in it is absent: `"Gesperrt durch {role}.[ Unbekannt:
 * {missing}.]"`.
 *
 * Some cases have their own sentence: `….required` if the permission can only be allowed on a record,
 * `….unknown` if the record is not there yet, `….together` if each prerequisite is allowed somewhere but not
 * all on one record. `level.own` and `level.team` are the words for `{level}`.
 */
export type Messages = {
  readonly [key in
    | Reason
    | "limited.required"
    | "out-of-scope.required"
    | "out-of-scope.unknown"
    | "prerequisite.together"
    | "level.own"
    | "level.team"]?: string | ((explanation: Explanation) => string);
} & {
  /**
   * The titles of roles, permissions and teams. Default: the names in the snapshot, or else their ids in
   * backquotes.
   */
  readonly title?: (id: string, what: "role" | "permission" | "team") => string;
};

type Named = "role" | "permission" | "team";
type Key = Exclude<keyof Messages, "title">;

const GIVES = "Your role {role} gives you {permission}";
const REACH = "[ {level}][ within the team {team}]";
const MISSING = ".[ Not known: {missing}.]";

const ENGLISH: Readonly<Record<Key, string>> = {
  granted: `${GIVES}${REACH}.`,
  clock: "The clock of this device is wrong.",
  expired: "Your permissions have expired[ on {until}].",
  "unknown-user": "You are not a user here.",
  "user-disabled": "Your account is disabled.",
  "unknown-permission": "There is no permission[ {permission}].",
  "not-in-plan": "Your plan does not include {permission}.",
  limited: "Your access does not include {permission}.",
  "limited.required": "A record is needed for {permission}.",
  denied: `Your role {role} denies you {permission}[ within the team {team}]${MISSING}`,
  "not-granted": "None of your roles gives you {permission}.",
  "not-active": `${GIVES} only[ from {from}][ until {until}].`,
  "out-of-scope": `${GIVES} only${REACH}; this is not${MISSING}`,
  "out-of-scope.unknown": `${GIVES} only${REACH}; this is not known yet.`,
  "out-of-scope.required": `${GIVES} only${REACH}; this is about everything.`,
  "condition-failed": `${GIVES} only under a condition that is not met${MISSING}`,
  prerequisite: "You also need {requires} for {permission}. {why}",
  "prerequisite.together": "There is no record on which you have all that {permission} requires.",
  "level.own": "for what is yours",
  "level.team": "for what is yours or your teams'",
};

export function isReason(text: unknown): text is Reason {
  return Object.hasOwn(ENGLISH, text as string) && !(text as string).includes(".");
}

/**
 * Puts an explanation into words: those of `messages`, or English where they are missing.
 *
 * ```ts
 * formatExplanation(gate.explain("contacts.export"), { denied: "Gesperrt durch die Rolle {role}." });
 * ```
 */
export function formatExplanation(explanation: Explanation, messages: Messages = {}): string {
  // Only what is there: much may be absent.
  const { reason, level, team, from, until, requires, missing, record } = {
    __proto__: null,
    ...explanation,
  } as Explanation;
  const own = { __proto__: null, ...messages } as Messages;
  const { title } = own;
  const named = (what: Named, { [what]: id, names }: Explanation = explanation): string | undefined =>
    id && (title?.(id, what) ?? printable(names?.[what] ? `“${names[what]}”` : `\`${id}\``));
  const say = (key: string): string => {
    const message = own[key as Key] ?? ENGLISH[key as Key] ?? "";
    return typeof message === "string" ? message : message(explanation);
  };
  const words: Readonly<Record<string, string | undefined | false>> = {
    role: named("role"),
    permission: named("permission"),
    team: named("team"),
    // An assignment to a team takes that team for the user's.
    level: (level === "own" || !team) && say(`level.${level}`),
    from: timeOf(from),
    until: timeOf(until),
    missing: missing && printable(missing.join(", ")),
    requires: requires && named("permission", requires),
    why: requires && formatExplanation(requires, messages),
  };
  const special = `${reason}.${reason === "prerequisite" && !requires ? "together" : record}`;
  return say(Object.hasOwn(ENGLISH, special) ? special : reason)
    .replace(/(?:\[([^[\]{]*))?\{(\w+)\}(?:([^[\]{]*)\])?/g, (_, before = "", word: string, after = "") =>
      words[word] ? before + words[word] + after : "",
    )
    .trim();
}

/** Nothing of a time that no calendar has. */
function timeOf(time = NaN): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? "" : date.toUTCString();
}

/** Adds the English words. */
export function withText(finding: Finding): Explanation {
  const { allowed, requires, names = {} } = finding;
  const explanation = told({
    ...finding,
    requires: requires && withText(requires),
    names: told(names),
    publicText: `You may${allowed ? "" : " not"} do this.`,
  });
  return { ...explanation, text: formatExplanation(explanation) };
}

/**
 * A copy of what there is to tell: neither what is undefined, nor an end that never is, nor an empty list or
 * object.
 */
function told(all: Readonly<Record<string, unknown>>): Explanation {
  const told: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(all)) {
    if (
      typeof value === "object"
        ? Object.keys(value as object).length > 0
        : value !== undefined && value !== Infinity && value !== -Infinity
    )
      told[key] = key === "requires" ? value : copyOf(value);
  }
  return told as unknown as Explanation;
}
