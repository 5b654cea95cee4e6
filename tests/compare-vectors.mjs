// The vectors here that are not named `own-`, and the cases, are plain copies. Where the folders they came
// from stand beside the repository, they must equal them byte for byte; of the cases those that are here.
//
//   node tests/compare-vectors.mjs

import { readdirSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const copies = new URL("./vectors/", import.meta.url);
const originals = new URL("../../shared/vectors/", import.meta.url);
const copiesOfCases = new URL("./cases/", import.meta.url);
const originalsOfCases = new URL("../../shared/cases/", import.meta.url);

/**
 * `{ compared, differing }`: how many files were compared, and the names of those that differ or have no
 * copy.
 */
export function compareVectors() {
  const expected = list(originals);
  if (expected === undefined) return { compared: 0, differing: [] };
  const differing = expected.filter((name) => {
    const original = read(originals, name);
    return original === undefined || read(copies, name)?.equals(original) !== true;
  });
  const cases = list(copiesOfCases) ?? [];
  const differingCases = cases.filter(
    (name) => read(copiesOfCases, name)?.equals(read(originalsOfCases, name) ?? Buffer.alloc(0)) !== true,
  );
  return { compared: expected.length + cases.length, differing: [...differing, ...differingCases].sort() };
}

/** The same as one line for people. */
export function describeComparison({ compared, differing }) {
  if (compared === 0) return "vectors and cases: not compared (no ../shared beside the repository)";
  if (differing.length === 0) return `vectors and cases: ${compared} files equal those in ../shared`;
  return `vectors and cases: differ from ../shared: ${differing.join(", ")}`;
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
