import { createServer } from "node:http";
import { choices } from "./editor.js";

createServer(async (_, response) => {
  response.setHeader("content-type", "application/json").end(JSON.stringify(await choices()));
}).listen(process.env.PORT);
