// Node, Bun and Deno: all contenders, in one process.

import * as liteLibrary from "alone:rolegate/lite";
import { readFileSync } from "node:fs";
import process from "node:process";
import * as main from "rolegate";
import { restore } from "rolegate/lite";
import { accessControl } from "../../contenders/accesscontrol.mjs";
import { casbin } from "../../contenders/casbin.mjs";
import { cedar } from "../../contenders/cedar.mjs";
import { easyRbac } from "../../contenders/easy-rbac.mjs";
import { measure } from "../../measure/main.mjs";

const { wasm, cedarPath, ...how } = JSON.parse(process.argv[2]);
await main.init(readFileSync(wasm));
const { default: cedarLibrary } = await import(cedarPath);

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];
const host = { clock: () => performance.now(), copy: (text) => decoder.decode(encoder.encode(text)) };
const libraries = {
  library: { ...main, restore },
  liteLibrary,
  cedarLibrary,
  slow: [easyRbac, accessControl, casbin, cedar],
};
console.log(JSON.stringify(await measure({ ...host, ...libraries }, how)));
process.exit();
