export default defineEventHandler(async () => (await tenant).for("ana").toJSON()); // whoever the session says
