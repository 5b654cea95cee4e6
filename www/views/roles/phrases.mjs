// Lists, assignments and denials in words.

import { conditionWords, listWords, timeWords } from "../../words.mjs";

/** How many things of a kind are named. */
const NAMED = 3;

/** `3 teams`; nothing for none. */
export const count = (number, one, many = `${one}s`) => (number === 0 ? undefined : `${number} ${number === 1 ? one : many}`);

/** `Ben Okafor and Leo Haddad`, or `Ben Okafor, Leo Haddad, … and 12 more`. */
export function peopleWords(users, names) {
  return someWords(users.map(names.user));
}

export function quotedWords(ids, nameOf) {
  return someWords(ids.map((id) => `“${nameOf(id)}”`));
}

export function someWords(items) {
  return items.length <= NAMED ? listWords(items) : `${items.slice(0, NAMED).join(", ")} and ${items.length - NAMED} more`;
}

/** An assignment may be the bare id of a role. */
export const asObject = (assignment) => (typeof assignment === "string" ? { role: assignment } : assignment);

/** `for Sales`, `until 1 December 2026 at 22:00` */
export function limitsOf({ team, from, until, when }, names) {
  return [
    team === undefined ? undefined : `for ${names.team(team)}`,
    from === undefined ? undefined : `from ${timeWords(from)}`,
    until === undefined ? undefined : `until ${timeWords(until)}`,
    when === undefined ? undefined : `if ${names.shown(conditionWords(when))}`,
  ].filter(Boolean);
}

/** `Export, if the record’s …` */
export function denialWords(denial, names) {
  const { key, when } = typeof denial === "string" ? { key: denial } : denial;
  return when === undefined ? names.key(key) : `${names.key(key)}, if ${names.shown(conditionWords(when))}`;
}
