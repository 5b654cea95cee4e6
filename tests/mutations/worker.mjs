// Tries mutations one after another; says which, before each, so that whoever waits knows where it stopped.

import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { init, isRolegateError, loadSync, Scope } from "../../pkg/entries/node.js";
import { restore } from "../../pkg/lite/index.js";
import { diceOf } from "./dice.mjs";
import { checkDocument, counts } from "./laws.mjs";
import { changedBytes, laboratory, mutated, written } from "./mutate.mjs";

const FILES = ["rules", "rules-2", "decisions", "real-argocd", "real-nist", "real-saleor"];
const { seed, from, to, until, at } = workerData;

const files = FILES.map((name) =>
  JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")),
);
const lib = { isRolegateError, loadSync, restore, Scope };
await init(undefined, { full: true });

let [count, loaded] = [0, 0];
for (let number = from; number < to && Date.now() < until; number += 1) {
  Atomics.store(at, 0, number);
  Atomics.add(at, 1, 1);
  try {
    loaded += Number(one(number));
  } catch (error) {
    parentPort.postMessage({ failed: number, text: error.stack });
  }
  count += 1;
}
parentPort.postMessage({ count, loaded, ...counts });

/** One mutation; gives whether it loads. */
function one(number) {
  const dice = diceOf(seed, number);
  if (dice.chance(25)) {
    const { snapshot, cases } = laboratory(dice);
    return checkDocument(lib, dice, JSON.stringify(snapshot), cases);
  }
  const [group, other] = [dice.pick(dice.pick(files)), dice.pick(dice.pick(files))];
  const text = written(dice, mutated(dice, group.snapshot, other.snapshot));
  const source = dice.chance(15) ? changedBytes(dice, text) : text;
  return checkDocument(lib, dice, source, group.cases);
}
