// `rolegate/store`: one person's answers, kept up to date.
//
// Data flow one way: a look (answer.ts) or the storage (kept.ts) gives bytes, body.ts reads them, they are
// accepted or rejected, and accepted data become the gate that is shown. Only `show` changes what is shown
// and notifies the listeners.

import { readNow, taskNow } from "../core/clock.js";
import { isRolegateError, RolegateError } from "../core/errors.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { GateData, GateOptions } from "../types/types.js";
import { ask } from "./answer.js";
import { contentOf, read, shutGate, type Taken } from "./body.js";
import type { changesBetween, Dated } from "./changes.js";
import { watchPage } from "./page.js";
import { refuse, settingsOf } from "./settings.js";
import { elapsed, timer, within } from "./timing.js";
import type { Core, Keeper, State, Store, StoreEvent, StoreOptions, StoreStatus } from "./types.js";

export type { ErrorCode } from "../core/errors.js";
export type {
  Change,
  Store,
  StoreEvent,
  StoreOptions,
  StoreRequest,
  StoreResponse,
  StoreSignal,
  StoreStatus,
  StoreStorage,
  StoreTabs,
  Verified,
} from "./types.js";
export { isRolegateError, RolegateError };

/** Signed out, forbidden, no such person: earlier answers are no longer valid. */
const GONE = [401, 403, 404, 410];
/**
 * The longest time for a request with its body; and for a timer, because machines sleep and dates are set.
 */
const MINUTE = 60_000;
/**
 * The least time between two looks that nobody asked for, and how long a tab without an answer waits for
 * another tab.
 */
const PAUSE = 5_000;
/**
 * A look after a push comes at a random moment within this time. So does the first after a failure; each
 * further one within twice as long as the one before.
 */
const SECOND = 1_000;
const LAST_RETRY = 300_000;

/** What an application sees at the moment. */
interface Shown {
  readonly gate: LiteGate;
  readonly status: StoreStatus;
  readonly revision: number;
  /** The data of the answers; absent for a closed gate. */
  readonly dated?: Dated;
  /** When time alone may change an answer, by the gate's clock. */
  readonly until: number;
}

/**
 * Keeps one person's answers up to date: fetches their snapshot or gate data, checks for newer data at an
 * interval, and replaces valid data in one step. A failure never grants anything and never discards the last
 * good answer.
 * @throws {RolegateError} `bad-options`, `wrong-tenant`
 */
