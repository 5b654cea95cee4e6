//! IP addresses and blocks of them.

use core::net::{IpAddr, Ipv6Addr};

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
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let digits = !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || (prefix.len() > 1 && prefix.starts_with('0')) {
            return None;
        }
        let address: IpAddr = address.parse().ok()?;
        if matches!(address, IpAddr::V6(v6) if v6.to_ipv4_mapped().is_some()) {
            return None;
        }
        let block = Self { network: Address::of(address), prefix: prefix.parse().ok()? };
        let fits = block.prefix <= block.network.width && block.host_bits(block.network) == 0;
        fits.then_some(block)
    }

    /// Whether an address lies in the block; `None` if the text is no address.
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
    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self::of)
    }

    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self { bits: u128::from(u32::from(v4)), width: 32 },
            IpAddr::V6(v6) => Self::of_v6(v6),
        }
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        match address.to_ipv4_mapped() {
            Some(v4) => Self { bits: u128::from(u32::from(v4)), width: 32 },
            None => Self { bits: u128::from(address), width: 128 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Block;

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
            assert_eq!(Block::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn addresses_are_found_in_blocks() {
        let inside = |block: &str, address| Block::parse(block).unwrap().contains(address);
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
