import { guarded } from "../../lib/guarded.js";

export const load = guarded("conversations.view");
