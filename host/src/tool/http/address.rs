//! Which addresses belong to the public internet, after the special-purpose registries of IANA (RFC 6890 and its updates).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether anybody may be expected there: not this machine, not its own network, nothing reserved.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast();
    let reserved = match address.octets() {
        [0 | 240..=255, ..] => true, // this network; reserved, with broadcast
        [100, 64..128, ..] => true,  // shared by carriers (RFC 6598)
        [192, 0, 0, _] | [192, 88, 99, _] => true, // protocol assignments; relays of 6to4
        [198, 18..20, ..] => true,   // benchmarks (RFC 2544)
        _ => false,
    };
    !(special || reserved)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(embedded(high, low)), // NAT64 (RFC 6052)
        [0x2002, high, low, ..] => is_public_v4(embedded(high, low)),               // 6to4 (RFC 3056)
        [0x2001, 0..0x200, ..] | [0x2001, 0xdb8, ..] => false, // protocol assignments, Teredo; documentation
        [0x3fff, 0..0x1000, ..] => false,                      // documentation (RFC 9637)
        [first, ..] => (0x2000..0x4000).contains(&first),      // all of global unicast that is given out
    }
}

fn embedded(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))
}
