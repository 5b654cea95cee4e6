// One cold start in Node: import, start, load, first answer. What comes before, Node itself, does not count.

import { readFileSync } from "node:fs";

const { script, file, question } = JSON.parse(process.argv[2]);
const start = performance.now();
const { first } = await import(script);
const answer = await first(readFileSync(file, "utf8"), question);
const time = performance.now() - start;
if (answer !== true) throw new Error(`${script} answers ${answer}`);
console.log(time);
