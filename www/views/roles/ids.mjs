// Ids for what is named here.

/** `sales-supervisor`, or with a number where that is taken; `otherwise` where nothing of the name can stand in an id. */
export function idFor(name, taken, otherwise = "role") {
  const plain =
    name
      .normalize("NFKD")
      .replace(/\p{Mark}/gu, "")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || otherwise;
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? plain : `${plain}-${number}`;
    if (!taken.includes(id)) return id;
  }
}
