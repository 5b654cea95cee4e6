// What is found in files, in the forms that people, editors and services read.

import { printable } from "../core/errors.js";
import type { TextPlace } from "./place.js";
import { VERSION } from "./version.js";

type Severity = "error" | "warning" | "info";

/** Something that was found at a place of a file. */
export interface Finding {
  readonly file: string;
  /** JSON Pointer. */
  readonly path: string;
  readonly place: TextPlace;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  /** The name that was meant; or operations that take it away. */
  readonly suggestion?: unknown;
}

export const FINDING_FORMATS = ["human", "json", "github", "sarif", "junit"] as const;

/** What was found in a file, and in which form it is written. */
interface Findings {
  readonly found: readonly Finding[];
  readonly file: string;
  readonly text: string;
  /** For people, behind the findings. */
  readonly summary: string;
  /** What JSON says besides. */
  readonly more?: object;
  /** The test that passes where there are none. */
  readonly clean: string;
  readonly format: (typeof FINDING_FORMATS)[number];
  readonly hasColors: boolean;
}

/** Findings, in the form that is asked for. */
export function written({ found, file, text, summary, more, clean, format, hasColors }: Findings): string[] {
  switch (format) {
    case "human":
      return [...found.map((finding) => asText(finding, text, hasColors)), printable(summary)];
    case "json":
      return [JSON.stringify({ ...more, findings: found.map(asData) }, undefined, 2)];
    case "github":
      return found.map(asGithub);
    case "sarif":
      return [asSarif(found)];
    case "junit":
      return [asJunit(file, found.length === 0 ? [{ name: clean }] : found.map(outcomeOf))];
  }
}

function asData({ place: { offset: _, ...place }, ...finding }: Finding) {
  return { ...finding, place };
}

/** Information is no failure. */
function outcomeOf({ file, path, place, severity, code, message }: Finding): Outcome {
  const name = `${code} ${path}`.trimEnd();
  if (severity === "info") return { name };
  return { name, failure: `${file}:${place.line}:${place.column}: ${message}` };
}

const COLORS = { error: 31, warning: 33, info: 36, dim: 2 };

/** Text in a color, or as it is. */
export function painted(text: string, color: keyof typeof COLORS, hasColors: boolean): string {
  return hasColors ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text;
}

/** The finding, and the line in which it stands. */
export function asText(finding: Finding, text: string, hasColors: boolean): string {
  const { file, path, place, severity, code, message } = finding;
  const { line, column, length } = place;
  const [shown, from] = excerpt(text, place);
  const margin = " ".repeat(String(line).length);
  const marked = [...shown].slice(from, from + length).length;
  return [
    `${printable(file)}:${line}:${column}  ${painted(`${severity} ${code}`, severity, hasColors)}  ${printable(message)}`,
    `  ${painted(`${line} │`, "dim", hasColors)} ${printable(shown)}`,
    `  ${painted(`${margin} │`, "dim", hasColors)} ${" ".repeat(from)}${painted("^".repeat(Math.max(marked, 1)), severity, hasColors)}`,
    ...(path === "" ? [] : [`  ${painted(`${margin} ╰`, "dim", hasColors)} ${printable(path)}`]),
  ].join("\n");
}

/** How much of a long line is shown. */
const SHOWN = 100;

/** The part of a line around a place, and where the place is in it. Of a long line, no more is looked at. */
function excerpt(text: string, { offset }: TextPlace): readonly [text: string, at: number] {
  const begin = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
  const found = text.indexOf("\n", offset);
  const end = found < 0 ? text.length : found;
  const [from, to] = [Math.max(begin, offset - 4 * SHOWN), Math.min(end, offset + 4 * SHOWN)];
  const at = [...text.slice(from, offset)].length;
  const letters = [
    ...text
      .slice(from, to)
      .replaceAll(/[\t\r]/g, " ")
      .trimEnd(),
  ];
  const indent = Math.max(
    letters.findIndex((letter) => letter !== " "),
    0,
  );
  const fits = from === begin && (letters.length - indent <= SHOWN || at - indent <= SHOWN / 2);
  const start = fits ? indent : Math.max(at - SHOWN / 2, 0);
  return [letters.slice(start, start + SHOWN).join(""), Math.max(at - start, 0)];
}

/** What GitHub shows beside the lines of a pull request. */
export function asGithub({ file, place, severity, code, message }: Finding): string {
  const level = severity === "info" ? "notice" : severity;
  const properties = { file, line: place.line, col: place.column, title: code };
  const written = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`);
  return `::${level} ${written.join(",")}::${data(message)}`;
}

const data = (text: string): string => printable(text).replaceAll("%", "%25");
const property = (text: string): string => data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

const LEVELS = { error: "error", warning: "warning", info: "note" } as const;

/** SARIF 2.1.0, which code scanning reads. */
function asSarif(findings: readonly Finding[]): string {
  const rules = [...new Set(findings.map(({ code }) => code))].sort();
  const results = findings.map(({ file, path, place, severity, code, message }) => ({
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level: LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: addressOf(file) },
          region: {
            startLine: place.line,
            startColumn: place.column,
            endColumn: place.column + place.length,
          },
        },
        logicalLocations: [{ fullyQualifiedName: path }],
      },
    ],
  }));
  const driver = { name: "rolegate", version: VERSION, rules: rules.map((id) => ({ id })) };
  return JSON.stringify(
    {
      $schema: "https://json.schemastore.org/sarif-2.1.0.json",
      version: "2.1.0",
      runs: [{ tool: { driver }, columnKind: "unicodeCodePoints", results }],
    },
    undefined,
    2,
  );
}

/** A path as the part of an address. */
function addressOf(file: string): string {
  return file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/");
}

/** A test: it passed, or says why not. */
interface Outcome {
  readonly name: string;
  readonly failure?: string | undefined;
}

/** JUnit's XML, which services of CI read. */
export function asJunit(suite: string, outcomes: readonly Outcome[]): string {
  const failed = outcomes.filter(({ failure }) => failure !== undefined).length;
  const cases = outcomes.map(({ name, failure }) => {
    const attributes = `classname="${xml(suite)}" name="${xml(name)}"`;
    return failure === undefined
      ? `    <testcase ${attributes}/>`
      : `    <testcase ${attributes}><failure message="${xml(failure)}"/></testcase>`;
  });
  const counts = `tests="${outcomes.length}" failures="${failed}" errors="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${xml(suite)}" ${counts}>`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function xml(text: string): string {
  return printable(text)
    .replaceAll(/[\ufffe\uffff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
