// IP addresses and blocks of them, as strings of bits: 32 for IPv4, 128 for IPv6.
//
// Twin of src/cidr.rs; tests/package/vectors.mjs and tests/vectors.rs hold them equal.

const MAPPED = /^0{80}1{16}/;

/** The addresses of one family that begin with some bits. */
interface Block {
  readonly bits: string;
  readonly family: number;
}

/** A block has a prefix length and no host bits, and is not an IPv4-mapped one. */
export function parseBlock(text: string): Block | undefined {
  const [, address = "", prefix] = /^(.*)\/(0|[1-9]\d*)$/.exec(text) ?? [];
  const bits = parse(address);
  const length = Number(prefix);
  if (bits === undefined || length > bits.length || MAPPED.test(bits) || bits.includes("1", length))
    return undefined;
  return { bits: bits.slice(0, length), family: bits.length };
}

/** An IPv4-mapped IPv6 address counts as IPv4. `undefined` for what is not an address, or has a zone. */
export function isInsideAny(text: unknown, blocks: unknown): boolean | undefined {
  const address = parse(text as string)?.replace(MAPPED, "");
  return address === undefined
    ? undefined
    : (blocks as readonly Block[]).some(
        ({ bits, family }) => address.length === family && address.startsWith(bits),
      );
}

/**
 * No address is longer than eight groups of four digits, the last two as IPv4; longer text is not searched.
 */
const MAX_LENGTH = 45;

function parse(text: string): string | undefined {
  return text.length > MAX_LENGTH ? undefined : (parseV4(text) ?? parseV6(text));
}

function parseV4(text: string): string | undefined {
  const bytes = text.split(".");
  return bytes.length === 4 && bytes.every((byte) => /^(0|[1-9]\d{0,2})$/.test(byte) && Number(byte) < 256)
    ? toBits(bytes, 10, 8)
    : undefined;
}

function parseV6(text: string): string | undefined {
  // The last 32 bits may be written as IPv4.
  const plain = text.replace(
    /[\d.]+\.\d+$/,
    (v4) =>
      parseV4(v4)
        ?.replace(/.{16}/g, (bits) => `:${parseInt(bits, 2).toString(16)}`)
        .slice(1) ?? v4,
  );
  const [before = [], after, ...rest] = plain.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const gap = 8 - before.length - (after?.length ?? 0);
  // `::` stands for at least one group.
  if (rest.length > 0 || gap < (after ? 1 : 0)) return undefined;
  const groups = after ? [...before, ...new Array<string>(gap).fill("0"), ...after] : before;
  return groups.length === 8 && groups.every((group) => /^[\da-f]{1,4}$/i.test(group))
    ? toBits(groups, 16, 16)
    : undefined;
}

function toBits(groups: readonly string[], radix: number, width: number): string {
  return groups.map((group) => parseInt(group, radix).toString(2).padStart(width, "0")).join("");
}
