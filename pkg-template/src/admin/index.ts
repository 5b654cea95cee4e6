// Administration in browsers: the wasm file lies beside the script, where every bundler finds it.

import { type Diff, diffOn, type Edit, editOn, type Init, initOn } from "./draft.js";
import { type Lint, lintOn, type RoleForms, roleFormOn } from "./look.js";
import { type AccessReports, accessReportOn } from "./report.js";

export * from "./common.js";
export const init: Init = /* @__PURE__ */ initOn({
  locate: () => new URL("../rolegate-admin.wasm", import.meta.url),
});
export const edit: Edit = /* @__PURE__ */ editOn();
export const diff: Diff = /* @__PURE__ */ diffOn();
export const lint: Lint = /* @__PURE__ */ lintOn();
export const roleForm: RoleForms = /* @__PURE__ */ roleFormOn();
export const accessReport: AccessReports = /* @__PURE__ */ accessReportOn();
