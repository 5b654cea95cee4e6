// What each row has to show. `of` over `to` must be `most` at the most; without `to` it is the value itself.
//
// A row marked `open` misses its target by about twice or more as yet: the quick run says so, loudly, and
// goes on. Without the mark a miss by more than twice is a failure.

/** Runtimes in which rows of single checks count. */
const EVERYWHERE = ["node", "chromium", "workerd"];

export const TARGETS = [
  { row: "can", of: "rolegate", to: "by hand", most: 1.6, runtimes: EVERYWHERE },
  { row: "can", of: "rolegate", to: "CASL", most: 1 / 6, runtimes: EVERYWHERE },
  { row: "can-record", of: "rolegate", to: "by hand", most: 2, runtimes: EVERYWHERE },
  { row: "can-record", of: "rolegate", to: "CASL", most: 1 / 5, runtimes: EVERYWHERE },
  { row: "can-condition", of: "rolegate", to: "CASL", most: 1 / 3, runtimes: EVERYWHERE },
  { row: "can-fresh", of: "rolegate", to: "CASL", most: 1, runtimes: EVERYWHERE },
  { row: "can-record-fresh", of: "rolegate", to: "CASL", most: 1, runtimes: EVERYWHERE },
  { row: "can-condition-fresh", of: "rolegate", to: "CASL", most: 1, runtimes: EVERYWHERE },
  { row: "filter", of: "rolegate", to: "by hand", most: 1.4 },
  { row: "filter", of: "rolegate", to: "CASL", most: 1 / 6 },
  { row: "permissions", of: "rolegate", to: "CASL", most: 1 / 10 },
  { row: "for", of: "rolegate", to: "by hand", most: 0.5, runtimes: EVERYWHERE },
  { row: "for", of: "rolegate/lite", to: "by hand", most: 12, runtimes: EVERYWHERE, open: true },
  { row: "for-first", of: "rolegate", to: "by hand", most: 4, runtimes: EVERYWHERE },
  // In microseconds about 20, 60 and 8, where code by hand takes 3.2.
  { row: "for-permissions", of: "rolegate", to: "by hand", most: 6.3, runtimes: EVERYWHERE },
  { row: "for-roles", of: "rolegate", to: "by hand", most: 19, runtimes: EVERYWHERE },
  { row: "for-people", of: "rolegate", to: "by hand", most: 2.5, runtimes: EVERYWHERE },
  // 150 and 80 ns where `Set.has` takes 7.4.
  { row: "with", of: "rolegate", to: "by hand", most: 20 },
  { row: "scope", of: "rolegate", to: "by hand", most: 11 },
  { row: "subjects", of: "not listed", to: "listed", most: 1.5 },
  { row: "subjects-again", of: "not listed", to: "listed", most: 2 },
  { row: "subjects-again", of: "not listed, with attributes", to: "listed", most: 4 },
  { row: "load-bytes", of: "rolegate", to: "JSON.parse", most: 0.8 },
  { row: "memory", of: "rolegate", to: "JSON.parse", most: 0.83 },
  { row: "cold-node", of: "rolegate", to: "CASL", most: 2.7 },
  { row: "cold-chromium", of: "rolegate", to: "CASL", most: 1, open: true },
  { row: "cold-chromium", of: "rolegate/lite", to: "CASL", most: 1 },
  { row: "download", of: "rolegate", most: 36 * 1024 },
  { row: "download", of: "rolegate/lite", most: 6.8 * 1024, open: true },
  { row: "download", of: "rolegate/lite/core", most: 4.3 * 1024 },
  { row: "data", of: "rolegate/lite", most: 2 * 1024 },
];

/** Beyond so many times its target a row fails. */
const TOLERANCE = 2;

/**
 * @param {(runtime: string, row: string, of: string, to?: string) => number | undefined} ratioOf `undefined`
 * where it was not measured
 */
export function verdicts(ratioOf) {
  return TARGETS.flatMap(({ runtimes = ["node"], ...target }) =>
    runtimes.flatMap((runtime) => {
      const ratio = ratioOf(runtime, target.row, target.of, target.to);
      if (ratio === undefined) return [];
      const times = ratio / target.most;
      const verdict = times <= 1 ? "met" : times <= TOLERANCE ? "missed" : target.open ? "open" : "FAILED";
      return { runtime, ...target, ratio, times, verdict };
    }),
  );
}
