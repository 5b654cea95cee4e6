// Objects of which some members may be absent.

/** The own members of an object, and no others: whatever is put on `Object.prototype` stands for none. */
export function bare<T extends object>(of: T): T {
  return Object.assign(Object.create(null), of);
}
