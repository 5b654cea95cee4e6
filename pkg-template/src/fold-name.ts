// What administration asks of the place where it runs. The generated bindings import this function.

/** A name as it is compared with others: two that look alike are the same. */
export function foldName(name: string): string {
  return name.trim().normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}
