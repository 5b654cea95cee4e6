// The vectors here that are not named `own-` are plain copies. Where the folder they came from stands beside the repository, they must equal it byte for byte.
//
//   node tests/compare-vectors.mjs

import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const copies = new URL("./vectors/", import.meta.url);
const originals = new URL("../../shared/vectors/", import.meta.url);

/** `{ compared, differing }`: how many files were compared, and the names of those that differ or have no copy. */
export function compareVectors() {
  const expected = list(originals);
  if (expected === undefined) return { compared: 0, differing: [] };
  const differing = expected.filter((name) => {
    const original = read(originals, name);
    return original === undefined || read(copies, name)?.equals(original) !== true;
  });
  return { compared: expected.length, differing: differing.sort() };
}

/** The same as one line for people. */
export function describeComparison({ compared, differing }) {
  if (compared === 0) return "vectors: not compared (no ../shared/vectors beside the repository)";
  if (differing.length === 0) return `vectors: ${compared} files equal ../shared/vectors`;
  return `vectors: differ from ../shared/vectors: ${differing.join(", ")}`;
}

function list(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

function read(folder, name) {
  try {
    return readFileSync(new URL(encodeURIComponent(name), folder));
  } catch {
    return undefined;
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const result = compareVectors();
  console.log(describeComparison(result));
  process.exitCode = result.differing.length === 0 ? 0 : 1;
}
