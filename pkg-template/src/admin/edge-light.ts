// Administration in Vercel Edge: the wasm file is imported, compiled.

import wasm from "../rolegate-admin.wasm?module";
import { type Diff, diffOn, type Edit, editOn, type Init, initOn } from "./draft.js";
import { type Lint, lintOn, type RoleForms, roleFormOn } from "./look.js";
import { type AccessReports, accessReportOn } from "./report.js";

const locate = (): WebAssembly.Module => wasm;

export * from "./common.js";
export const init: Init = /* @__PURE__ */ initOn({ locate });
export const edit: Edit = /* @__PURE__ */ editOn(locate);
export const diff: Diff = /* @__PURE__ */ diffOn(locate);
export const lint: Lint = /* @__PURE__ */ lintOn(locate);
export const roleForm: RoleForms = /* @__PURE__ */ roleFormOn(locate);
export const accessReport: AccessReports = /* @__PURE__ */ accessReportOn(locate);
