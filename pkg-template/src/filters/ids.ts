// Ids as records write them.

const DIGITS = /^(?:0|-?[1-9]\d*)$/;

/** Those of some ids that are the decimal digits of a whole number. */
export function wholeOf(ids: readonly string[]): string[] {
  return ids.filter((id) => DIGITS.test(id));
}

/** The numbers that records may have in the place of some ids. */
export function numbersOf(ids: readonly string[]): number[] {
  return wholeOf(ids).map(Number).filter(Number.isSafeInteger);
}
