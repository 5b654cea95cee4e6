// The types of `rolegate/wasm`. At run time that is the wasm file itself, whatever the bundler or the runtime
// makes of it.

import type { WasmModule } from "./types/types.js";

/**
 * The wasm file: a compiled module (workerd, edge runtimes), or its address (most bundlers). `init` takes
 * either.
 */
const file: WasmModule | string = "rolegate.wasm";

export default file;
