// Access reports: rows that are asked of the engine some thousand at a time, and written as they come.

import { RolegateError } from "../core/errors.js";
import { type Checked, optionsOf } from "../core/options.js";
import { toBytes } from "../engine/source.js";
import type { SnapshotSource } from "../types/types.js";
import type { Draft } from "./draft.js";
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
    const moment = Number(at);
    if (at === undefined || at === null || !Number.isFinite(moment))
      throw new RolegateError("bad-options", "`at` is required: a `Date`, or milliseconds since the epoch");
    const [bytes, known] = [toBytes(snapshot), usageOf(usage)];
    if (atHand !== undefined) engine.startNow(atHand);
    return new AccessReport(bytes, moment, known);
  };
}

const isPlain = (of: unknown): of is Record<string, unknown> =>
  typeof of === "object" && of !== null && !(Symbol.iterator in of);

/** Usage that cannot be read must not call everything unused, nor anything used. */
function usageOf(usage: unknown): Usage {
  if (usage === undefined) return NONE;
  const users = isPlain(usage) ? Object.values(usage) : [NONE];
  const isRead = users.every(
    (of) => isPlain(of) && Object.values(of).every((time) => typeof time === "string" && time !== ""),
  );
  if (isRead) return usage as Usage;
  throw new RolegateError(
    "bad-options",
    '`usage` has, by user and permission, when it was last used: `{ "ana": { "tickets.view": "2030-01-31" } }`',
  );
}

/** So many rows are asked for at a time. */
const SOME = 5_000;

type Usage = AccessReportOptions["usage"];
interface Some {
  readonly rows: AccessRow[];
  readonly next?: number;
}

/** Who holds what at a moment. Rows are made as they are read, so that there may be millions. */
export class AccessReport {
  readonly #usage: Usage;
  readonly #opened: Opened;
  /** What it is of, and how much there is in it. */
  readonly header: AccessReportHeader;

  /** @internal */
  constructor(bytes: Uint8Array, at: number, usage: Usage) {
    const open = (wasm: Bindings): number | Problem => {
      const answer = JSON.parse(wasm.openReport(bytes, at)) as Answer<number>;
      return "value" in answer ? answer.value : answer;
    };
    this.#usage = usage;
    this.#opened = new Opened("report", open, (wasm, handle) => wasm.freeReport(handle));
    this.header = JSON.parse(
      this.#opened.ask((wasm, handle) => wasm.reportHeader(handle)),
    ) as AccessReportHeader;
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

function withUsage(row: AccessRow, usage: NonNullable<Usage>): AccessRow {
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
  for (const { user, role, team, decision, note } of decisions) {
    const about = { user, role, ...(team === undefined ? {} : { team }), decision };
    known.set(JSON.stringify(about), note === undefined ? about : { ...about, note });
  }
  draft.recordReview([...known.values()]);
}
