export default defineEventHandler(async () => (await tenant).for("ana").toJSON()); // the user comes from the session
