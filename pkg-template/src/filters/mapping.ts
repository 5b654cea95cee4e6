// Where the attributes of a record sit: what every printer is told by paths.

import { refuse } from "./refusals.js";

/**
 * Reads an object of attribute paths and what stands for them.
 * @param what the option, in the plural
 * @param read reads one, whose place in the options is given for messages
 * @throws {RolegateError} `bad-options`
 */
export function mappingOf<Given, Read>(
  what: string,
  given: Readonly<Record<string, Given>> | undefined,
  read: (given: Given, place: string, path: string) => Read,
): ReadonlyMap<string, Read> {
  if (typeof given !== "object" || given === null)
    return refuse(`\`${what}\` must be an object of attribute paths and their ${what}`);
  return new Map(
    Object.entries(given).map(([path, one]) => {
      const place = `\`${what}["${path}"]\``;
      if (/^(?:resource|user|context)\./.test(path))
        refuse(`${place}: a path is written without \`resource.\``);
      return [path, read(one, place, path)];
    }),
  );
}

/** Refuses what is neither true nor false, if it is given. */
export function checkFlag(place: string, name: string, given: unknown): void {
  if (given !== undefined && typeof given !== "boolean")
    refuse(`${place}: \`${name}\` must be true or false`);
}
