// `rolegate import`: roles of another system as a snapshot, and what that loses.

import { SnapshotError } from "../../core/errors.js";
import { load } from "../../entries/node.js";
import type { SnapshotDocument } from "../../types/types.js";
import { type Command, type ExitCode, type Options, type Terminal, Unusable } from "../command.js";
import type { Imported, Settings } from "../import/draft.js";
import type { Source } from "../import/item.js";
import { jsonText } from "../import/json.js";
import type { Loss } from "../import/losses.js";
import { jsonSource, textSource, yamlSources } from "../import/sources.js";
import { nameOf, nearest } from "../open.js";
import type { Place } from "../place.js";
import { BYTE_ORDER_MARK, HAS_BYTE_ORDER_MARK } from "../read-json.js";
import { painted } from "../report.js";
import { formatOf } from "../settings.js";
import { table } from "../table.js";

type Importer = (sources: readonly Source[], settings: Settings) => Imported;
type Reader = (file: string, text: string) => Promise<readonly Source[]>;

const json: Reader = async (file, text) => [await jsonSource(file, text)];
const lines: Reader = async (file, text) => [textSource(file, text)];

/** How the files of each are read, and what makes a snapshot of them. Only the one that is called is loaded. */
const FORMATS: Readonly<Record<string, readonly [read: Reader, find: () => Promise<Importer>]>> = {
  "better-auth": [json, async () => (await import("../import/better-auth.js")).importBetterAuth],
  casl: [json, async () => (await import("../import/casl.js")).importCasl],
  casbin: [lines, async () => (await import("../import/casbin.js")).importCasbin],
  keycloak: [json, async () => (await import("../import/keycloak.js")).importKeycloak],
  kubernetes: [yamlSources, async () => (await import("../import/kubernetes.js")).importKubernetes],
  cerbos: [yamlSources, async () => (await import("../import/cerbos.js")).importCerbos],
};

export const command: Command = {
  usage: "<system> <file>...",
  help: `Makes a snapshot of the roles of another system:
${Object.keys(FORMATS).join(", ")}.
What cannot be said exactly is reported with its place. Unless --lossy, nothing
is then written. What is lost never gives more access: grants are left out.

  -o, --out FILE        where to, instead of the standard output
      --lossy           write the snapshot all the same, exit code 0
      --tenant ID       whose roles they are
      --revision N      of the snapshot; 1 if it is not said
      --resources A,B   kinds of resources, and
      --actions A,B     actions besides those in the files. Wildcards mean these
      --namespace NAME  kubernetes: of what has none
      --typed           casl: attributes have the types they are compared with,
                        no lists, no null
      --extended        casl: rules may have $and, $or, $nor, $not
      --format FORMAT   of the report: human, json

  rolegate import casl agent.json lead.json --lossy --out roles.json

Exit code: 0; 1 something is lost or changed; 2 it cannot be imported.`,
  options: {
    out: { type: "string", short: "o" },
    lossy: { type: "boolean" },
    tenant: { type: "string" },
    revision: { type: "string" },
    resources: { type: "string" },
    actions: { type: "string" },
    namespace: { type: "string" },
    typed: { type: "boolean" },
    extended: { type: "boolean" },
    format: { type: "string" },
  },
  count: [2, Number.POSITIVE_INFINITY],
  run: async ([name = "", ...files], options, terminal) => {
    const format = formatOf(options, ["human", "json"]);
    const settings = settingsOf(options);
    const [read, find] = formatNamed(name);
    const texts = new Map<string, string>();
    const sources: Source[] = [];
    for (const path of files) {
      const text = await terminal.read(path);
      const file = nameOf(path);
      if (text.startsWith(BYTE_ORDER_MARK)) throw new Unusable(`${file}:1:1: ${HAS_BYTE_ORDER_MARK}`);
      if (texts.has(file)) throw new Unusable(`${file} is given twice`);
      texts.set(file, text);
      for (const source of await read(file, text)) sources.push(source);
    }
    if (sources.length === 0) throw new Unusable(`there is nothing in ${files.map(nameOf).join(", ")}`);
    const made = (await find())(sources, settings);
    const text = await checked(made.snapshot);
    return written(made, text, { format, options, terminal });
  },
};

function formatNamed(name: string): (typeof FORMATS)[string] {
  const found = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (found !== undefined) return found;
  const near = nearest(name, Object.keys(FORMATS));
  const hint = near === undefined ? "" : ` Did you mean ${near}?`;
  throw new Unusable(`"${name}" cannot be imported.${hint} There are ${Object.keys(FORMATS).join(", ")}`);
}

