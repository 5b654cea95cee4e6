// `rolegate/store`: one person's answers, kept up to date.
//
// Data flow one way: a look (answer.ts) or the storage (kept.ts) gives bytes, these become a body (body.ts), it is taken or refused, and what
// there is becomes the gate that is shown. Only `show` changes that, and only it tells the listeners.

import { readNow, taskNow } from "../clock.js";
import { isRolegateError, RolegateError } from "../errors.js";
import { restore } from "../lite.js";
import type { LiteGate } from "../lite-gate.js";
import type { Snapshot } from "../snapshot.js";
import type { GateData, GateOptions } from "../types.js";
import { ask, Fault } from "./answer.js";
import { type Body, isSameContent, read } from "./body.js";
import { bothOf } from "./both.js";
import { changesBetween, type Dated } from "./changes.js";
import { type Mark, shelf } from "./kept.js";
import { watchPage } from "./page.js";
import { settingsOf } from "./settings.js";
import { elapsed, timer, within } from "./timing.js";
import type { Store, StoreEvent, StoreOptions, StoreStatus, TabMessage } from "./types.js";

export { type ErrorCode, isRolegateError, RolegateError } from "../errors.js";
export type * from "./types.js";

/** A request with its body. */
const PATIENCE = 60_000;
/** Between two looks that nobody asked for, and until a tab that knows nothing no longer waits for another. */
const PAUSE = 5_000;
/** A look that was pushed comes at a random moment within. */
const SPREAD = 1_000;
/** After faults: twice as long each time, from here to there. */
const [FIRST_RETRY, LAST_RETRY] = [1_000, 300_000];
/** Nobody sleeps longer without a look at the clock: machines sleep, and dates are set. */
const NAP = 60_000;
/** A clock that differs by less is right. */
const TOLERANCE = 60_000;

/** Data that were taken. */
interface Taken {
  readonly body: Body;
  readonly epoch: number;
}

/** What can be seen at the moment. */
interface Shown {
  readonly gate: LiteGate;
  readonly status: StoreStatus;
  readonly revision: number;
  /** What the answers are made of; nothing of a gate that is closed. */
  readonly dated: Dated | undefined;
  /** Equal texts: equal answers. */
  readonly text: string;
  /** When time alone may change an answer, by the clock of the gate. */
  readonly until: number;
}

/**
 * Fetches one person's snapshot or gate data, looks again now and then, and swaps what is in order in one step. Nothing that fails
 * on the way opens anything or loses the last good answer.
 * @throws {RolegateError} `bad-options`, `wrong-tenant`
 */
