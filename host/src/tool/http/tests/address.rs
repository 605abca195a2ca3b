//! Which addresses a name may lead to.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
    sync::atomic::{AtomicBool, Ordering},
};

use proptest::prelude::*;
use reqwest::dns::{Name, Resolve};
use serde_json::json;

use super::{
    super::{
        address::is_public,
        client,
        resolver::{Found, Guarded, Lookup, Private},
    },
    server::Reply,
    *,
};

/// Every name leads here.
struct Everywhere(Vec<IpAddr>);

impl Lookup for Everywhere {
    fn lookup(&self, _: &str) -> Found {
        let addresses = self.0.clone();
        Box::pin(async move { Ok(addresses) })
    }
}

fn everywhere(addresses: &[&str]) -> Everywhere {
    Everywhere(addresses.iter().map(|address| address.parse().unwrap()).collect())
}

#[test]
fn what_is_not_public() {
    for address in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "5f00::1",
    ] {
        assert!(!is_public(address.parse().unwrap()), "{address}");
    }
}

#[test]
fn what_is_public() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2606:4700::1111",
        "2001:200::1",
        "2002:808:808::1",
        "2a00:1450:4001::1",
    ] {
        assert!(is_public(address.parse().unwrap()), "{address}");
    }
}

proptest! {
    /// An IPv4 address does not become another by being written in one of IPv6's ways.
    #[test]
    fn wrapping_changes_nothing(bits: u32) {
        let v4 = Ipv4Addr::from(bits);
        let [high, low] = [(bits >> 16) as u16, bits as u16];
        for v6 in [
            v4.to_ipv6_mapped(),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        ] {
            prop_assert_eq!(is_public(v4.into()), is_public(v6.into()), "{} {}", v4, v6);
        }
    }

    /// No address comes out of the resolver that a name may not lead to, whatever stands beside it.
    #[test]
    fn only_public_addresses_are_connected_to(addresses: Vec<[u8; 4]>, loopback: bool) {
        let mut addresses: Vec<IpAddr> = addresses.into_iter().map(IpAddr::from).collect();
        if loopback {
            addresses.insert(0, Ipv4Addr::LOCALHOST.into());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let resolver = Guarded::new(Everywhere(addresses.clone()));
        let found = runtime.block_on(resolver.resolve(Name::from_str("service.example").unwrap()));
        let public: Vec<IpAddr> = addresses.iter().copied().filter(|address| is_public(*address)).collect();
        match found {
            Ok(found) => prop_assert_eq!(found.map(|address| address.ip()).collect::<Vec<_>>(), public),
            Err(e) => prop_assert!(public.is_empty() && (addresses.is_empty() || e.is::<Private>())),
        }
    }
}

/// What comes of a request to this name, where it leads to these addresses, and how often the server was asked.
async fn reached(name: &str, addresses: &[&str]) -> (Result<Value, Failed>, usize) {
    let server = Server::start(|_| Reply::json(200, &json!("here"))).await;
    let url = format!("http://{name}:{}/", server.port());
    let client = client::with_lookup(everywhere(addresses)).unwrap();
    let result =
        General::with_client(granted(&[&url]), client).call(attempt("get", json!({ "url": url }))).await;
    (result, server.seen().len())
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_though_it_is_granted() {
    for address in ["127.0.0.1", "::ffff:127.0.0.1", "::1", "10.1.2.3"] {
        let (result, asked) = reached("service.example", &[address]).await;
        let failure =
            assert_failed(result, "denied", &["`service.example` leads to", "--allow http=http://"]);
        assert!(failure.message.contains(address), "{}", failure.message);
        assert_eq!(asked, 0);
    }
}

#[tokio::test]
async fn localhost_is_this_machine_and_nothing_else() {
    let (result, asked) = reached("localhost", &["10.1.2.3", "127.0.0.1"]).await;
    assert_eq!((result.unwrap()["body"].as_str(), asked), (Some("here"), 1));
    let (result, asked) = reached("localhost", &["10.1.2.3"]).await;
    assert_failed(result, "denied", &["`localhost` leads to 10.1.2.3"]);
    assert_eq!(asked, 0);
}

#[tokio::test]
async fn an_address_written_out_is_reached_if_it_is_granted_however_it_is_written() {
    let server = Server::start(|_| Reply::json(200, &json!("here"))).await;
    for written in ["127.0.0.1", "2130706433", "0x7f.1"] {
        let url = format!("http://{written}:{}/", server.port());
        let call = || attempt("get", json!({ "url": url }));
        assert_eq!(general(&server).call(call()).await.unwrap()["body"], "here");
        let other = General::new(granted(&[&format!("http://localhost:{}", server.port())]));
        assert_failed(other.call(call()).await, "denied", &["is not granted"]);
    }
}

/// Leads to a public address when it is asked first, and then to this machine.
struct Rebinding(AtomicBool);

impl Lookup for Rebinding {
    fn lookup(&self, _: &str) -> Found {
        let address = if self.0.swap(true, Ordering::Relaxed) { "127.0.0.1" } else { "192.0.2.1" };
        Box::pin(async move { address.parse().map(|ip| vec![ip]).map_err(io::Error::other) })
    }
}

#[tokio::test]
async fn a_name_that_changes_its_mind_is_checked_each_time() {
    let server = Server::start(|_| Reply::json(200, &json!("here"))).await;
    let url = format!("http://service.example:{}/", server.port());
    let client = client::with_lookup(Rebinding(AtomicBool::new(false))).unwrap();
    for _ in 0..3 {
        let general = General::with_client(granted(&[&url]), client.clone());
        assert_failed(general.call(attempt("get", json!({ "url": url }))).await, "denied", &[]);
    }
    assert!(server.seen().is_empty());
}

/// Names that are not there.
struct Nowhere;

impl Lookup for Nowhere {
    fn lookup(&self, _: &str) -> Found {
        Box::pin(async {
            Err(io::Error::other("failed to lookup address information: Name or service not known"))
        })
    }
}

#[tokio::test]
async fn a_name_that_is_not_there_is_told() {
    let client = client::with_lookup(Nowhere).unwrap();
    let call = attempt("get", json!({ "url": "http://service.example/x" }));
    let result = General::with_client(granted(&["http://service.example"]), client).call(call).await;
    let said = "the name `service.example` was not found (Name or service not known)";
    assert_failed(result, "network", &[said]);
}
