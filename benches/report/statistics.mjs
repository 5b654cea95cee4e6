// Medians and quartiles of ratios, each taken within one round.

/** @returns {[number, number, number]} the quartiles */
export function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (part) => {
    const place = part * (sorted.length - 1);
    const low = Math.floor(place);
    return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (place - low);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

export function ratios(values, to) {
  return quartiles(values.map((value, round) => value / to[round]));
}

/** Three digits that count, and no more. */
export function short(number) {
  if (number === undefined) return "";
  if (number >= 100) return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ",");
  return number.toPrecision(number >= 1 ? 3 : 2);
}
