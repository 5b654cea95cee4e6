// workerd, whose clock stands still while code runs: it is read after a pause, and samples are long.

import * as liteLibrary from "alone:rolegate/lite";
import * as main from "rolegate";
import { restore } from "rolegate/lite";
import { accessControl } from "../../contenders/accesscontrol.mjs";
import { easyRbac } from "../../contenders/easy-rbac.mjs";
import { measure } from "../../measure/main.mjs";

const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

async function clock() {
  await new Promise((resolve) => setTimeout(resolve));
  return performance.now();
}

export default {
  async fetch(request) {
    await main.init();
    const libraries = { library: { ...main, restore }, liteLibrary, slow: [easyRbac, accessControl] };
    const copy = (text) => decoder.decode(encoder.encode(text));
    return Response.json(await measure({ clock, copy, ...libraries }, await request.json()));
  },
};
