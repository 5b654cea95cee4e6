import { betterAuth } from "better-auth";
import { organization } from "better-auth/plugins/organization";
import pg from "pg";
import { access, roles } from "./access.js";

export const auth = betterAuth({
  baseURL: process.env.BETTER_AUTH_URL,
  secret: process.env.BETTER_AUTH_SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL }),
  emailAndPassword: { enabled: true },
  plugins: [organization({ ac: access, roles, dynamicAccessControl: { enabled: true } })],
});