export function createStore(options: StoreOptions): Store {
  const settings = settingsOf(options);
  const { url, user, tenant, interval, maxStale, storage, verify, push } = settings;
  const listeners = new Set<(event: StoreEvent) => void>();
  const state: State = {
    mark: { epoch: 0, revision: 0, cleared: 0 },
    etag: undefined,
    bytes: undefined,
    good: -Infinity,
    goodElapsed: -Infinity,
    turn: 0,
    begun: Date.now(),
    isStarted: false,
    isClosed: false,
  };

  let gateOptions: GateOptions = { ...settings.options };
  /** The data that answer. */
  let taken: Taken | undefined;
  let isFresh = false;
  let isOver = false;
  let isLeading = settings.tabs === undefined;
  let isActive = false;

  let looking: Promise<boolean> | undefined;
  let following: Promise<boolean> | undefined;
  let aborter: AbortController | undefined;
  let faults = 0;
  /**
   * When it last looked, and how long the server wants no requests, by the monotonic clock.
   */
  let lastLook = -Infinity;
  let notBefore = -Infinity;
  let stopPush: (() => void) | undefined;

  const isEmpty = (): boolean => taken === undefined && !state.isClosed;
  const poll = timer(() => void look(), isEmpty);
  const nudge = timer(() => void look(), isEmpty);
  const alarm = timer(
    () => settle(),
    () => false,
  );

  let loading: Promise<typeof changesBetween> | undefined;
  let becomeReady: (store: Store) => void;
  const ready = new Promise<Store>((done) => (becomeReady = done));

  function report(cause: unknown): void {
    const code = cause instanceof SyntaxError ? "not-json" : "fetch-failed";
    attempt(() =>
      settings.onError?.(isRolegateError(cause) ? cause : new RolegateError(code, String(cause), { cause })),
    );
  }

  /** Runs code of the application, which may throw. */
  function attempt<T>(action: () => T, otherwise?: (cause: unknown) => void): T | undefined {
    try {
      return action();
    } catch (cause) {
      otherwise?.(cause);
      return undefined;
    }
  }

  // -- what is shown

  const now = (): number => (gateOptions.now === undefined ? taskNow() : readNow(gateOptions.now));

  /** How long the last good answer may still be used. Setting the date back does not extend it. */
  const left = (): number => maxStale - Math.max(Date.now() - state.good, elapsed() - state.goodElapsed);

  function statusNow(): StoreStatus {
    if (state.isClosed) return "closed";
    if (taken === undefined) return "empty";
    return left() <= 0 || now() >= taken.expires ? "expired" : isFresh ? "ready" : "stale";
  }

  /** A gate that denies everything and keeps masking what was masked. */
  function closed(status: StoreStatus, before?: Shown): Shown {
    const revision = before?.revision ?? 0;
    const who = { user: String(user ?? ""), ...(tenant != null && { tenant }), revision };
    return {
      gate: shutGate(
        before?.gate,
        who,
        status === "empty" ? "unknown-user" : "expired",
        gateOptions.onDecision,
      ),
      status,
      revision,
      until: Infinity,
    };
  }

  /** What an application sees with these data and options. Throws if they are not compatible. */
  function open({ revision, gate: make, held }: Taken, options = gateOptions): Shown {
    const gate = make(options);
    return {
      gate,
      status: "ready",
      revision: (held ?? { revision }).revision,
      dated: { data: gate.toJSON(), now: now() },
      until: gate.validUntil,
    };
  }

  let shown = closed("empty");

  /**
   * Shows the current answers and notifies listeners. The gate stays the same object unless an answer may
   * have changed.
   * @param next what to show if the store is open
   */
  function show(reason: StoreEvent["reason"], next?: Shown, isOther = false): void {
    const before = shown;
    const status = statusNow();
    const isTime = now() >= before.until;
    if (!isOpen(status))
      shown = before.dated !== undefined || before.status !== status ? closed(status, before) : before;
    else if (next !== undefined || isTime || before.dated === undefined) shown = next ?? open(taken as Taken);
    // In place: the same object, with the data that are newer and end later.
    const isAlike =
      !isTime &&
      !isOther &&
      before !== shown &&
      before.dated &&
      shown.dated &&
      before.gate.constructor === shown.gate.constructor &&
      wordsOf(before.gate) === wordsOf(shown.gate);
    shown = { ...shown, status, ...(isAlike && { gate: Object.assign(before.gate, shown.gate) }) };
    const isNew = shown.gate !== before.gate;
    const { revision } = shown;
    if (isNew || status !== before.status || revision !== before.revision) {
      const { dated } = shown;
      tell(
        { revision, reason: isNew || revision !== before.revision ? reason : "status", status },
        isNew ? before.dated : dated,
        dated,
        [...listeners],
      );
    }
    if (status !== "empty") becomeReady(store);
    arm();
  }

  /** Sets the alarm to the next moment at which something ends by itself. */
  function arm(): void {
    if (!isOpen(shown.status)) {
      alarm.stop();
      return;
    }
    alarm.set(
      Math.ceil(Math.max(0, Math.min(left(), Math.min(shown.until, taken?.expires ?? 0) - now(), MINUTE))),
    );
  }

  /** Applies what the clock has changed. */
  function settle(): Shown {
    if (isOpen(shown.status) && (now() >= shown.until || !isOpen(statusNow()))) show("time");
    else if (!alarm.isSet()) arm();
    return shown;
  }

  /**
   * Notifies listeners asynchronously. The changes are only computed if there are any.
   */
  function tell(
    event: Omit<StoreEvent, "changes">,
    before: Dated | undefined,
    after: Dated | undefined,
    to: readonly ((event: StoreEvent) => void)[],
  ): void {
    if (to.length === 0) return;
    loading ??= import("./changes.js").then(
      (changes) => changes.changesBetween,
      (cause: unknown) => (report(cause), () => []),
    );
    void loading.then((between) => {
      const changes = before === after ? [] : between(before, after);
      for (const listener of to)
        if (listeners.has(listener)) attempt(() => listener({ ...event, changes }), report);
    });
  }

  // -- what is taken

  /** Accepts bytes, or throws the reason why not. Nothing changes before everything has been checked. */
  async function take(bytes: Uint8Array, turn: number, at?: number): Promise<boolean> {
    const { bytes: json, epoch = 0 } = verify === undefined ? { bytes } : await verify(bytes);
    const young: Taken = { ...(await read(json, settings)), epoch };
    const hold = settings.activate === "manual" && (await import("./both.js")).hold;
    if (turn !== state.turn || (at !== undefined && now() >= young.expires)) return false;
    checkOrder(young);
    const next = hold && taken && isOpen(statusNow()) ? hold(taken, young, gateOptions) : young;
    const prepared = open(next);
    state.mark = { ...state.mark, epoch, revision: young.revision };
    taken = next;
    confirm(at, prepared);
    return true;
  }

  /** The last good answer is still valid, or is replaced by `next`. */
  function confirm(at: number = Date.now(), next?: Shown): void {
    const age = Date.now() - at;
    state.good = at;
    state.goodElapsed = elapsed() - Math.max(0, age);
    isFresh = age <= interval;
    show("data", next);
  }

  /** @throws {RolegateError} `old-revision` */
  function checkOrder({ epoch, revision, isLike }: Taken): void {
    const { mark } = state;
    const last = taken?.held ?? taken;
    if (epoch < mark.epoch || (epoch === mark.epoch && revision < mark.revision))
      refuse(
        "old-revision",
        `revision ${revision} of epoch ${epoch} is older than ${mark.revision} of ${mark.epoch}`,
      );
    if (last?.epoch === epoch && last.revision === revision && last.isLike && isLike?.(last) === false)
      refuse("old-revision", `revision ${revision} was published twice, with different content`);
  }

  /** Closes and deletes what is stored. @param at when the user signed out in another tab */
  async function clear(at?: number): Promise<void> {
    state.mark = { ...state.mark, cleared: at ?? Date.now() };
    if (at === undefined) link?.tell("clear");
    shut();
    await (await kept)?.put();
  }

  /** Discards all answers. */
  function shut(): void {
    state.turn += 1;
    state.isClosed = true;
    taken = state.etag = state.bytes = undefined;
    aborter?.abort();
    hush();
    show("closed");
    review();
  }

  // -- looks

  function hush(): void {
    poll.stop();
    nudge.stop();
  }

  /** Looks now. If a look is in progress, looks again after it, because it may have seen older data. */
  async function look(): Promise<boolean> {
    if (state.isClosed) return false;
    if (looking === undefined) return (looking = lookOnce().finally(() => (looking = undefined)));
    return (following ??= looking.then(() => ((following = undefined), look())));
  }

  async function lookOnce(): Promise<boolean> {
    const { turn, etag: asked } = state;
    hush();
    lastLook = elapsed();
    const { signal } = (aborter = new AbortController());
    let wait = 0;
    try {
      const answer = await within(MINUTE, ask(settings, asked, signal));
      const { status, bytes, etag } = answer;
      if (turn !== state.turn) return false;
      // Meanwhile, another tab may have stored something else.
      const isSame = status === 304 && asked !== undefined && asked === state.etag;
      ({ wait } = answer);
      if (GONE.includes(status)) {
        report(new RolegateError("fetch-failed", `${url} has status ${status}: closed`));
        void clear();
        return false;
      }
      if (bytes === undefined && !isSame) refuse("fetch-failed", `${url} has status ${status}`);
      if (bytes !== undefined) {
        if (!(await take(bytes, turn))) return false;
        state.etag = etag;
        state.bytes = bytes;
      } else confirm();
      faults = 0;
      wait = Math.max(PAUSE, Math.min(interval, answer.maxAge));
      await (await kept)?.put();
      if (turn === state.turn) link?.tell("look");
      return true;
    } catch (cause) {
      if (turn !== state.turn) return false;
      report(cause);
      isFresh = false;
      notBefore = elapsed() + wait;
      wait = Math.max(wait, Math.random() * Math.min(LAST_RETRY, SECOND * 2 ** faults));
      faults += 1;
      show("status");
      return false;
    } finally {
      aborter.abort(); // what has not arrived yet
      if (turn === state.turn) schedule(wait);
      review();
      await loading; // listeners have been notified
    }
  }

  /** Looks later. If the tab that makes the requests is not heard from, this one makes them. */
  function schedule(ms: number): void {
    if (state.isClosed) return;
    if (isActive) poll.set(ms);
    else if (page.isSeen()) poll.set(isEmpty() ? PAUSE : 2 * interval);
  }

  /** A look that nobody waits for: not immediately after another, and not before the server allows it. */
  const soon = (): void => schedule(Math.max(0, Math.max(lastLook + PAUSE, notBefore) - elapsed()));

  function atRandom(): void {
    if (page.isSeen() && !state.isClosed && !nudge.isSet())
      nudge.set(Math.max(notBefore - elapsed(), Math.random() * SECOND));
  }

  /** Starts or stops making requests, as the page and other tabs require. */
  function review(): void {
    const wants = state.isStarted && !state.isClosed && (page.isSeen() || (isEmpty() && !page.isAside()));
    link?.want(wants, page.isAside());
    const was = isActive;
    isActive = wants && isLeading;
    if (isActive === was) return;
    if (isActive) {
      stopPush = attempt(() => push?.(() => void (isActive && atRandom())), report);
      if (looking === undefined) soon();
    } else {
      hush();
      attempt(() => stopPush?.(), report);
      schedule(interval);
    }
  }

  // -- the storage, other tabs, the page

  const core: Core = {
    settings,
    state,
    report,
    take,
    clear,
    shut,
    confirm(at) {
      confirm(at);
      schedule(interval);
    },
    restore: async () => (await (await kept)?.restore()) ?? false,
    nudge: atRandom,
    rest: () => schedule(interval),
    lead(isNow) {
      if (isLeading === isNow) return;
      isLeading = isNow;
      review();
    },
  };
  const kept = storage && keeperOf(storage, core);
  const link = settings.tabs?.(core);
  const page = watchPage((isBack) => {
    settle();
    const was = isActive;
    review();
    // Meanwhile, the user may have signed out in another tab.
    if (isBack && !state.isClosed) void core.restore();
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
      return isOpen(settle().status) ? taken?.snapshot : undefined;
    },
    ready,
    subscribe(listener) {
      const own = (event: StoreEvent): void => listener(event);
      listeners.add(own);
      const { status, revision, dated } = settle();
      if (status !== "empty")
        tell({ revision, reason: status === "closed" ? "closed" : "data", status }, undefined, dated, [own]);
      return () => void listeners.delete(own);
    },
    refresh() {
      if (state.isClosed && !isOver) {
        state.isClosed = false;
        state.begun = Date.now();
        faults = 0;
        lastLook = -Infinity;
        show("status");
      }
      const answer = look();
      review();
      return answer;
    },
    configure(options) {
      const next = { ...gateOptions, ...options };
      const prepared = taken && open(taken, next);
      gateOptions = next;
      show("data", prepared, true);
    },
    activate() {
      const held = taken?.held;
      if (held === undefined) return;
      const prepared = open(held);
      taken = held;
      show("data", prepared);
    },
    clear: () => clear(),
    reset() {
      state.mark = { ...state.mark, revision: 0 };
      state.etag = undefined;
      link?.tell("reset");
      return look();
    },
    close() {
      if (isOver) return;
      isOver = true;
      shut();
      page.close();
      link?.close();
      void (loading ?? ready).then(() => listeners.clear());
    },
  };

  // From now on, it hears of sign-outs in other tabs.
  review();
  /** First what is stored; then the tab that makes the requests looks. */
  void core.restore().then(() => {
    state.isStarted = true;
    review();
    if (state.isClosed || looking !== undefined) return;
    if (link === undefined || kept === undefined) void look();
    else if (!isActive) schedule(interval);
  });
  return store;
}

function isOpen(status: StoreStatus): boolean {
  return status === "ready" || status === "stale";
}

async function keeperOf(storage: NonNullable<StoreOptions["storage"]>, core: Core): Promise<Keeper> {
  return (storage.keep ?? (await import("./kept.js")).keep)(storage, core);
}

/** All answers and reasons as text: a gate over a snapshot can explain without extra data. */
function wordsOf(gate: LiteGate): string {
  return contentOf((gate as { toJSON(options?: object): GateData }).toJSON({ explain: true }));
}
