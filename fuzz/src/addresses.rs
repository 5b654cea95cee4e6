//! Two lines of text, a block and an address: read and found inside as by the standard library.

use std::net::IpAddr;

use serde_json::json;

use crate::{both, seen};

/// Reads a block and an address.
pub fn addresses(data: &[u8]) -> u64 {
    let text = String::from_utf8_lossy(data);
    let (block, address) = text.split_once('\n').unwrap_or((&text, "10.1.2.3"));
    let read = block_of(block);
    let wanted = read.map(|(network, prefix)| {
        address_of(address).map(|address| {
            network.0 == address.0 && (prefix == 0 || (network.1 ^ address.1) >> (network.0 - prefix) == 0)
        })
    });
    let found = inside(block, address);
    assert_eq!(found.is_some(), wanted.is_some(), "{block:?}");
    if let (Some(found), Some(wanted)) = (found, wanted) {
        assert_eq!(found, [wanted == Some(true), wanted == Some(false)], "{address:?} in {block:?}");
    }
    seen((read.map(|(network, prefix)| (network.0, prefix)), wanted, address.len(), address.contains("::")))
}

/// The number of bits of an address, and those.
type Bits = (u32, u128);

fn bits(address: IpAddr) -> Bits {
    match address {
        IpAddr::V4(address) => (32, address.to_bits().into()),
        IpAddr::V6(address) => (128, address.to_bits()),
    }
}

/// An address; one of version 6 that stands for one of version 4 is that one.
fn address_of(text: &str) -> Option<Bits> {
    let address: IpAddr = text.parse().ok()?;
    Some(bits(address.to_canonical()))
}

/// A block with a length of its prefix, no bits behind that, and no address that stands for another.
fn block_of(text: &str) -> Option<(Bits, u32)> {
    let (address, prefix) = text.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let (width, network) = bits(address);
    let is_plain =
        prefix.bytes().all(|byte| byte.is_ascii_digit()) && (prefix == "0" || !prefix.starts_with('0'));
    let prefix: u32 = prefix.parse().ok().filter(|prefix| is_plain && *prefix <= width)?;
    let host = if prefix == 0 { network } else { network & !(u128::MAX << (width - prefix)) };
    (host == 0 && address.to_canonical() == address).then_some(((width, network), prefix))
}

/// Whether the engine finds an address in a block, and whether it finds it outside; nothing if the block does
/// not load.
fn inside(block: &str, address: &str) -> Option<[bool; 2]> {
    let conditions = [
        json!({ "resource.ip": { "$cidr": block } }),
        json!({ "$not": { "resource.ip": { "$cidr": [block] } } }),
    ];
    both(conditions, &json!({ "ip": address }), 0.0)
}
