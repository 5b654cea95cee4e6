/** Numbers from 0 to below `count`, the same ones in every run. */
export function sampler(seed) {
  let state = seed;
  const below = (count) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * count);
  };
  return {
    one: (list) => list[below(list.length)],
    some: (list) => list.filter(() => below(2) === 1),
  };
}
