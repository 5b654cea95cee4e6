// The functions that policies ask, in the schema `rolegate`: all read the one setting of the transaction.

/** What is asked of ids in each type that a column may have. What is no id of the type is left out. */
const IDS: Readonly<Record<string, string>> = {
  text: "id",
  uuid: "CASE WHEN id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN id::uuid END",
  bigint:
    "CASE WHEN id ~ '^(0|-?[1-9][0-9]{0,18})$' THEN " +
    "CASE WHEN id::numeric BETWEEN -9223372036854775808 AND 9223372036854775807 THEN id::bigint END END",
};

/** What a sub-select gives is worked out once, and not wherever it is named. */
const ONCE = "OFFSET 0";
/** Temporary types of whoever asks come last: a function of somebody else would else run what these check. */
const SEARCH = "SET search_path = pg_catalog, pg_temp";

function define(head: string, returns: string, body: string, language = "sql"): string {
  return (
    `CREATE OR REPLACE FUNCTION rolegate.${head} RETURNS ${returns}\n` +
    `  LANGUAGE ${language} STABLE PARALLEL SAFE ${SEARCH} AS $rolegate$${body}$rolegate$;`
  );
}

export const FUNCTIONS: string = [
  // One at a time, where several start at once: the database knows of no `IF NOT EXISTS` that waits.
  "DO $rolegate$BEGIN PERFORM pg_advisory_xact_lock(hashtextextended('rolegate', 0)); END$rolegate$;",
  "CREATE SCHEMA IF NOT EXISTS rolegate;",
  "GRANT USAGE ON SCHEMA rolegate TO PUBLIC;",
  // No setting, and one that a transaction left behind, is no scope.
  define("session()", "jsonb", "SELECT nullif(current_setting('rolegate.scopes', true), '')::jsonb"),
  // Nor is what has another form than `toSession` gives it.
  define(
    "scope(permission text)",
    "jsonb",
    `
  SELECT scope FROM (SELECT rolegate.session() -> 'scopes' -> permission AS scope ${ONCE}) found
  WHERE jsonb_typeof(scope -> 'owner') = 'array' AND jsonb_typeof(scope -> 'team') = 'array'
    AND CASE WHEN scope ? 'until' THEN CASE WHEN jsonb_typeof(scope -> 'until') = 'number'
      THEN (scope ->> 'until')::numeric > extract(epoch FROM clock_timestamp()) * 1000 END ELSE TRUE END`,
  ),
  // Asked first: a scope that goes by attributes of which the table knows nothing is no answer.
  define(
    "is_all(permission text, paths text[])",
    "boolean",
    `
DECLARE
  scope jsonb := rolegate.scope(permission);
  path text;
BEGIN
  IF scope IS NULL THEN RETURN FALSE; END IF;
  FOR path IN SELECT jsonb_array_elements_text((scope -> 'owner') || (scope -> 'team')) LOOP
    IF NOT path = ANY (paths) THEN
      RAISE EXCEPTION 'rolegate: cannot-express: % goes by "%", for which rlsSql was given no column',
        permission, path USING ERRCODE = 'feature_not_supported';
    END IF;
  END LOOP;
  RETURN scope ? 'all' AND NOT scope ? 'without';
END`,
    "plpgsql",
  ),
  define("has(permission text, key text)", "boolean", "SELECT rolegate.scope(permission) ? key"),
  // Most scopes are own, a list of teams, or both. What is more is asked for on its own.
  define(
    "is_odd(permission text)",
    "boolean",
    "SELECT rolegate.scope(permission) ?| ARRAY['without', 'ownTeams']",
  ),
  define(
    "is_team(permission text, path text)",
    "boolean",
    "SELECT rolegate.scope(permission) -> 'team' ? path",
  ),
  ...Object.entries(IDS).flatMap(([type, id]) => [
    define(
      `${type}_owner(permission text, form text, path text, odd boolean)`,
      type,
      `
  SELECT ${id} FROM (SELECT rolegate.scope(permission) AS scope, rolegate.session() ->> 'user' AS id ${ONCE}) found
  WHERE scope ? form AND scope -> 'owner' ? path AND rolegate.is_odd(permission) = odd`,
    ),
    define(
      `${type}_teams(permission text, form text, path text, odd boolean)`,
      `SETOF ${type}`,
      `
  SELECT ${id} FROM (SELECT rolegate.scope(permission) AS scope ${ONCE}) found,
    unnest(CASE WHEN scope -> 'team' ? path THEN (scope ->> form)::text[] END) id
  WHERE rolegate.is_odd(permission) = odd`,
    ),
  ]),
  // Where nobody may run functions unless it is said.
  "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA rolegate TO PUBLIC;",
].join("\n");
