// Ids as records write them, and as databases hold them.

const DIGITS = /^(?:0|-?[1-9]\d*)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Those of some ids that are the decimal digits of a whole number. */
export function wholeOf(ids: readonly string[]): string[] {
  return ids.filter((id) => DIGITS.test(id));
}

/** The numbers that records may have in the place of some ids. */
export function numbersOf(ids: readonly string[]): number[] {
  return wholeOf(ids).map(Number).filter(Number.isSafeInteger);
}

/** Whether a whole number has room in 64 bits. */
export function isInt64(whole: bigint): boolean {
  return BigInt.asIntN(64, whole) === whole;
}

/** Whether text is a UUID as databases write it: in small letters, with hyphens. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}
