// Access reports as text, piece by piece.

import type { AccessReportHeader, AccessRow } from "./look-types.js";

type Rows = Iterable<AccessRow>;
type Writer = (header: AccessReportHeader, rows: Rows) => Generator<string, void>;

/** The columns of tables. */
const COLUMNS = Object.keys({
  user: 0,
  role: 0,
  team: 0,
  via: 0,
  from: 0,
  until: 0,
  permission: 0,
  level: 0,
  conditional: 0,
  flags: 0,
  lastUsed: 0,
} satisfies Record<keyof AccessRow, 0>) as readonly (keyof AccessRow)[];

function cell(value: AccessRow[keyof AccessRow]): string {
  if (value === undefined) return "";
  return typeof value === "object" ? value.join(" ") : String(value);
}

/** With what spreadsheets take a cell for a formula, some of them in full width and behind white space, too. */
const FORMULA = "=+-@";

function isFormula(text: string): boolean {
  const first = text.charAt(0);
  // Nearly every cell begins like this.
  if ((first >= "a" && first <= "z") || (first >= "0" && first <= "9")) return false;
  const seen = text.normalize("NFKC").trimStart().charAt(0);
  return seen !== "" && (FORMULA.includes(seen) || first === "\t" || first === "\r" || first === "\n");
}

/** Where numbers have a decimal comma, spreadsheets begin a cell after a semicolon, in quotes, too. */
function csvCell(text: string): string {
  const guarded = (part: string): string => (isFormula(part) ? `'${part}` : part);
  const safe = text.includes(";") ? text.split(";").map(guarded).join(";") : guarded(text);
  const isPlain =
    safe === text &&
    !(text.includes('"') || text.includes(",") || text.includes("\r") || text.includes("\n"));
  return isPlain ? text : `"${safe.replaceAll('"', '""')}"`;
}

function* csv(_header: AccessReportHeader, rows: Rows): Generator<string, void> {
  yield `${COLUMNS.join(",")}\r\n`;
  for (const row of rows) yield `${COLUMNS.map((column) => csvCell(cell(row[column]))).join(",")}\r\n`;
}

function* json(header: AccessReportHeader, rows: Rows): Generator<string, void> {
  yield `{"header":${JSON.stringify(header)},"rows":[`;
  let comma = "";
  for (const row of rows) {
    yield `${comma}\n${JSON.stringify(row)}`;
    comma = ",";
  }
  yield "\n]}\n";
}

const ENTITIES: readonly [string, string][] = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#39;"],
];

function escaped(text: string): string {
  return ENTITIES.reduce((safe, [mark, entity]) => safe.replaceAll(mark, entity), text);
}

const STYLE =
  "body{font:14px/1.4 system-ui,sans-serif}table{border-collapse:collapse}th,td{border:1px solid #767676;padding:2px 8px;text-align:left}";

function* html(header: AccessReportHeader, rows: Rows): Generator<string, void> {
  const title = escaped(`Access report ${header.tenant ?? ""} ${header.at}`);
  yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title><style>${STYLE}</style></head><body>\n<h1>${title}</h1>\n<dl>\n`;
  for (const [name, value] of Object.entries(header))
    yield `<dt>${escaped(name)}</dt><dd>${escaped(String(value))}</dd>\n`;
  yield `</dl>\n<table><thead><tr>${COLUMNS.map((column) => `<th scope="col">${column}</th>`).join("")}</tr></thead><tbody>\n`;
  for (const row of rows)
    yield `<tr>${COLUMNS.map((column) => `<td>${escaped(cell(row[column]))}</td>`).join("")}</tr>\n`;
  yield "</tbody></table>\n</body></html>\n";
}

export const WRITERS: { readonly csv: Writer; readonly json: Writer; readonly html: Writer } = {
  csv,
  json,
  html,
};
