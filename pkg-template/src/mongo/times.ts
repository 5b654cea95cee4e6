// Times: dates, or numbers of milliseconds.

import { bare } from "../filters/bare.js";
import { and, type Expression, isKind, isType, type Test, unknown } from "./expressions.js";

/** A side of a comparison of times: one that is known, or what a field holds. */
export type Moment = { readonly time: number } | { readonly ms: Expression; readonly is: Test };

/** The last moment that is a `Date`. */
export const LAST = 8_640_000_000_000_000;

/** What a field holds, in whole milliseconds. */
export function momentOf(is: Expression, type: "date" | "number"): Moment {
  const isMoment =
    type === "date"
      ? and(isType(is, ["date"]), { $gte: [is, new Date(-LAST)] }, { $lte: [is, new Date(LAST)] })
      : isKind(unknown(is), "number");
  const ms = { $cond: [isMoment, is, 0] };
  return bare({ ms: type === "date" ? { $toLong: ms } : { $floor: ms }, is: isMoment });
}

export function isBefore(a: Moment, b: Moment, wanted: boolean): Test {
  if ("time" in a && "time" in b) return a.time < b.time === wanted;
  const [x, y] = [a, b].map((moment) => ("time" in moment ? moment.time : moment.ms));
  return and("is" in a ? a.is : true, "is" in b ? b.is : true, { [wanted ? "$lt" : "$gte"]: [x, y] });
}
