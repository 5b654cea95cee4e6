// What is known of each tenant, within bounds. Those with a snapshot and those without are apart: names that
// nobody has heard of do not push out what is in use.

import type { RolegateError } from "../core/errors.js";
import { Kept } from "../core/kept.js";
import { refuse } from "../store/failures.js";
import { elapsed } from "../store/timing.js";
import type { Flight } from "./flight.js";
import type { Last, Loaded } from "./look.js";
import type { Source } from "./types.js";

/** Memory for the revisions of tenants that were forgotten, and what one takes besides its name. */
const REMEMBERED = 1024 * 1024;
const MARK = 64;
/** How many names without a snapshot are known, and looked up at the same time. Anybody can make them up. */
const MOST_TRYING = 1_000;

type Mark = Pick<Last, "epoch" | "revision">;

/** One tenant. */
export interface Tenant {
  readonly name: string;
  epoch: number;
  revision: number;
  loaded?: Loaded;
  source?: Source;
  /** When the last good look began, by the date and by the monotonic clock. */
  date: number;
  elapsed: number;
  /** Something has been written since. */
  isChanged: boolean;
  flight?: Flight | undefined;
  /** Failures in a row, the last of them, and when to try again, by the monotonic clock. */
  faults: number;
  failure?: RolegateError | undefined;
  notBefore: number;
  /** Ends the watch of the source. */
  stop?: (() => unknown) | undefined;
}

export class Tenants {
  /** In the order in which they were last asked for. */
  private readonly kept: Map<string, Tenant> = new Map();
  private readonly trying: Map<string, Tenant> = new Map();
  private readonly marks: Kept<string, Mark> = new Kept(REMEMBERED);
  private readonly max: number;
  private readonly maxBytes: number;
  private bytes = 0;

  constructor({ max, maxBytes }: { readonly max: number; readonly maxBytes: number }) {
    this.max = max;
    this.maxBytes = maxBytes;
  }

  /** @throws {RolegateError} `fetch-failed`: a new name, where too many are being looked up */
  of(name: string): Tenant {
    const map = this.kept.has(name) ? this.kept : this.trying;
    const tenant = map.get(name) ?? {
      name,
      ...(this.marks.get(name) ?? { epoch: 0, revision: 0 }),
      date: 0,
      elapsed: -Infinity,
      isChanged: false,
      faults: 0,
      notBefore: -Infinity,
    };
    map.delete(name);
    map.set(name, tenant);
    if (map === this.trying) this.forgetFailures(tenant);
    return tenant;
  }

  /**
   * A tenant has a snapshot, or another one, unless it has a newer one by now.
   * @returns whether it is kept. It is not if it was forgotten meanwhile and somebody else has begun anew
   */
  take(tenant: Tenant, loaded: Loaded): boolean {
    const { name, epoch, revision, loaded: before } = tenant;
    if ((loaded.epoch - epoch || loaded.snapshot.revision - revision) < 0) return false;
    Object.assign(tenant, { loaded, epoch: loaded.epoch, revision: loaded.snapshot.revision });
    if ((this.kept.get(name) ?? this.trying.get(name) ?? tenant) !== tenant) return false;
    this.bytes += loaded.bytes - (this.kept.has(name) ? (before?.bytes ?? 0) : 0);
    this.trying.delete(name);
    this.kept.delete(name);
    this.kept.set(name, tenant);
    for (const [, oldest] of this.kept) {
      if (oldest === tenant || (this.kept.size <= this.max && this.bytes <= this.maxBytes)) break;
      this.forget(oldest);
    }
    return true;
  }

  /** The snapshot is left to collection: requests in progress use it. Its revision is remembered. */
  private forget(tenant: Tenant): void {
    const { name, epoch, revision, loaded, stop } = tenant;
    this.kept.delete(name);
    this.bytes -= loaded?.bytes ?? 0;
    this.marks.add(name, { epoch, revision }, MARK + 2 * name.length);
    tenant.stop = undefined;
    // One that fails concerns no other tenant.
    (async () => stop?.())().catch(() => {});
  }

  /** Of a tenant that had a snapshot it is remembered that there is one: it has not been made up. */
  private forgetFailures(asked: Tenant): void {
    const now = elapsed();
    for (const [name, one] of this.trying) {
      if (this.trying.size <= MOST_TRYING) return;
      if ((one.flight?.over ?? 0) > now || (one === asked && one.revision > 0)) continue;
      this.trying.delete(name);
      if (one === asked) refuse("fetch-failed", "too many unknown tenants");
    }
  }
}
