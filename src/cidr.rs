//! IP addresses and blocks of them. Read here and not by the standard library, whose reader is three times as large.

/// A block of addresses: its first address and how many leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    network: Address,
    prefix: u32,
}

/// An address as a number, and how many bits its family has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Address {
    bits: u128,
    width: u32,
}

impl Block {
    /// Reads a block: an address, a slash and a prefix length; no host bits, no IPv4-mapped address.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let slash = text.iter().position(|byte| *byte == b'/')?;
        let address = Address::written(text.get(..slash)?)?;
        if address.v4_inside().is_some() {
            return None;
        }
        let block = Self { network: address, prefix: decimal(text.get(slash + 1..)?)? };
        let fits = block.prefix <= block.network.width && block.host_bits(block.network) == 0;
        fits.then_some(block)
    }

    /// Whether an address lies in the block; `None` if the text is no address.
    #[cfg(feature = "engine")]
    pub(crate) fn contains(self, text: &str) -> Option<bool> {
        let address = Address::parse(text)?;
        let same = Address { bits: address.bits ^ self.network.bits, width: address.width };
        Some(address.width == self.network.width && same.bits == self.host_bits(same))
    }

    /// The bits of an address of this family behind the prefix.
    fn host_bits(self, address: Address) -> u128 {
        let host = self.network.width - self.prefix;
        address.bits & 1_u128.checked_shl(host).map_or(u128::MAX, |bit| bit - 1)
    }
}

impl Address {
    /// An address; an IPv4-mapped IPv6 address is the IPv4 one.
    #[cfg(feature = "engine")]
    fn parse(text: &str) -> Option<Self> {
        let address = Self::written(text.as_bytes())?;
        Some(address.v4_inside().unwrap_or(address))
    }

    fn written(text: &[u8]) -> Option<Self> {
        match v4(text) {
            Some(bits) => Some(Self { bits, width: 32 }),
            None => Some(Self { bits: v6(text)?, width: 128 }),
        }
    }

    /// The IPv4 address that an IPv6 address stands for.
    fn v4_inside(self) -> Option<Self> {
        let is_mapped = self.width == 128 && self.bits >> 32 == 0xffff;
        is_mapped.then_some(Self { bits: self.bits & 0xffff_ffff, width: 32 })
    }
}

/// Four numbers with dots between.
fn v4(text: &[u8]) -> Option<u128> {
    let mut bits = 0;
    let mut count = 0;
    for part in text.split(|byte| *byte == b'.') {
        bits = (bits << 8) | u128::from(decimal(part).filter(|part| *part < 256)?);
        count += 1;
    }
    (count == 4).then_some(bits)
}

/// One to three decimal digits, the first no zero in vain.
fn decimal(text: &[u8]) -> Option<u32> {
    let in_vain = text.len() > 1 && text.first() == Some(&b'0');
    number(text, 10).filter(|_| text.len() <= 3 && !in_vain)
}

/// One to four digits.
fn number(text: &[u8], radix: u32) -> Option<u32> {
    if !(1..=4).contains(&text.len()) {
        return None;
    }
    let mut number = 0;
    for byte in text {
        number = number * radix + char::from(*byte).to_digit(radix)?;
    }
    Some(number)
}

/// Eight groups of hexadecimal digits with colons between; `::` for groups of zeros, once; an IPv4 address in
/// place of the last two groups.
fn v6(text: &[u8]) -> Option<u128> {
    let (mut bits, mut count) = (0_u128, 0);
    // How many groups stand before `::`.
    let mut before = None;
    let mut rest = text;
    if let Some(tail) = rest.strip_prefix(b"::") {
        before = Some(0);
        rest = tail;
    }
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b':').unwrap_or(rest.len());
        let (group, tail) = rest.split_at_checked(end)?;
        if let Some(v4) = v4(group).filter(|_| tail.is_empty()) {
            bits = (bits << 32) | v4;
            count += 2;
        } else {
            bits = (bits << 16) | u128::from(number(group, 16)?);
            count += 1;
        }
        rest = match tail {
            [b':', b':', tail @ ..] if before.is_none() => {
                before = Some(count);
                tail
            }
            [b':', tail @ ..] if !tail.is_empty() => tail,
            [] => tail,
            _ => return None,
        };
    }
    match before {
        None => (count == 8).then_some(bits),
        Some(before) if count < 8 => {
            let after = 16 * (count - before);
            let high = (bits >> after).checked_shl(16 * (8 - before)).unwrap_or_default();
            Some(high | (bits & ((1 << after) - 1)))
        }
        Some(_) => None,
    }
}

#[cfg(all(test, feature = "std"))]
mod tests {
    use std::net::IpAddr;

    use super::{Address, Block};

    #[test]
    fn blocks_are_strict() {
        for bad in [
            "10.0.0.0",
            "10.0.0.1/8",
            "10.0.0.0/33",
            "10.0.0.0/08",
            "10.0.0.0/+8",
            "010.0.0.0/8",
            "::ffff:10.0.0.0/104",
            "fe80::1%eth0/64",
            "/8",
            "::/129",
            "10.0.0.0/",
        ] {
            assert_eq!(Block::parse(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn addresses_are_read_as_the_standard_library_reads_them() {
        let parts = [
            "",
            ":",
            "::",
            "0",
            "12",
            "ab9",
            "FFFF",
            "12345",
            "g",
            "1.2.3.4",
            "1.2.3",
            "256.0.0.0",
            "1.2.3.04",
        ];
        let long = [
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "::2:3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
        ];
        let more = [
            "1:2:3:4:5:6:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1:2:3:4:5::1.2.3.4",
            "::ffff:1.2.3.4",
            "1.2.3.4::",
            "%",
        ];
        let mut texts: Vec<String> = long.iter().chain(&more).map(|text| (*text).to_owned()).collect();
        for a in parts {
            for b in parts {
                for c in parts {
                    texts.extend([
                        [a, b, c].concat(),
                        [a, b, ":", c].concat(),
                        [a, ":", b, "::", c].concat(),
                    ]);
                }
            }
        }
        for text in texts {
            let expected = text.parse::<IpAddr>().ok().map(|address| match address {
                IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
                IpAddr::V6(v6) => (u128::from(v6), 128),
            });
            let found = Address::written(text.as_bytes()).map(|address| (address.bits, address.width));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_blocks() {
        let inside = |block: &str, address| Block::parse(block.as_bytes()).unwrap().contains(address);
        assert_eq!(inside("10.0.0.0/8", "10.255.0.1"), Some(true));
        assert_eq!(inside("10.0.0.0/8", "::ffff:10.1.2.3"), Some(true));
        assert_eq!(inside("10.0.0.0/8", "11.0.0.0"), Some(false));
        assert_eq!(inside("0.0.0.0/0", "::1"), Some(false));
        assert_eq!(inside("::/0", "::1"), Some(true));
        assert_eq!(inside("2001:db8::/32", "2001:db8:1::"), Some(true));
        assert_eq!(inside("0.0.0.0/0", "1.2.3"), None);
        assert_eq!(inside("::/0", "fe80::1%eth0"), None);
    }
}
