export default defineEventHandler(async (event) => answer(await tenant, toWebRequest(event)));
