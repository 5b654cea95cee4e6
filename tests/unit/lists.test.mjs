// Words that several places list: error codes, reasons, operators, mask kinds, remedy kinds and a few more.
// Each place is read as text and compared with the first one, in Rust; a failure names the list, the place,
// and what is missing or too much.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");
const schema = JSON.parse(read("pkg-template/schema.json"));

/** What stands in a file behind `start`, up to `end`. */
function between(path, start, end) {
  const [, rest] = read(path).split(start);
  assert.ok(rest !== undefined, `${path} has no \`${start}\``);
  return rest.slice(0, rest.indexOf(end));
}

const all = (text, pattern) => Array.from(text.matchAll(pattern), ([, word]) => word);
/** String literals without a space. */
const literals = (text) => all(text, /"([^"\s]+)"/g);
/** Keys of an object literal or an interface, one a line. */
const keys = (text) => all(text, /^ {2}(?:readonly )?"?([$\w-]+)"?\??:/gm);
/** The members of a type that is a union of literals. */
const union = (path, name) => literals(between(path, `export type ${name} =`, ";\n"));
/** The words in the first column of the table that begins with a line. */
const column = (path, head) =>
  all(between(path, `${head}\n`, "\n\n"), /^\| ([^|]*) \|/gm).flatMap((cell) => all(cell, /`([^`]+)`/g));
/** The operators that a text mentions, each once. */
const operatorsIn = (text) => [
  ...new Set(all(text, /(\$\w+)/g).filter((word) => Object.hasOwn(schema.$defs.operators.properties, word))),
];
const rust = {
  code: "src/code.rs",
  table: "src/format/table.rs",
  reason: "src/query/reason.rs",
  remedy: "src/query/remedy/mod.rs",
  suggest: "src/suggest.rs",
};
const ts = (name) => `pkg-template/src/${name}.ts`;

/** For each list its places, the first of which is right, and whether their order is the same, too. */
const LISTS = {
  "codes of load errors": () => ({
    inOrder: true,
    "src/code.rs": all(between(rust.code, "codes! {\n", "\n}"), /^ {4}\w+ "([^"]+)"/gm),
    "IssueCode in errors.ts": union(ts("core/errors"), "IssueCode"),
    "CODES in layout.ts": literals(between(ts("engine/layout"), "CODES: readonly IssueCode[] = [", "];")),
    "docs/format.md#errors": column("docs/format.md", "| code | location | meaning |"),
  }),
  "codes of other errors": () => ({
    "ErrorCode in errors.ts": union(ts("core/errors"), "ErrorCode"),
    // The two that no loading throws are explained where they may occur.
    "docs/loading.md": [
      ...column("docs/loading.md", "| code | what happened | what to do |"),
      ...["bad-gate-data", "unknown-resource"].filter((code) =>
        [read("docs/gate-data.md"), read("docs/format.md")].some((page) => page.includes(`\`${code}\``)),
      ),
    ],
  }),
  reasons: () => ({
    inOrder: true,
    "src/query/reason.rs": literals(
      between(rust.reason, "pub fn as_str(self) -> &'static str {", "\n    }\n"),
    ),
    "Reason in types.ts": union(ts("types/types"), "Reason"),
    "ENGLISH in explain.ts": keys(
      between(ts("gate/explain"), "const ENGLISH: Readonly<Record<Key, string>> = {\n", "\n};"),
    ).filter((key) => !key.startsWith("level.")),
    "docs/format.md#answers": ["granted", ...column("docs/format.md", "| reason | |")],
  }),
  operators: () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "operators! {\n", "\n}")),
    "Operators in snapshot-document.ts": keys(
      between(ts("types/snapshot-document"), "export interface Operators {\n", "\n}"),
    ),
    "schema.json": Object.keys(schema.$defs.operators.properties),
    "docs/format.md#conditions": column("docs/format.md", "| operator | operand | holds if the attribute |"),
  }),
  "operators without order": () => ({
    "src/format/table.rs": literals(between(rust.table, "operators! {\n", "\n}")),
    // What `$elem` asks is a condition, so it is not an operator like the others.
    "operators.ts": [
      ...keys(between(ts("condition/operators"), "export const operators", "\n};")),
      ...all(read(ts("condition/condition")), /name === "(\$elem)"/g),
    ],
    "fuzz/dictionary.txt": literals(read("fuzz/dictionary.txt")).filter((word) =>
      Object.hasOwn(schema.$defs.operators.properties, word),
    ),
    "OTHER_NAMES in src/suggest.rs": [
      ...literals(between(rust.suggest, "const OTHER_NAMES", "];")),
      "$cidr",
      "$exists",
    ].filter((word) => word.startsWith("$")),
  }),
  "operators that tests try": () => ({
    "src/format/table.rs": literals(between(rust.table, "operators! {\n", "\n}")),
    // Conditions with `$elem` are made by a branch of their own.
    "count in tests/reference/operators.rs": [
      ...operatorsIn(between("tests/reference/operators.rs", "    table!(\n", ");")),
      "$elem",
    ],
    "operator in tests/reference/generate/conditions.rs": [
      ...operatorsIn(between("tests/reference/generate/conditions.rs", "let any = [", "];")),
      "$elem",
    ],
    "OPERANDS in tests/mutations/mutate.mjs": [
      ...operatorsIn(between("tests/mutations/mutate.mjs", "const OPERANDS = {\n", "\n};")),
      "$elem",
    ],
    "tests/unit/condition/conditions.test.mjs": operatorsIn(read("tests/unit/condition/conditions.test.mjs")),
    "names of cases in tests/vectors/own-invalid.json": [
      ...all(read("tests/vectors/own-invalid.json"), /"condition: unfit operands of (\$\w+)"/g),
      "$elem",
    ],
  }),
  "words of conditions": () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "words! {\n", "\n}")),
    // `$value` is only in what is left of a condition.
    "Condition in snapshot-document.ts": keys(
      between(ts("types/snapshot-document"), "export interface Condition {\n", "\n}"),
    ).filter((key) => key !== "$value"),
    "schema.json": Object.keys(schema.$defs.condition.properties),
    "docs/format.md#conditions": all(
      between("docs/format.md", "\n## Conditions\n", "\n\nA path is compared"),
      /`(\$\w+)`/g,
    ),
  }),
  "roots of paths": () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "ROOTS: Words = &[", "];")),
    "src/condition/mod.rs": literals(
      between("src/condition/mod.rs", "pub(crate) const ALL: [(Self, &'static str); 4] = [", "];"),
    ),
  }),
  levels: () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "LEVELS: Words = &[", "];")),
    "Level in snapshot-document.ts": union(ts("types/snapshot-document"), "Level"),
    "LEVELS in holdings.ts": literals(between(ts("snapshot/holdings"), "LEVELS = [", "]")),
    "schema.json": schema.$defs.level.enum,
  }),
  days: () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "DAYS: Words = &[", "];")),
    "During in snapshot-document.ts": literals(
      between(ts("types/snapshot-document"), "readonly days?: readonly (", ")"),
    ),
    "schema.json": schema.$defs.during.properties.days.items.enum,
  }),
  "mask kinds": () => ({
    inOrder: true,
    "src/format/table.rs": literals(between(rust.table, "SHOWN: Words = &[", "];")),
    "MaskKind in snapshot-document.ts": union(ts("types/snapshot-document"), "MaskKind"),
    "MASK_KINDS in mask.ts": literals(between(ts("gate/mask"), "MASK_KINDS", ";\n").split("=")[1]),
    "schema.json": schema.$defs.mask.properties.as.enum,
    "docs/format.md#masks": all(
      between("docs/format.md", "\n### Masks\n", "\n\n```json"),
      /`(omit|null|redact|pseudonym)`/g,
    ).filter((word, at, words) => words.indexOf(word) === at),
  }),
  "remedy kinds": () => ({
    inOrder: true,
    "src/query/remedy/mod.rs": literals(
      between(rust.remedy, "pub fn kind(&self) -> &'static str {", "\n    }\n"),
    ),
    "docs/explaining.md": column("docs/explaining.md", "| kind | the change |"),
  }),
  "remedy kinds without order": () => ({
    "src/query/remedy/mod.rs": literals(
      between(rust.remedy, "pub fn kind(&self) -> &'static str {", "\n    }\n"),
    ),
    "Remedy in types.ts": all(
      between(ts("types/types"), "export type Remedy =", ";\n\n"),
      /kind: "([^"]+)"/g,
    ),
    "its comment in types.ts": all(
      between(ts("types/types"), "A change that helps to get", "*/"),
      /^ \* - `([^`]+)`/gm,
    ),
    "www/words.mjs": keys(between("www/words.mjs", "const REMEDIES = {\n", "\n};")),
  }),
};

/** Methods of a class, by what stands in and above their declarations. */
const methods = (path, declaration) => [...new Set(all(read(ts(path)), declaration))];
const TAKES_PERMISSIONS = /^ {2}(\w+)(?:<.*>)?\(.*\bpermissions?: (?:readonly )?Permission\b/gm;
const backquoted = (text) => all(text, /`(\w+)`/g);

Object.assign(LISTS, {
  "methods that name permissions": () => ({
    "core-gate.ts, lite-gate.ts and snapshot.ts": [
      ...methods("gate/core-gate", TAKES_PERMISSIONS),
      ...methods("gate/lite-gate", TAKES_PERMISSIONS),
      ...methods("snapshot/snapshot", TAKES_PERMISSIONS),
    ],
    "FUNCTIONS in eslint/places.ts": all(
      between(ts("eslint/places"), "export const FUNCTIONS", "};"),
      /^ {2}(\w+): /gm,
    ).filter((name) => !/^(?:guard|inject|require|use)/.test(name)),
    "docs/eslint.md": all(between("docs/eslint.md", "| methods of gates", "|\n"), /`(?:\w+\.)?(\w+)/g),
  }),
  "methods that need the second module": () => ({
    "snapshot.ts": methods("snapshot/snapshot", /`needs-full`.*\n(?: {3}\*.*\n)* {2}(\w+)\(/g),
    "needFull in full.ts": all(
      between(ts("engine/full"), '"needs-full",', "are in a second"),
      /\\`(\w+)\\`/g,
    ),
    "InitOptions in bind.ts": backquoted(between(ts("snapshot/bind"), "which answers", ";")),
    "LoadOptions in types.ts": backquoted(between(ts("types/types"), "which answers", ".")),
    "docs/loading.md": backquoted(
      between("docs/loading.md", "## The second module\n", "and the full report"),
    ),
    "docs/loading.md, without it": backquoted(between("docs/loading.md", "Without it,", " throw ")),
    "docs/edge.md": backquoted(between("docs/edge.md", "Both modules are available, so", "work without")),
    "pkg-template/README.md": backquoted(
      between("pkg-template/README.md", "`rolegate/lite` does not.\n", "and the full report"),
    ),
    "tests/package/loading.mjs": keys(
      between("tests/package/loading.mjs", "const asked = {\n", "\n  };").replaceAll(/^ {2}/gm, ""),
    ),
  }),
});

