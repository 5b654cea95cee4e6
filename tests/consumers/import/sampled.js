/** Choices that are the same in every run. */
export function sampler(seed) {
  let state = seed;
  const below = (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return {
    below,
    one: (list) => list[below(list.length)],
    some: (list) => list.filter(() => below(2) === 1),
    maybe: (percent) => below(100) < percent,
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  };
}
