// `rolegate/store`: one person's answers, kept up to date.
//
// Data flow one way: a look (answer.ts) or the storage (kept.ts) gives bytes, body.ts reads them, they are
// accepted or rejected, and accepted data become the gate that is shown. Only `show` changes what is shown
// and notifies the listeners.

import { readNow, taskNow } from "../core/clock.js";
import type { LiteGate } from "../gate/lite-gate.js";
import type { GateData, GateOptions } from "../types/types.js";
import { ask } from "./answer.js";
import { contentOf, read, shutGate, type Taken } from "./body.js";
import type { changesBetween, Dated } from "./changes.js";
import { errorOf, refuse } from "./failures.js";
import { watchPage } from "./page.js";
import { settingsOf } from "./settings.js";
import { elapsed, timer, within } from "./timing.js";
import type {
  Core,
  GoodAnswer,
  Keeper,
  State,
  Store,
  StoreEvent,
  StoreOptions,
  StoreStatus,
  StoreStorage,
} from "./types.js";

export type { ErrorCode } from "../core/errors.js";
export { isRolegateError, RolegateError } from "./failures.js";
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

/** With the reasons: a gate over a snapshot can explain without extra data. */
const EXPLAINED = { explain: true };

/** What an application sees at the moment. */
interface Shown extends Partial<Dated> {
  readonly gate: LiteGate;
  readonly status: StoreStatus;
  readonly revision: number;
  /** The data of the answers, if the status is `ready` or `stale`. */
  readonly data?: GateData;
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
  const { url, interval, maxStale, storage, verify, push } = settings;
  const listeners = new Set<(event: StoreEvent) => void>();
  const state: State = {
    epoch: 0,
    revision: 0,
    cleared: 0,
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
  let isLeading = !settings.tabs;
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

  const isEmpty = (): boolean => shown.status === "empty";
  const poll = timer(look, isEmpty);
  const nudge = timer(look);
  const alarm = timer(() => show("time"));

  let loading: Promise<{ readonly changesBetween: typeof changesBetween } | undefined> | undefined;
  let becomeReady: (store: Store) => void;
  const ready = new Promise<Store>((done) => (becomeReady = done));

  function report(cause: unknown): undefined {
    try {
      settings.onError?.(errorOf(cause));
    } catch {
      // There is nobody else to tell.
    }
  }

  /** Runs code of the application, which may throw. */
  function attempt<T>(action: () => T): T | undefined {
    try {
      return action();
    } catch (cause) {
      report(cause);
      return undefined;
    }
  }

  // -- what is shown

  const now = (): number => readNow(gateOptions.now ?? taskNow);

  /** How long the last good answer may still be used. Setting the date back does not extend it. */
  const left = (): number => maxStale - Math.max(Date.now() - state.good, elapsed() - state.goodElapsed);

  function statusNow(): StoreStatus {
    if (state.isClosed) return "closed";
    if (!taken) return "empty";
    return left() <= 0 || now() >= taken.expires ? "expired" : isFresh ? "ready" : "stale";
  }

  /** A gate that denies everything and keeps masking what was masked. */
  function closed(status: StoreStatus, before?: Shown): Shown {
    const revision = before?.revision ?? 0;
    const reason = status === "empty" ? "unknown-user" : "expired";
    const gate = shutGate(before?.gate, settings, revision, reason, gateOptions.onDecision);
    return { gate, status, revision, until: Infinity };
  }

  /** What an application sees with these data and options. Throws if they are not compatible. */
  function open(from: Taken, options = gateOptions): Shown {
    const gate = from.gate(options);
    return {
      gate,
      status: "ready",
      revision: (from.held ?? from).revision,
      data: gate.toJSON(),
      now: now(),
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
    if (status !== "ready" && status !== "stale")
      shown = before.status === status ? before : closed(status, before);
    else if (next || isTime || !before.data) shown = next ?? open(taken as Taken);
    // In place: the same object, with the data that are newer and end later.
    const isAlike =
      !isTime &&
      !isOther &&
      before !== shown &&
      before.data &&
      shown.data &&
      before.gate.constructor === shown.gate.constructor &&
      contentOf(before.gate, EXPLAINED) === contentOf(shown.gate, EXPLAINED);
    shown = { ...shown, status, ...(isAlike && { gate: Object.assign(before.gate, shown.gate) }) };
    const isNew = shown.gate !== before.gate;
    const isNews = isNew || shown.revision !== before.revision;
    if (isNews || status !== before.status) tell(isNews ? reason : "status", isNew ? before : shown);
    if (status !== "empty") becomeReady(store);
    // When something ends by itself; later, if the clock tells no time.
    if (shown.data) alarm.set(Math.max(1, Math.min(left(), shown.until - now(), MINUTE)) || MINUTE);
    else alarm.stop();
  }

  /** Applies what the clock has changed. */
  function settle(): Shown {
    if (now() >= shown.until || statusNow() !== shown.status) show("time");
    return shown;
  }

  /** Notifies listeners asynchronously of what is shown. The changes are only computed if there are any. */
  function tell(
    reason: StoreEvent["reason"],
    before: Partial<Dated>,
    to: readonly ((event: StoreEvent) => void)[] = [...listeners],
  ): void {
    if (to.length === 0) return;
    const after = shown;
    loading ??= import("./changes.js").catch(report);
    void loading.then((loaded) => {
      const changes = (before !== after && loaded?.changesBetween(before, after)) || [];
      const { revision, status } = after;
      for (const listener of to)
        if (listeners.has(listener)) attempt(() => listener({ revision, reason, status, changes }));
    });
  }

  // -- what is taken

  /** Accepts bytes, or throws the reason why not. Nothing changes before everything has been checked. */
  async function take({ bytes, etag }: GoodAnswer, turn: number, at?: number): Promise<boolean> {
    const { bytes: json, epoch = 0 } = verify ? await verify(bytes) : { bytes };
    const young: Taken = { ...(await read(json, settings)), epoch };
    const hold = settings.activate === "manual" && (await import("./both.js")).hold;
    if (turn !== state.turn || (at !== undefined && now() >= young.expires)) return false;
    checkOrder(young);
    const next = hold && taken && settle().data ? hold(taken, young, gateOptions) : young;
    const prepared = open(next);
    Object.assign(state, { epoch, revision: young.revision, bytes, etag } satisfies Partial<State>);
    taken = next;
    confirm(at, prepared);
    return true;
  }

  /** Applies other data or options, or throws if they are not compatible. */
  function replace(next: Taken | undefined, options = gateOptions): void {
    const prepared = next && open(next, options);
    const isOther = options !== gateOptions;
    taken = next;
    gateOptions = options;
    show("data", prepared, isOther);
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
  function checkOrder({ epoch, revision, checkTwin }: Taken): void {
    if ((epoch - state.epoch || revision - state.revision) < 0)
      refuse(
        "old-revision",
        `revision ${revision} of epoch ${epoch} is older than ${state.revision} of ${state.epoch}`,
      );
    const last = taken?.held ?? taken;
    if (last?.epoch === epoch && last.revision === revision) checkTwin?.(last);
  }

  /** Closes and deletes what is stored. @param at when the user signed out in another tab */
  async function clear(at?: number): Promise<void> {
    state.cleared = at ?? Date.now();
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
    if (!looking) return (looking = lookOnce().finally(() => (looking = undefined)));
    return (following ??= looking.then(() => ((following = undefined), look())));
  }

  async function lookOnce(): Promise<boolean> {
    const { turn, etag: asked } = state;
    hush();
    lastLook = elapsed();
    aborter = new AbortController();
    let status = 0;
    let wait = 0;
    try {
      const answer = await within(MINUTE, ask(settings, asked, aborter.signal));
      if (turn !== state.turn) return false;
      ({ status, wait } = answer);
      // A 304 is about what was asked with; meanwhile, another tab may have stored something else.
      if (answer.good) {
        if (!(await take(answer.good, turn))) return false;
      } else if (status === 304 && asked && asked === state.etag) confirm();
      else refuse("fetch-failed", `${url} has status ${status}`);
      faults = 0;
      wait = Math.max(PAUSE, Math.min(interval, answer.maxAge));
      await (await kept)?.put();
      if (turn === state.turn) link?.tell("look");
      return true;
    } catch (cause) {
      if (turn !== state.turn) return false;
      report(cause);
      if (GONE.includes(status)) void clear();
      else {
        isFresh = false;
        notBefore = elapsed() + wait;
        wait = Math.max(wait, Math.random() * Math.min(LAST_RETRY, SECOND * 2 ** faults));
        faults += 1;
        show("status");
      }
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

  /** Waits for the tab that makes the requests. */
  const rest = (): void => schedule(interval);

  function atRandom(): void {
    if (page.isSeen() && !state.isClosed && !nudge.isSet())
      nudge.set(Math.max(notBefore - elapsed(), Math.random() * SECOND));
  }

  /** Starts or stops making requests, as the page and other tabs require. */
  function review(): void {
    const wants = state.isStarted && !state.isClosed && (page.isSeen() || (isEmpty() && !page.isAside));
    link?.want(wants, page.isAside);
    const was = isActive;
    isActive = wants && isLeading;
    if (isActive && !was) stopPush = attempt(() => push?.(() => void (isActive && atRandom())));
    if (was && !isActive) {
      hush();
      attempt(() => stopPush?.());
      rest();
    }
    // Not immediately after another look, and not before the server allows it.
    if (isActive && !looking) schedule(Math.max(lastLook + PAUSE, notBefore) - elapsed());
  }

  // -- the storage, other tabs, the page

  const core: Core = {
    settings,
    state,
    report,
    take,
    clear,
    shut,
    confirm,
    restore: async () => (await kept)?.restore(),
    nudge: atRandom,
    rest,
    lead(isNow) {
      if (isLeading === isNow) return;
      isLeading = isNow;
      review();
    },
  };
  const keeperOf = async (storage: StoreStorage): Promise<Keeper> =>
    (storage.keep ?? (await import("./kept.js")).keep)(storage, core);
  const kept = storage && keeperOf(storage).catch(report);
  const link = settings.tabs?.(core);
  const page = watchPage((isBack) => {
    settle();
    review();
    // Meanwhile, the user may have signed out in another tab.
    if (isBack && !state.isClosed) void core.restore();
  });

  const store: Store = {
    get gate() {
      return settle().gate;
    },
    get status() {
      return settle().status;
    },
    get snapshot() {
      return settle().data && taken?.snapshot;
    },
    ready,
    subscribe(listener) {
      const own = (event: StoreEvent): void => listener(event);
      listeners.add(own);
      const { status } = settle();
      if (status !== "empty") tell(status === "closed" ? "closed" : "data", {}, [own]);
      return () => void listeners.delete(own);
    },
    refresh() {
      if (state.isClosed && !isOver) {
        state.isClosed = false;
        state.begun = Date.now();
        faults = 0;
        show("status");
      }
      review();
      return look();
    },
    configure: (options) => replace(taken, { ...gateOptions, ...options }),
    activate: () => replace(taken?.held ?? taken),
    clear: () => clear(),
    reset() {
      state.revision = 0;
      state.etag = undefined;
      link?.tell("reset");
      return look();
    },
    close() {
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
    if (state.isClosed || looking) return;
    if (!link || !kept) void look();
    else if (!isActive) rest();
  });
  return store;
}
