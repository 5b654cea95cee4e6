import { randomBytes, scryptSync, timingSafeEqual } from "node:crypto";

/** What to store: the salt and the hash. */
export function hashed(password, salt = randomBytes(16).toString("hex")) {
  return `${salt}:${scryptSync(password, salt, 32).toString("hex")}`;
}

export function matches(password, stored) {
  const [salt] = stored.split(":");
  const [given, known] = [hashed(password, salt), stored].map((text) => Buffer.from(text));
  return given.length === known.length && timingSafeEqual(given, known);
}
