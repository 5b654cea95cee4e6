// Options that several commands have.

import { type Options, Unusable } from "./command.js";
import { nearest, timeOf } from "./open.js";

/** The form of the output. @throws {Unusable} */
export function formatOf<F extends string>(
  { format }: Options,
  formats: readonly [F, ...F[]] | readonly F[],
): F {
  const [usual] = formats;
  if (format === undefined && usual !== undefined) return usual;
  const found = formats.find((name) => name === format);
  if (found !== undefined) return found;
  const near = nearest(String(format), formats);
  throw new Unusable(
    `--format cannot be "${String(format)}": ${near === undefined ? "" : `did you mean ${near}? `}It is one of ${formats.join(", ")}`,
  );
}

/** The option `--now`, where it is given. @throws {Unusable} */
export function optionalTime({ now }: Options): { readonly now?: number } {
  return now === undefined ? {} : { now: timeOf(String(now)) };
}
