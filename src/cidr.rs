//! IP addresses and blocks of them. Read here and not by the standard library, whose reader is three times as
//! large.
//!
//! Twin of pkg-template/src/condition/cidr.ts; tests/package/vectors.mjs and tests/vectors.rs hold them
//! equal.

/// A block of addresses: its first address and how many leading bits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    network: Address,
    prefix: usize,
}

/// An address: four bytes, or sixteen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Address {
    bytes: [u8; 16],
    len: usize,
}

impl Block {
    /// Reads a block: an address, a slash and a prefix length; no host bits, no IPv4-mapped address.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let slash = text.iter().position(|byte| *byte == b'/')?;
        let network = Address::written(text.get(..slash)?)?;
        let prefix = decimal(text.get(slash + 1..)?)? as usize;
        let bits = 8 * network.len;
        let has_host_bits = (prefix..bits).any(|at| network.bit(at));
        (prefix <= bits && !has_host_bits && !network.is_mapped()).then_some(Self { network, prefix })
    }

    /// Whether an address lies in the block; `None` if the text is not an address.
    #[cfg(feature = "engine")]
    pub(crate) fn contains(self, text: &str) -> Option<bool> {
        let address = Address::parse(text)?;
        let is_same = |at: usize| address.bit(at) == self.network.bit(at);
        Some(address.len == self.network.len && (0..self.prefix).all(is_same))
    }
}

impl Address {
    /// An address; an IPv4-mapped IPv6 address is the IPv4 one.
    #[cfg(feature = "engine")]
    fn parse(text: &str) -> Option<Self> {
        let mut address = Self::written(text.as_bytes())?;
        if address.is_mapped() {
            address.bytes.rotate_left(12);
            address.len = 4;
        }
        Some(address)
    }

    fn written(text: &[u8]) -> Option<Self> {
        let mut address = Self::default();
        if address.push_v4(text).is_none() {
            address = Self::v6(text)?;
        }
        Some(address)
    }

    /// Whether an IPv6 address stands for an IPv4 one.
    fn is_mapped(self) -> bool {
        self.bytes.starts_with(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) && self.len == 16
    }

    /// A bit, the first of all being 0.
    fn bit(self, at: usize) -> bool {
        self.bytes.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0)
    }

    fn push(&mut self, byte: u32) -> Option<()> {
        *self.bytes.get_mut(self.len)? = u8::try_from(byte).ok()?;
        self.len += 1;
        Some(())
    }

    /// Adds four numbers with dots between.
    fn push_v4(&mut self, text: &[u8]) -> Option<()> {
        let end = self.len + 4;
        for part in text.split(|byte| *byte == b'.') {
            self.push(decimal(part)?)?;
        }
        (self.len == end).then_some(())
    }

    /// Eight groups of hexadecimal digits with colons between; `::` for groups of zeros, once; an IPv4
    /// address in place of the last two groups.
    fn v6(text: &[u8]) -> Option<Self> {
        let mut address = Self::default();
        // How many bytes stand before `::`.
        let mut before = None;
        let mut rest = text;
        if let Some(tail) = rest.strip_prefix(b"::") {
            before = Some(0);
            rest = tail;
        }
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b':').unwrap_or(rest.len());
            let (group, tail) = rest.split_at_checked(end)?;
            let mut with_v4 = address;
            if tail.is_empty() && with_v4.push_v4(group).is_some() {
                address = with_v4;
            } else {
                let group = number(group, 16)?;
                address.push(group >> 8)?;
                address.push(group & 0xff)?;
            }
            rest = match tail {
                [b':', b':', tail @ ..] if before.is_none() => {
                    before = Some(address.len);
                    tail
                }
                [b':', tail @ ..] if !tail.is_empty() => tail,
                [] => tail,
                _ => return None,
            };
        }
        match before {
            None if address.len < 16 => return None,
            None => {}
            Some(_) if address.len > 14 => return None,
            // The zeros that are left over at the end go in between.
            Some(before) => {
                for (to, from) in (0..16).rev().zip((before..address.len).rev()) {
                    let byte = core::mem::take(address.bytes.get_mut(from)?);
                    *address.bytes.get_mut(to)? = byte;
                }
            }
        }
        Some(Self { len: 16, ..address })
    }
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

#[cfg(all(test, feature = "std"))]
mod tests {
    use std::net::IpAddr;
    use std::vec::Vec;

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
                IpAddr::V4(v4) => Vec::from(v4.octets()),
                IpAddr::V6(v6) => Vec::from(v6.octets()),
            });
            let found =
                Address::written(text.as_bytes()).map(|address| Vec::from(&address.bytes[..address.len]));
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
