// Chromium: the contenders that run there as they are. New strings are what a page has: attributes of
// elements.

import * as liteLibrary from "alone:rolegate/lite";
import * as main from "rolegate";
import { restore } from "rolegate/lite";
import { accessControl } from "../../contenders/accesscontrol.mjs";
import { easyRbac } from "../../contenders/easy-rbac.mjs";
import { measure } from "../../measure/main.mjs";

function copy(text) {
  const element = document.createElement("button");
  element.setAttribute("data-can", text);
  return element.dataset.can;
}

window.measure = async (how) => {
  await main.init("/rolegate.wasm");
  const libraries = { library: { ...main, restore }, liteLibrary, slow: [easyRbac, accessControl] };
  return measure({ clock: () => performance.now(), copy, ...libraries }, how);
};
