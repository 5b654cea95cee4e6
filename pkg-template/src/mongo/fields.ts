// Fields of documents, and filters of them.

/** A document that MongoDB takes as a filter. */
export type MongoFilter = { [key: string]: unknown };

/** Where an attribute sits. */
export interface Field {
  readonly keys: readonly string[];
  /** What times in it are; text, or anything else, is none to a filter. */
  readonly type: "date" | "number" | undefined;
  /** No list lies directly in a list on its way. */
  readonly flat: boolean;
}
