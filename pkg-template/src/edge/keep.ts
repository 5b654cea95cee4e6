// Snapshots of many tenants, kept up to date: when to look, what is answered meanwhile, and what after
// failures.

import { errorOf, RolegateError } from "../store/failures.js";
import { elapsed, within } from "../store/timing.js";
import { Flight, LIMIT } from "./flight.js";
import { isOver, type Loaded, look } from "./look.js";
import { checkTenant, type Settings, settingsOf } from "./settings.js";
import { type Tenant, Tenants } from "./tenants.js";
import type { Keeper, KeepOptions, Source, SourceOf } from "./types.js";

const SECOND = 1_000;
/** How long a call waits for a look while an older snapshot could answer. */
const PATIENCE = SECOND;
/** The longest pause after failures. */
const LAST_PAUSE = 30 * SECOND;

/**
 * Keeps the snapshots of tenants, for servers and isolates. Make it once, outside of requests.
 * @param sourceOf where the snapshot of a tenant is
 * @throws {RolegateError} `bad-options`
 */
export function keep(sourceOf: SourceOf, options: KeepOptions): Keeper {
  const settings = settingsOf(sourceOf, options);
  const tenants = new Tenants(settings);

  function report(cause: unknown, { name }: Tenant): RolegateError {
    const error = errorOf(cause);
    // There is nobody else to tell.
    (async () => settings.onError?.(error, name))().catch(() => {});
    return error;
  }

  /** The look in progress, or another one. */
  function flightOf(tenant: Tenant): Flight {
    const { flight } = tenant;
    if (flight && elapsed() < flight.over) return flight;
    const next = (tenant.flight = new Flight((self) => fly(tenant, self)));
    (async () => settings.waitUntil?.(next.end))().catch((cause) => report(cause, tenant));
    return next;
  }

  async function fly(tenant: Tenant, flight: Flight): Promise<void> {
    const aborter = new AbortController();
    const date = Date.now();
    tenant.isChanged = false;
    try {
      const { signal } = aborter;
      const looked = async (): Promise<Loaded | undefined> =>
        look((tenant.source ??= sourceIn(await sourceOf(tenant.name))), tenant, settings, signal);
      const loaded = await within(LIMIT, looked());
      if (loaded !== undefined && tenants.take(tenant, loaded)) void watch(tenant, tenant.source as Source);
      Object.assign(tenant, { faults: 0, failure: undefined });
      if (flight.began >= tenant.elapsed) Object.assign(tenant, { date, elapsed: flight.began });
    } catch (cause) {
      tenant.failure = report(cause, tenant);
      tenant.isChanged = true;
      tenant.notBefore = elapsed() + pauseAfter(tenant.faults);
      tenant.faults += 1;
    } finally {
      aborter.abort(); // what has not arrived yet
      leave(tenant, flight);
    }
  }

  /** Until the tenant is forgotten. What fails to watch is still asked once per `every`. */
  async function watch(tenant: Tenant, source: Source): Promise<void> {
    if (tenant.stop !== undefined || source.watch === undefined) return;
    let isStopped = false;
    tenant.stop = () => (isStopped = true);
    const changed = (): void => {
      tenant.isChanged = true;
      tenant.notBefore = -Infinity;
    };
    try {
      const stop = await source.watch(changed);
      if (isStopped) return void (await stop());
      tenant.stop = stop;
      changed(); // perhaps before it was watched
    } catch (cause) {
      tenant.stop = undefined; // the next load tries again
      report(cause, tenant);
    }
  }

  return {
    async current(name) {
      checkTenant(name);
      const tenant = tenants.of(name);
      while (!isFresh(tenant, settings) && elapsed() >= tenant.notBefore) {
        const flight = flightOf(tenant);
        const patience = isUsable(tenant, settings) ? PATIENCE : LIMIT;
        if (!(await flight.isLost(flight.began + patience))) break;
        leave(tenant, flight);
      }
      if (isUsable(tenant, settings)) return (tenant.loaded as Loaded).snapshot;
      throw tenant.failure ?? new RolegateError("fetch-failed", `no snapshot of \`${name}\` in time`);
    },
  };
}

/** @throws {RolegateError} `bad-options` */
function sourceIn(source: Source): Source {
  if (typeof source?.get === "function") return source;
  throw new RolegateError("bad-options", "what gives the source of a tenant gave none: it has no `get`");
}

/** How long ago the last good look began. Setting the date back makes nothing younger. */
function ageOf(tenant: Tenant): number {
  return Math.max(Date.now() - tenant.date, elapsed() - tenant.elapsed);
}

/** Whether it answers without a look. One that has expired since the last look may have been renewed. */
function isFresh(tenant: Tenant, { every }: Settings): boolean {
  const { loaded, isChanged, date } = tenant;
  if (loaded === undefined || isChanged || ageOf(tenant) >= every) return false;
  return !isOver(loaded.snapshot) || isOver(loaded.snapshot, date);
}

function isUsable(tenant: Tenant, { maxStale }: Settings): boolean {
  return tenant.loaded !== undefined && ageOf(tenant) <= maxStale;
}

/** After one failure the next call tries again; after more in a row, a moment that doubles passes first. */
function pauseAfter(before: number): number {
  if (before === 0) return 0;
  return Math.min(LAST_PAUSE, SECOND * 2 ** (before - 1)) * (1 - Math.random() / 2);
}

function leave(tenant: Tenant, flight: Flight): void {
  if (tenant.flight === flight) tenant.flight = undefined;
}
