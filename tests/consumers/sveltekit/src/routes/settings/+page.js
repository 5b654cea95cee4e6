import { guarded } from "../../lib/guarded.js";

export const load = guarded("settings.view");