export function createStore(options: StoreOptions): Store {
  const settings = settingsOf(options);
  const { url, user, tenant, interval, maxStale, storage, verify, push, onError } = settings;
  const listeners = new Set<(event: StoreEvent) => void>();

  let gateOptions: GateOptions = { ...settings.options };
  /** The data that answer, and later ones that wait to be activated. */
  let taken: Taken | undefined;
  let held: Taken | undefined;
  let mark: Mark = { epoch: 0, revision: 0, cleared: 0 };
  let etag: string | undefined;
  /** When the last answer that was in order came, by both clocks. */
  let good = { date: -Infinity, elapsed: -Infinity };
  let isFresh = false;
  let [isClosed, isOver, isStarted] = [false, false, false];

  let looking: Promise<boolean> | undefined;
  let following: Promise<boolean> | undefined;
  let aborter: AbortController | undefined;
  /** Rises when whatever is under way does not count any more. */
  let turn = 0;
  let faults = 0;
  /** By the clock that nobody sets. */
  let [lastLook, notBefore] = [-Infinity, -Infinity];
  let [isLeading, isActive] = [settings.tabs === undefined, false];
  let stopPush: (() => void) | undefined;

  const isEmpty = (): boolean => taken === undefined && !isClosed && !isOver;
  const poll = timer(() => void look(), isEmpty);
  const nudge = timer(() => void look(), isEmpty);
  const alarm = timer(() => settle(), () => false);

  const report = (cause: unknown): void => {
    try {
      onError?.(isRolegateError(cause) ? cause : new RolegateError("fetch-failed", `the look failed: ${String(cause)}`, { cause }));
    } catch {
      // Whoever watches must not get in the way.
    }
  };
  const kept = storage && shelf(storage, [url, tenant, String(user)], report);
  let becomeReady: (store: Store) => void;
  const ready = new Promise<Store>((done) => (becomeReady = done));

  // -- what is shown

  const now = (): number => (gateOptions.now === undefined ? taskNow() : readNow(gateOptions.now));

  /** Whether the last good answer has gone on for too long. A date that was set back does not prolong it. */
  function isLate(): boolean {
    return Date.now() - good.date >= maxStale || elapsed() - good.elapsed >= maxStale;
  }

  function statusNow(): StoreStatus {
    if (isOver || isClosed) return "closed";
    if (taken === undefined) return "empty";
    if (isLate() || now() >= taken.body.expires) return "expired";
    return isFresh ? "ready" : "stale";
  }

  const isOpen = (status: StoreStatus): boolean => status === "ready" || status === "stale";

  let shown: Shown = shut("empty", undefined);

  /** A gate that says no, and goes on hiding what was hidden. */
  function shut(status: StoreStatus, before: Shown | undefined): Shown {
    const { types = [], masks = [] } = before?.gate.toJSON() ?? {};
    const revision = before?.revision ?? 0;
    const explain = { reason: status === "empty" ? "unknown-user" : "expired", ids: [], rules: [], table: [], titles: [], by: [] } as const;
    const data: GateData = { format: "rolegate-gate/1", user: String(user ?? ""), ...(tenant != null && { tenant }), revision, at: 0, ids: [], rules: [], table: [], types, masks: masks.map(([type, field, , as]) => [type, field, -1, as]), explain };
    const { context, onDecision } = gateOptions;
    return { gate: restore(data, { context, onDecision }), status, revision, dated: undefined, text: "", until: Infinity };
  }

  /** What there is to be seen by these data and options. Throws where they do not go together. */
  function open(status: StoreStatus, { body }: Taken, later: Taken | undefined, options: GateOptions): Shown {
    const both = [body, ...(later ? [later.body] : [])].map((it) => it.gate(options));
    const [first, second] = both as [LiteGate, LiteGate | undefined];
    const gate = second === undefined ? first : manualGate(first, second, options);
    const data = gate.toJSON();
    return { gate, status, revision: body.revision, dated: { data, now: now() }, text: contentOf(data), until: Math.min(...both.map(({ validUntil }) => validUntil)) };
  }

  /** Shows what is so now, and tells. The gate stays the same object as long as no answer may have changed. */
  function show(reason: StoreEvent["reason"], prepared?: Shown): void {
    const status = statusNow();
    const before = shown;
    const isLapsed = now() >= before.until;
    const needed = isOpen(status) && taken !== undefined;
    if (!needed) shown = before.dated === undefined && before.status === status ? before : shut(status, before);
    else if (prepared !== undefined || isLapsed || before.dated === undefined) shown = prepared ?? open(status, taken as Taken, held, gateOptions);
    const isAlike = needed && !isLapsed && shown !== before && before.dated !== undefined && isSame(before, shown);
    // In place: the same object, with the data that are newer and end later.
    shown = { ...shown, status, ...(isAlike && { gate: Object.assign(before.gate, shown.gate) }) };
    const isOther = shown.gate !== before.gate;
    if (isOther || shown.status !== before.status || shown.revision !== before.revision) {
      const changes = isOther ? changesBetween(before.dated, shown.dated) : [];
      tell({ revision: shown.revision, reason: isOther || reason === "closed" || shown.revision !== before.revision ? reason : "status", status, changes }, [...listeners]);
    }
    if (status !== "empty") becomeReady(store);
    arm();
  }

  /** Sets the alarm to the next moment at which something ends by itself. */
  function arm(): void {
    if (!isOpen(shown.status)) return alarm.stop();
    const late = Math.min(good.date + maxStale - Date.now(), good.elapsed + maxStale - elapsed());
    const ends = Math.min(shown.until, taken?.body.expires ?? Infinity) - now();
    alarm.set(Math.max(0, Math.min(late, ends, NAP)));
  }

  /** Whatever the clock says by now. */
  function settle(): Shown {
    if (isOpen(shown.status) && (now() >= shown.until || !isOpen(statusNow()))) show("time");
    else if (!alarm.isSet()) arm();
    return shown;
  }

  function tell(event: StoreEvent, to: Iterable<(event: StoreEvent) => void>): void {
    queueMicrotask(() => {
      for (const listener of to) {
        try {
          if (listeners.has(listener)) listener(event);
        } catch (cause) {
          report(new RolegateError("bad-options", `a listener threw: ${String(cause)}`, { cause }));
        }
      }
    });
  }

  // -- what is taken

  /** Takes bytes, or throws why not. Nothing is changed before all is known to be in order. */
  async function take(bytes: Uint8Array, of: number, stored?: { readonly at: number }): Promise<boolean> {
    const { bytes: json, epoch = 0 } = verify === undefined ? { bytes } : await verify(bytes);
    const body = await read(json, settings);
    if (of !== turn) return false;
    const next = { body, epoch };
    checkOrder(next);
    if (stored !== undefined && now() >= body.expires) return false;
    const status: StoreStatus = stored === undefined ? "ready" : "stale";
    const isOpenNow = isOpen(statusNow());
    const direct = settings.activate !== "manual" || !isOpenNow || taken === undefined ? open(status, next, undefined, gateOptions) : undefined;
    const isRenewal = taken !== undefined && held === undefined && contentOf(body.gate(gateOptions).toJSON()) === contentOf(taken.body.gate(gateOptions).toJSON());
    const prepared = direct ?? (isRenewal ? open(status, next, undefined, gateOptions) : open(status, taken as Taken, next, gateOptions));
    mark = { ...mark, epoch, revision: body.revision };
    if (direct !== undefined || isRenewal) [taken, held] = [next, undefined];
    else held = next;
    isClosed = false;
    noteGood(stored?.at ?? Date.now());
    isFresh = stored === undefined || Date.now() - stored.at <= interval;
    show("data", prepared);
    return true;
  }

  function noteGood(at: number): void {
    good = { date: at, elapsed: elapsed() - Math.max(0, Date.now() - at) };
  }

  /** @throws {RolegateError} `old-revision` */
  function checkOrder({ body, epoch }: Taken): void {
    const { revision, snapshot } = body;
    const isOld = epoch < mark.epoch || (epoch === mark.epoch && revision < mark.revision);
    if (isOld) throw new RolegateError("old-revision", `this is revision ${revision} of epoch ${epoch}, and ${mark.revision} of ${mark.epoch} was there before`);
    const last = held ?? taken;
    const isTwin = last?.epoch === epoch && last.body.revision === revision && last.body.isWhole && body.isWhole;
    if (isTwin && !isSameContent(last.body.snapshot as Snapshot, snapshot as Snapshot)) throw new RolegateError("old-revision", `revision ${revision} was published twice, with different content`);
  }

  /** Closes: nothing is known any more, and what is stored goes. */
  function clear(isTold: boolean): Promise<void> {
    turn += 1;
    aborter?.abort();
    [taken, held, etag, isClosed] = [undefined, undefined, undefined, true];
    mark = { ...mark, cleared: Date.now() };
    if (isTold) link?.post({ kind: "clear" });
    show("closed");
    review();
    return kept?.put(mark, undefined) ?? Promise.resolve();
  }

  // -- looks

  /** Looks now; where a look is under way, once more after it, because it may have seen what was before. */
  function look(): Promise<boolean> {
    if (isOver) return Promise.resolve(false);
    if (looking === undefined) {
      looking = lookOnce();
      void looking.finally(() => (looking = undefined));
      return looking;
    }
    following ??= looking.then(() => {
      following = undefined;
      return look();
    });
    return following;
  }

  async function lookOnce(): Promise<boolean> {
    const of = turn;
    poll.stop();
    nudge.stop();
    lastLook = elapsed();
    aborter = new AbortController();
    let wait = interval;
    let isGood = false;
    try {
      const answer = await within(PATIENCE, ask(settings, etag, aborter.signal), url || "the server");
      if (of !== turn) return false;
      if (answer.kind === "gone") {
        report(new RolegateError("fetch-failed", `${url || "the server"} has status ${answer.status}: nothing is known any more`));
        void clear(true);
        return false;
      }
      if (answer.kind === "bytes") {
        if (!(await take(answer.bytes, of))) return false;
        etag = answer.etag;
        bytes = answer.bytes;
      } else {
        noteGood(Date.now());
        isFresh = true;
        show("data");
      }
      isGood = true;
      faults = 0;
      wait = Math.max(PAUSE, Math.min(interval, answer.maxAge));
      await kept?.put(mark, bytes && { bytes, etag, at: good.date });
      if (of === turn) link?.post({ kind: "look", etag });
    } catch (cause) {
      if (of !== turn) return false;
      report(cause);
      isFresh = false;
      notBefore = elapsed() + (cause instanceof Fault ? cause.wait : 0);
      wait = Math.max(notBefore - elapsed(), Math.random() * Math.min(LAST_RETRY, FIRST_RETRY * 2 ** faults));
      faults += 1;
      show("status");
    } finally {
      aborter.abort(); // whatever of it is still on the way
      if (of === turn) schedule(wait);
      review();
    }
    return isGood;
  }
  let bytes: Uint8Array | undefined;

  function schedule(ms: number): void {
    if (isOver || isClosed) return;
    if (isActive) poll.set(ms);
    // Should the tab that asks not be heard of, this one asks.
    else if (page.isSeen()) poll.set(isEmpty() ? PAUSE : 2 * interval);
  }

  /** A look that nobody waits for: not right after another, and not before the server wants it. */
  function soon(): void {
    const at = Math.max(lastLook + PAUSE, notBefore);
    schedule(Math.max(0, at - elapsed()));
  }

  const onPush = (): void => {
    if (isActive && !nudge.isSet()) nudge.set(Math.max(notBefore - elapsed(), Math.random() * SPREAD));
  };

  /** Asks, or leaves it, as page and tabs are now. */
  function review(): void {
    if (!isStarted) return;
    const wants = !isOver && !isClosed && !page.isAside() && (page.isSeen() || isEmpty());
    link?.want(wants);
    const was = isActive;
    isActive = wants && isLeading;
    if (isActive === was) return;
    if (isActive) {
      try {
        stopPush = push?.(onPush);
      } catch (cause) {
        report(cause);
      }
      if (looking === undefined) soon();
      return;
    }
    poll.stop();
    nudge.stop();
    try {
      stopPush?.();
    } catch (cause) {
      report(cause);
    }
    stopPush = undefined;
    schedule(interval);
  }

  // -- other tabs, the page, the storage

  const link = settings.tabs?.(`rolegate ${JSON.stringify([url, tenant, user === undefined ? undefined : String(user)])}`, {
    lead(isNow) {
      isLeading = isNow;
      review();
    },
    message: ({ kind, etag: theirs }: TabMessage) => {
      if (isOver || isClosed) return;
      if (kind === "clear") void clear(false);
      else if (kind === "reset") [mark, etag] = [{ ...mark, revision: 0 }, undefined];
      else if (taken !== undefined && theirs !== undefined && theirs === etag) {
        noteGood(Date.now());
        isFresh = true;
        show("data");
        schedule(interval);
      } else void follow(theirs);
    },
  });

  /** Takes what another tab has found: from the storage, else by a look of its own. */
  async function follow(theirs: string | undefined): Promise<void> {
    const isTaken = kept !== undefined && (await fromStorage());
    if (!isOver && !isClosed && (!isTaken || etag !== theirs) && page.isSeen()) nudge.set(Math.random() * SPREAD);
    else schedule(interval);
  }

  async function fromStorage(): Promise<boolean> {
    const of = turn;
    const found = await kept?.take();
    if (found === undefined || of !== turn || isOver) return false;
    const { mark: theirs, kept: answer } = found;
    if (theirs !== undefined) {
      if (isStarted && theirs.cleared > mark.cleared) {
        void clear(false);
        return false;
      }
      const isAhead = theirs.epoch > mark.epoch || (theirs.epoch === mark.epoch && theirs.revision > mark.revision);
      mark = isAhead ? theirs : { ...mark, cleared: theirs.cleared };
    }
    const age = answer === undefined ? Infinity : Date.now() - answer.at;
    if (answer === undefined || age >= maxStale || age < -TOLERANCE || answer.at <= good.date) return false;
    try {
      if (!(await take(answer.bytes, of, answer))) return false;
    } catch (cause) {
      report(cause);
      return false;
    }
    [bytes, etag] = [answer.bytes, answer.etag];
    return true;
  }

  const page = watchPage((isBack) => {
    settle();
    const was = isActive;
    review();
    // Meanwhile somebody may have signed out elsewhere.
    if (isBack && kept !== undefined && !isClosed) void fromStorage();
    if (was && isActive && looking === undefined) soon();
  });

  const store: Store = {
    get gate() {
      return settle().gate;
    },
    get status() {
      return settle().status;
    },
    get snapshot() {
      return isOpen(settle().status) ? taken?.body.snapshot : undefined;
    },
    ready,
    subscribe(listener) {
      const own = (event: StoreEvent): void => listener(event);
      listeners.add(own);
      const { status, revision, dated } = settle();
      if (status !== "empty") tell({ revision, reason: status === "closed" ? "closed" : "data", status, changes: changesBetween(undefined, dated) }, [own]);
      return () => void listeners.delete(own);
    },
    refresh() {
      if (isClosed) [isClosed, faults, lastLook] = [false, 0, -Infinity];
      const answer = look();
      review();
      return answer;
    },
    configure(options) {
      const next = { ...gateOptions, ...options };
      const prepared = taken && isOpen(statusNow()) ? open(statusNow(), taken, held, next) : undefined;
      gateOptions = next;
      if (prepared !== undefined) shown = { ...shown, text: "" }; // another context does not show in the data
      show("data", prepared);
    },
    activate() {
      if (held === undefined) return;
      const prepared = isOpen(statusNow()) ? open(statusNow(), held, undefined, gateOptions) : undefined;
      [taken, held] = [held, undefined];
      show("data", prepared);
    },
    clear: () => clear(true),
    reset() {
      mark = { ...mark, revision: 0 };
      etag = undefined;
      link?.post({ kind: "reset" });
      return look();
    },
    close() {
      if (isOver) return;
      isOver = true;
      turn += 1;
      aborter?.abort();
      [taken, held] = [undefined, undefined];
      show("closed");
      review();
      for (const each of [poll, nudge, alarm]) each.stop();
      page.close();
      link?.close();
      queueMicrotask(() => listeners.clear());
    },
  };

  /** What is stored first; then whoever is to look does. */
  async function start(): Promise<void> {
    await fromStorage();
    isStarted = true;
    review();
    if (isOver || isClosed || looking !== undefined) return;
    if (settings.tabs === undefined || kept === undefined) void look();
    else schedule(interval);
  }
  void start();
  return store;
}

/** The answers as text, without what only says since when and until when they are so. */
function contentOf({ at, revision, expires, validSince, validUntil, ...rest }: GateData): string {
  return JSON.stringify(rest);
}

/** Whether no answer may have changed: of gates of one kind over equal data. */
function isSame(before: Shown, after: Shown): boolean {
  const isAlike = before.gate.constructor === after.gate.constructor && before.text === after.text;
  return isAlike && explanationOf(before.gate) === explanationOf(after.gate) && changesBetween(before.dated, after.dated).length === 0;
}

/** A gate over a snapshot explains without being asked to. */
function explanationOf(gate: LiteGate): string {
  return JSON.stringify((gate as { toJSON(options?: object): GateData }).toJSON({ explain: true }).explain ?? null);
}

/** A gate that says yes only where both do. */
function manualGate(old: LiteGate, young: LiteGate, { context, now, onDecision }: GateOptions): LiteGate {
  const gate = restore(bothOf(old.toJSON(), young.toJSON()), { context, now, onDecision });
  // Whichever says no has the reason.
  gate.explain = (...question: [never]) => {
    const answer = old.explain(...question);
    return answer.allowed ? young.explain(...question) : answer;
  };
  return gate;
}
