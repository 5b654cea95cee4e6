// Random numbers that a seed determines, and what is chosen by them.

/** A generator of random numbers (mulberry32). */
export class Dice {
  #state;

  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** From 0 to one less than `sides`. */
  roll(sides) {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  }

  chance(percent) {
    return this.roll(100) < percent;
  }

  pick(items) {
    return items[this.roll(items.length)];
  }
}

/** The numbers of a case: those of one case have nothing to do with those of another. */
export function diceOf(seed, number) {
  return new Dice(Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b));
}
