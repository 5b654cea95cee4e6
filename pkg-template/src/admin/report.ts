// Access reports: rows that are asked of the engine some thousand at a time, and written as they come.

import { among, type Checked, optionsOf } from "../core/options.js";
import { toBytes } from "../engine/source.js";
import type { SnapshotSource } from "../types/types.js";
import { invalid, type LastUses, lastUsesOf, momentOf } from "./arguments.js";
import type { Draft } from "./draft.js";
import { AdminError } from "./errors.js";
import type { Answer, AtHand } from "./look.js";
import type { AccessReportHeader, AccessReportOptions, AccessRow } from "./look-types.js";
import { type Bindings, engine, Opened, type Problem } from "./opened.js";
import type { ReviewDecision } from "./types.js";
import { WRITERS } from "./writers.js";

/**
 * Who holds what at a moment, by which assignment.
 * @throws {SnapshotError} if the snapshot is refused
 */
export type AccessReports = (snapshot: SnapshotSource, options: AccessReportOptions) => AccessReport;

const NONE = undefined;
const REPORT_OPTIONS = (): Checked<AccessReportOptions> => ({ at: NONE, usage: NONE });

/** @internal */
export function accessReportOn(atHand?: AtHand): AccessReports {
  return (snapshot, options) => {
    const { at, usage } = optionsOf(options, REPORT_OPTIONS);
    const moment = momentOf(at);
    const known = usage === undefined ? NONE : lastUsesOf(usage);
    const bytes = toBytes(snapshot);
    if (atHand !== undefined) engine.startNow(atHand);
    return new AccessReport(bytes, moment, known);
  };
}

const isFormat = /* @__PURE__ */ among('"csv" "json" "html"');

/** So many rows are asked for at a time. */
const SOME = 5_000;

interface Some {
  readonly rows: AccessRow[];
  readonly next?: number;
}

/** Who holds what at a moment. Rows are made as they are read, so that there may be millions. */
export class AccessReport {
  readonly #usage: LastUses | undefined;
  readonly #opened: Opened;
  /** What it is of, and how much there is in it. */
  readonly header: AccessReportHeader;

  /** @internal */
  constructor(bytes: Uint8Array, at: number, usage: LastUses | undefined) {
    const open = (wasm: Bindings): number | Problem => {
      const answer = JSON.parse(wasm.openReport(bytes, at)) as Answer<number>;
      return "value" in answer ? answer.value : answer;
    };
    this.#usage = usage;
    this.#opened = new Opened("report", open, (wasm, handle) => wasm.freeReport(handle));
    const header = this.#opened.ask((wasm, handle) => wasm.reportHeader(handle));
    this.header = Object.freeze(JSON.parse(header) as AccessReportHeader);
  }

  /** The rows, by user in the order of the document, by permission in that of the catalog. */
  *rows(): Generator<AccessRow, void> {
    for (let from: number | undefined = 0; from !== undefined; ) {
      const user: number = from;
      const text = this.#opened.ask((wasm, handle) => wasm.reportRows(handle, user, SOME));
      const { rows, next } = JSON.parse(text) as Some;
      for (const row of rows) yield this.#usage === undefined ? row : withUsage(row, this.#usage);
      from = next;
    }
  }

  /** The same as text, in pieces, for reports that are longer than a string may be. */
  pieces(format: "csv" | "json" | "html"): Generator<string, void> {
    isFormat(format, "format");
    return WRITERS[format](this.header, this.rows());
  }

  /** The rows as RFC 4180 text, in which no cell is taken for a formula. */
  csv(): string {
    return joined(this.pieces("csv"));
  }

  /** `{ header, rows }`. */
  json(): string {
    return joined(this.pieces("json"));
  }

  /** A page by itself, without script. */
  html(): string {
    return joined(this.pieces("html"));
  }

  /** Frees what the engine holds at once. It is also freed when nobody refers to the report any more. */
  free(): void {
    this.#opened.free();
  }
}

function joined(pieces: Iterable<string>): string {
  let text = "";
  for (const piece of pieces) text += piece;
  return text;
}

function withUsage(row: AccessRow, usage: LastUses): AccessRow {
  const own = (of: object | undefined, key: string): unknown =>
    of !== undefined && Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined;
  const lastUsed = own(own(usage, row.user) as object | undefined, row.permission);
  return lastUsed === undefined
    ? { ...row, flags: [...row.flags, "unused"] }
    : { ...row, lastUsed: lastUsed as string };
}

/**
 * Notes in a draft what was decided about assignments, by its actor, at its time. Rows of a report with a
 * `decision` will do: of the same assignment one decision counts, and two that differ are refused.
 * @throws {AdminError} what stands against it; then nothing was noted
 */
export function recordReview(draft: Draft, decisions: Iterable<ReviewDecision>): void {
  const known = new Map<string, ReviewDecision>();
  try {
    for (const { user, role, team, decision, note } of decisions) {
      const about = { user, role, ...(team === undefined ? {} : { team }), decision };
      known.set(JSON.stringify(about), note === undefined ? about : { ...about, note });
    }
  } catch {
    throw new AdminError(invalid("decisions are a list of `{ user, role, decision }`"));
  }
  draft.recordReview([...known.values()]);
}
