import { choices } from "./editor.js";

export default { fetch: async () => Response.json(await choices()) };