/**
 * For each kind of objects its type, where issues about its keys are, and what begins its list of keys in
 * docs/format.md. The Rust tests look at the other lists there.
 */
const OBJECTS = {
  SNAPSHOT: ["SnapshotDocument", ""],
  CATALOG: ["Catalog", "/catalog"],
  CATEGORY: ["Category", "/catalog/categories/\\d+", "`categories` is a list of `{ "],
  PERMISSION: ["CatalogPermission", "/catalog/categories/\\d+/permissions/\\d+"],
  RESOURCE: ["ResourceMapping", "/catalog/resources/\\w+"],
  MASK: ["Mask", "/catalog/masks/\\d+"],
  TEAM: ["Team", "/teams/\\d+", "\n## Teams\n\n`{ "],
  ROLE: ["Role", "/roles/\\d+", "\n## Roles\n\n`{ "],
  USER: ["User", "/users/\\d+", "\n## Users\n\n`{ "],
  ASSIGNMENT: ["AssignmentObject", "/users/\\d+/roles/\\d+", "`roles` lists assignments: a role id, or `{ "],
  DURING: ["During", "/.*/\\$during"],
};

for (const [kind, [type, path, documented]] of Object.entries(OBJECTS)) {
  LISTS[`keys of ${kind}`] = () => {
    const table = between(rust.table, `object! { ${kind}`, "\n}");
    const known = all(table, /^ {4}(?:required )?"([^"]+)":/gm);
    const wrong = new RegExp(`^${path}/([$\\w]+)$`);
    const reported = JSON.parse(read("tests/vectors/own-invalid.json"))
      .flatMap(({ issues }) => issues.map(([place]) => wrong.exec(place ?? "")?.[1]))
      .filter((key) => known.includes(key));
    return {
      "src/format/table.rs": known,
      [`${type} in snapshot-document.ts`]: keys(
        between(ts("types/snapshot-document"), new RegExp(`export interface ${type}\\b[^{]*{\\n`), "\n}"),
      ),
      // `Is::Any` has no wrong values.
      "wrong values in tests/vectors/own-invalid.json": [
        ...new Set([...reported, ...all(table, /"([^"]+)": Is::Any\b/g)]),
      ],
      ...(documented && {
        "docs/format.md": between("docs/format.md", documented, " }`").replaceAll("?", "").split(/,\s+/),
      }),
    };
  };
}

for (const [list, placesOf] of Object.entries(LISTS)) {
  test(list, () => {
    const { inOrder = false, ...places } = placesOf();
    const [[first, right], ...others] = Object.entries(places);
    assert.ok(right.length > 0 && others.length > 0, `${first} lists nothing`);
    for (const [place, words] of others) {
      for (const word of right)
        assert.ok(words.includes(word), `${list}: \`${word}\` is missing in ${place} (${first} has it)`);
      for (const word of words)
        assert.ok(right.includes(word), `${list}: \`${word}\` in ${place} is not in ${first}`);
      assert.equal(words.length, right.length, `${list}: ${place} has a word twice`);
      if (inOrder) assert.deepEqual(words, right, `${list}: another order in ${place} than in ${first}`);
    }
  });
}
