// Administration in development servers: they serve the script from where the wasm file is not, so it has that
// itself.

import { bytesOf } from "../engine/embedded.js";
import { base64 as text } from "../glue/rolegate-admin.wasm.js";
import { type Diff, diffOn, type Edit, editOn, type Init, initOn } from "./draft.js";
import { type Lint, lintOn, type RoleForms, roleFormOn } from "./look.js";
import { type AccessReports, accessReportOn } from "./report.js";

export * from "./common.js";
export const init: Init = /* @__PURE__ */ initOn({ locate: () => bytesOf(text) });
export const edit: Edit = /* @__PURE__ */ editOn();
export const diff: Diff = /* @__PURE__ */ diffOn();
export const lint: Lint = /* @__PURE__ */ lintOn();
export const roleForm: RoleForms = /* @__PURE__ */ roleFormOn();
export const accessReport: AccessReports = /* @__PURE__ */ accessReportOn();
