import pg from "pg";

export const database = new pg.Pool({ connectionString: process.env.DATABASE_URL });
database.on("error", console.error); // an idle connection broke
