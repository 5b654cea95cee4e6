// What the page shows, in the address after `#`, so that a view can be linked, reloaded and gone back to.

/** Every part of the state, with what it is when the address does not say. */
const DEFAULTS = {
  tenant: "",
  person: "",
  view: "inbox",
  /** What becomes of a button that is closed: "disable" or "hide". */
  closed: "disable",
  permission: "",
  /** The record of a question: "none", "unknown", "own" (see `json`), or the number of one in the inbox. */
  record: "none",
  json: "",
  context: "",
  /** The time of a question in milliseconds since the epoch; empty is now. */
  time: "",
  /** What of the roles page is shown, of which role or team, and who acts; see views/roles.mjs. */
  part: "roles",
  role: "",
  team: "",
  actor: "",
  /** The role under which the inbox is looked at. */
  as: "",
};
/** What is about one tenant only. */
const OF_TENANT = ["person", "permission", "record", "json", "context", "time", "role", "team", "actor", "as"];

export function readState(hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  return Object.fromEntries(Object.entries(DEFAULTS).map(([key, value]) => [key, asked.get(key) ?? value]));
}

/** The address of a state with some changes; what belonged to another tenant is dropped. */
export function addressOf(state, changes) {
  const next = { ...state, ...changes };
  if (next.tenant !== state.tenant) for (const key of OF_TENANT) next[key] = changes[key] ?? DEFAULTS[key];
  const said = Object.entries(next).filter(([key, value]) => value !== DEFAULTS[key]);
  return `#${new URLSearchParams(said)}`;
}