function settingsOf(options: Options): Settings {
  const {
    tenant,
    revision = "1",
    resources,
    actions,
    namespace,
  } = options as Record<string, string | undefined>;
  if (!/^\d{1,15}$/.test(revision)) throw new Unusable(`--revision must be a number, not "${revision}"`);
  return {
    tenant,
    revision: Number(revision),
    resources: resources?.split(","),
    actions: actions?.split(","),
    namespace,
    typed: options.typed === true,
    extended: options.extended === true,
  };
}

/** What is written loads. */
async function checked(snapshot: SnapshotDocument): Promise<string> {
  const text = jsonText(snapshot);
  try {
    await load(text);
    return text;
  } catch (error) {
    if (!(error instanceof SnapshotError)) throw error;
    throw new Unusable(`what came out is no snapshot: ${error.message}`);
  }
}

interface Style {
  readonly format: "human" | "json";
  readonly options: Options;
  readonly terminal: Terminal;
}

async function written(
  { snapshot, lost }: Imported,
  text: string,
  { format, options: { out, lossy }, terminal }: Style,
): Promise<ExitCode> {
  const isWritten = lost.length === 0 || lossy === true;
  const found = placed(lost);
  if (isWritten && typeof out === "string") await terminal.write(out, text);
  if (format === "json")
    terminal.print(
      JSON.stringify(
        { lost: found.map(asData), ...(isWritten && typeof out !== "string" && { snapshot }) },
        undefined,
        2,
      ),
    );
  else {
    for (const line of asLines(found, terminal.warnsInColors)) terminal.warn(line);
    if (!isWritten)
      terminal.warn("nothing is written: with --lossy, it is left out or changed as said above");
    else if (typeof out !== "string") terminal.print(text.trimEnd());
    if (isWritten) terminal.warn(`${typeof out === "string" ? `${out}: ` : ""}${summaryOf(snapshot)}`);
  }
  return isWritten ? 0 : 1;
}

type Placed = readonly [loss: Loss, place: Place | undefined];

/** In the order of the files. */
function placed(lost: readonly Loss[]): readonly Placed[] {
  const bySource = new Map<Source, Loss[]>();
  for (const loss of lost) {
    const { source } = loss.place;
    const losses = bySource.get(source) ?? [];
    losses.push(loss);
    bySource.set(source, losses);
  }
  return [...bySource].flatMap(([source, losses]) => {
    const places = source.places(losses.map(({ place }) => place.path));
    return losses
      .map((loss): Placed => [loss, places.get(loss.place.path)])
      .sort(([, a], [, b]) => (a?.line ?? 0) - (b?.line ?? 0) || (a?.column ?? 0) - (b?.column ?? 0));
  });
}

function asData([{ kind, place, what, why }, at]: Placed) {
  const { source, path } = place;
  return {
    kind,
    file: source.file,
    line: at?.line,
    column: at?.column,
    ...(!place.isLine && { path }),
    what,
    why,
  };
}

function asLines(found: readonly Placed[], hasColors: boolean): string[] {
  const rows = found.map(([{ kind, place, what, why }, at]) => [
    `${place.source.file}${at === undefined ? "" : `:${at.line}:${at.column}`}`,
    kind,
    `${what}: ${why}`,
  ]);
  const counts = (["lost", "changed"] as const).map((kind) => {
    const count = found.filter(([loss]) => loss.kind === kind).length;
    return `${count} ${kind}`;
  });
  return [
    ...table(rows).map((line) =>
      line.replace(
        / (lost|changed) /,
        (_, kind: "lost" | "changed") =>
          ` ${painted(kind, kind === "lost" ? "error" : "warning", hasColors)} `,
      ),
    ),
    ...(found.length === 0 ? [] : [counts.join(", ")]),
  ];
}

function summaryOf({ catalog, roles, users = [], teams = [] }: SnapshotDocument): string {
  const grants = roles.reduce((sum, role) => sum + Object.keys(role.grants ?? {}).length, 0);
  const denials = roles.reduce((sum, role) => sum + (role.deny?.length ?? 0), 0);
  const permissions = catalog.categories.reduce((sum, category) => sum + category.permissions.length, 0);
  const counts = {
    permission: permissions,
    role: roles.length,
    grant: grants,
    denial: denials,
    team: teams.length,
  };
  return Object.entries({ ...counts, user: users.length })
    .map(([word, count]) => `${count} ${word}${count === 1 ? "" : "s"}`)
    .join(", ");
}
