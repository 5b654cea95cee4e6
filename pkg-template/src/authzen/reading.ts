// The shapes of requests. Each member that is required is there and of its type, or the request is a 400. What
// is not known is passed over; an explicit `null` is a value of the wrong type.

import { refuse } from "./refusal.js";
import type { Entity, Question } from "./types.js";

/** An own member; `undefined` if there is none. */
export function memberOf(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object, or nothing. */
export function optionalObject(from: object, key: string, name: string = key): object | undefined {
  const value = memberOf(from, key);
  return value === undefined || isObject(value) ? value : refuse(400, `\`${name}\` must be an object`);
}

function requiredObject(from: object, key: string): object {
  return optionalObject(from, key) ?? refuse(400, `\`${key}\` is missing`);
}

function requiredText(from: object, key: string, name: string): string {
  const value = memberOf(from, key);
  if (typeof value === "string") return value;
  return refuse(400, `\`${name}\` ${value === undefined ? "is missing" : "must be a string"}`);
}

function propertiesOf(from: object, name: string): object | undefined {
  return optionalObject(from, "properties", `${name}.properties`);
}

/** A subject or a resource with its id. */
export function entityOf(body: object, key: "subject" | "resource"): Entity {
  const { type, properties, from } = kindOf(body, key);
  return { type, id: requiredText(from, "id", `${key}.id`), properties };
}

/** What a search looks for: an id that it has is passed over. */
export function kindOf(
  body: object,
  key: "subject" | "resource",
): { type: string; properties: object | undefined; from: object } {
  const from = requiredObject(body, key);
  return { type: requiredText(from, "type", `${key}.type`), properties: propertiesOf(from, key), from };
}

export function actionOf(body: object): Question["action"] {
  const from = requiredObject(body, "action");
  return { name: requiredText(from, "name", "action.name"), properties: propertiesOf(from, "action") };
}

export function contextOf(body: object): object | undefined {
  return optionalObject(body, "context");
}

export function questionOf(body: object): Question {
  return {
    subject: entityOf(body, "subject"),
    action: actionOf(body),
    resource: entityOf(body, "resource"),
    context: contextOf(body),
  };
}
