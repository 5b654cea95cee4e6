// What the core asks of the place where it runs. The generated bindings import these functions.

const ZONES_KEPT = 64;

const zones = new Map<string, Intl.DateTimeFormat | undefined>();

/**
 * Offsets that were asked for: schedules in one zone ask for the same moments again and again, and each
 * answer takes microseconds.
 */
const offsets = new Map<string, number>();
const OFFSETS_KEPT = 4096;

/**
 * Minutes east of UTC in `zone` at `ms` (milliseconds since the epoch); NaN for a zone or a time that the
 * host does not know.
 */
export function zoneOffset(zone: string, ms: number): number {
  const key = `${ms} ${zone}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    if (offsets.size >= OFFSETS_KEPT) offsets.clear();
    offsets.set(key, (offset = askOffset(zone, ms)));
  }
  return offset;
}

function askOffset(zone: string, ms: number): number {
  const format = formatOf(zone);
  if (format === undefined || !(Math.abs(ms) <= 8.64e15)) return NaN;
  const at: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) at[type] = Number(value);
  const { year = NaN, month = NaN, day = NaN, hour = NaN, minute = NaN, second = NaN } = at;
  const local = Date.UTC(year, month - 1, day, hour % 24, minute, second);
  return (local - Math.floor(ms / 1000) * 1000) / 60_000;
}

/** The number that a JSON token stands for. */
export function parseNumber(text: string): number {
  return Number(text);
}

/** The shortest text that reads back as `value`. */
export function formatNumber(value: number): string {
  return String(value);
}

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  if (zones.has(zone)) return zones.get(zone);
  if (zones.size >= ZONES_KEPT) zones.clear();
  const format = makeFormat(zone);
  zones.set(zone, format);
  return format;
}

function makeFormat(timeZone: string): Intl.DateTimeFormat | undefined {
  const two = "2-digit";
  const fields = { year: "numeric", month: two, day: two, hour: two, minute: two, second: two } as const;
  try {
    return new Intl.DateTimeFormat("en-US", {
      ...fields,
      calendar: "iso8601",
      numberingSystem: "latn",
      hourCycle: "h23",
      timeZone,
    });
  } catch {
    return undefined;
  }
}
