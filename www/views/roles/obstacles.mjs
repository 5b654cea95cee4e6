// What stands against a change, in words: by the codes of `AdminError`, with the names of what it has ids of.

import { conditionWords, listWords, timeWords } from "../../words.mjs";
import { peopleWords, quotedWords, someWords } from "./phrases.mjs";

/** What an error says stands against a change; an error that is none of administration stands by its message. */
export function obstaclesOf(error) {
  return error.obstacles ?? [{ code: error.code ?? "unknown", message: error.message }];
}

/** One sentence for each obstacle. */
export function refusalWords(obstacles, { names, actor, permission, base }) {
  const about = { names, actor: names.user(actor), permission, revision: base.revision };
  return obstacles.map((obstacle) => (WORDS[obstacle.code] ?? plainWords)(obstacle, about));
}

/** The same beside one permission, which need not be named there. */
export function refusalBeside(id, obstacles, session) {
  const isOfIt = ({ code, missing = [] }) => code === "escalation" && missing.length > 0 && missing.every(({ permission }) => permission === id);
  const words = refusalWords(obstacles, session);
  const actor = session.names.user(session.actor);
  return words.map((text, index) => {
    const { code, missing, users = [] } = obstacles[index];
    if (isOfIt(obstacles[index])) return `${actor} does not hold it${farWords(missing, session)}.`;
    if (code === "outranked") return `${peopleWords(users, session.names)} would lose something, and ${users.length === 1 ? "holds" : "hold"} what ${actor} does not.`;
    return text;
  });
}

/** Where something smaller is held, which it is that is not. */
function farWords([{ permission, level }], { names }) {
  return names.hasLevels(permission) && level !== "own" ? ` as far as ${names.level(level)}` : "";
}

const plainWords = ({ message }, { names }) => `This is refused: ${names.shown(message)}.`;

const WORDS = {
  "not-permitted": (_, { names, actor, permission }) => `${actor} may not: it takes “${names.permission(permission)}” for the whole tenant.`,
  escalation: ({ missing = [], message }, { names, actor }) =>
    missing.length === 0 ? `Nobody can give this: ${message}.` : `${actor} cannot give what ${actor} does not hold: ${missingWords(missing, names)}.`,
  outranked: ({ users = [], missing = [] }, { names, actor }) =>
    `${peopleWords(users, names)} would lose something, and ${users.length === 1 ? "holds" : "hold"} what ${actor} does not: ${missingWords(missing, names)}.`,
  "role-in-use": ({ users = [], roles = [], separations = [] }, { names }) => {
    const reasons = [
      users.length > 0 && `${peopleWords(users, names)} ${users.length === 1 ? "has" : "have"} it`,
      roles.length > 0 && `${quotedWords(roles, names.role)} ${roles.length === 1 ? "inherits" : "inherit"} from it`,
      separations.length > 0 && `the separation ${quotedWords(separations, names.separation)} names it`,
    ].filter(Boolean);
    return reasons.length === 0 ? "The role is in use: everyone has it." : `The role is in use: ${listWords(reasons)}.`;
  },
  "role-standard": () => "A standard role stays: it can be duplicated, not deleted.",
  "role-locked": () => "This role is locked: it can be looked at and duplicated, not changed.",
  "type-immutable": () => "The type of a role is chosen when it is created.",
  "no-permissions": () => "A role needs at least one permission.",
  prerequisite: ({ missing = [] }, { names }) => `Something that the role grants would be of no use without ${missingWords(missing, names)}.`,
  "duplicate-id": ({ message }) => (/assignment/.test(message) ? "They have exactly this already." : "The id is taken: choose another one."),
  "duplicate-name": ({ roles = [] }, { names }) => `Another role has this name: ${quotedWords(roles, names.role)}.`,
  "last-admin": () => "Nobody would be left who may do everything for good: give somebody else such a role first.",
  separation: ({ users = [], separations = [] }, { names }) =>
    `${peopleWords(users, names)} would hold duties that are kept apart: ${quotedWords(separations, names.separation)}.`,
  "self-approval": (_, { actor }) => `${actor} made these changes, so somebody else has to approve them.`,
  conflict: (_, { revision }) => `Somebody has saved in the meantime: these changes were made on revision ${revision}.`,
  "team-in-use": ({ users = [], teams = [] }, { names }) => {
    const reasons = [
      users.length > 0 && `${peopleWords(users, names)} ${users.length === 1 ? "is in it, or has" : "are in it, or have"} a role for it.`,
      teams.length > 0 && `${quotedWords(teams, names.team)} ${teams.length === 1 ? "lies" : "lie"} below it.`,
    ].filter(Boolean);
    return `The team is in use. ${reasons.join(" ") || "Everyone has a role for it."}`;
  },
  "unknown-role": () => "There is no such role any more.",
  "unknown-user": () => "There is no such person any more.",
  "unknown-team": () => "There is no such team any more.",
  invalid: ({ issues = [], message }, { names }) => `This cannot be: ${names.shown(issues[0]?.message ?? message)}.`,
};

function missingWords(missing, names) {
  return someWords(missing.map((one) => missingOne(one, names)));
}

function missingOne({ permission, level, team, condition, until }, names) {
  const limits = [
    names.hasLevels(permission) ? names.level(level) : undefined,
    team === undefined ? undefined : `for ${names.team(team)}`,
    condition === undefined ? undefined : `if ${names.shown(conditionWords(condition))}`,
    until === undefined ? undefined : `until ${timeWords(until)}`,
  ].filter(Boolean);
  return `“${names.permission(permission)}”${limits.length === 0 ? "" : ` (${limits.join(", ")})`}`;
}
