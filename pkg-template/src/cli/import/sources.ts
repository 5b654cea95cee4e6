// Files that are imported: JSON, YAML or lines of text, with the places of what stands in them.

import { Unusable } from "../command.js";
import { type Place, placesOf } from "../place.js";
import { DEEPEST, strictJson } from "../read-json.js";
import type { Source } from "./item.js";

/** As much of a value is marked. */
const LONGEST = 80;

/** @throws {Unusable} with the line of what cannot be read */
export async function jsonSource(file: string, text: string): Promise<Source> {
  return { file, value: await strictJson(file, text), places: (paths) => placesOf(text, paths) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * The documents of a file of YAML, which also may be JSON. YAML needs `yaml`, which not everybody has
 * installed.
 *
 * @throws {Unusable}
 */
export async function yamlSources(file: string, text: string): Promise<Source[]> {
  if (file.endsWith(".json") || isJson(text)) return [await jsonSource(file, text)];
  const { LineCounter, parseAllDocuments, isNode, isPair } = await yaml();
  const lineCounter = new LineCounter();
  try {
    const documents = parseAllDocuments(text, { lineCounter, merge: true, stringKeys: true });
    return [...documents].flatMap((document) => {
      const [problem] = document.errors;
      if (problem !== undefined) {
        const { line, col } = lineCounter.linePos(problem.pos[0]);
        throw new Unusable(`${file}:${line}:${col}: it is not YAML: ${problem.message.split("\n", 1)[0]}`);
      }
      const value: unknown = document.toJS({ maxAliasCount: 100 });
      if (value === null || value === undefined) return [];
      refuseDepth(file, value);
      const placeOf = (path: string): Place => {
        const steps = path.split("/").slice(1).map(unescaped);
        let node: unknown = document.contents;
        for (let count = steps.length; count >= 0; count -= 1) {
          node = document.getIn(steps.slice(0, count), true);
          if (isNode(node) || isPair(node)) break;
        }
        const [from, to] = (isNode(node) ? node.range : undefined) ?? [0, 1];
        const { line, col } = lineCounter.linePos(from);
        return { line, column: col, length: Math.max(Math.min(to, from + LONGEST) - from, 1) };
      };
      return [{ file, value, places: (paths) => new Map(paths.map((path) => [path, placeOf(path)])) }];
    });
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable(
      `${file}: it is not YAML that can be read: ${(error as Error).message.split("\n", 1)[0]}`,
    );
  }
}

function refuseDepth(file: string, value: unknown): void {
  let level = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > DEEPEST) throw new Unusable(`${file}: it is nested deeper than ${DEEPEST}`);
    level = level.flatMap((one) => (typeof one === "object" && one !== null ? Object.values(one) : []));
  }
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~");
}

async function yaml(): Promise<typeof import("yaml")> {
  try {
    return await import("yaml");
  } catch (error) {
    if ((error as { code?: string }).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Unusable("YAML needs yaml: npm install yaml. JSON can be read without it");
  }
}

/** Lines of text, whose places are `/line/column`. */
export function textSource(file: string, text: string): Source {
  const placeOf = (path: string): Place => {
    const [, line = "1", column = "1", length = "1"] = path.split("/");
    return { line: Number(line), column: Number(column), length: Number(length) };
  };
  return { file, value: text, places: (paths) => new Map(paths.map((path) => [path, placeOf(path)])) };
}
