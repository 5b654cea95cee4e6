// Makes `rolegate` here the package that was built: imported before everything that imports it
// (`node --import`).

import { rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";

const place = fileURLToPath(new URL("node_modules/rolegate", import.meta.url));
rmSync(place, { recursive: true, force: true });
symlinkSync(fileURLToPath(new URL("../pkg", import.meta.url)), place, "junction");
