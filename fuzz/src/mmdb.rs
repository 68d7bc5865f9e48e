//! Any bytes as a geo database: they are refused, or lookups give objects or located errors.
//!
//! An input is the bytes of a file.

use std::net::IpAddr;

use serde_json::{Map, Value};
use vpcflow_ecs::geo::{Database, Databases, Lookups};

use crate::geo_databases;

/// The addresses that are looked up: those of the small databases, and others.
const ADDRESSES: [&str; 8] = [
    "192.0.2.1", "192.0.2.200", "198.51.100.7", "203.0.113.1", "203.0.113.130", "2001:db8:1::1", "::",
    "255.255.255.255",
];

/// Checks an input.
pub fn run(input: &[u8]) {
    for kind in [Database::City, Database::Asn, Database::Country] {
        let bytes = |of: Database| (kind == of).then(|| input.to_vec());
        let opened = Databases::open(bytes(Database::City), bytes(Database::Asn), bytes(Database::Country));
        let databases = match opened {
            Ok(databases) => databases,
            Err(error) => {
                assert_eq!(error.code().as_str(), "invalid_database", "{error}");
                continue;
            }
        };
        let mut lookups = Lookups::new(databases.clone());
        for address in ADDRESSES {
            let address: IpAddr = address.parse().expect("an address");
            match databases.lookup(kind, address) {
                Ok(None) => {}
                Ok(Some(found)) => {
                    assert!(found.keys().all(|name| kind.properties().contains(&name.as_str())), "{found:?}");
                }
                Err(error) => assert_eq!(error.code().as_str(), "invalid_database", "{error}"),
            }
            if let Ok([fragments]) = lookups.fragments([Some(address)]) {
                for json in [fragments.geo, fragments.system].into_iter().filter(|json| !json.is_empty()) {
                    let _: Map<String, Value> = serde_json::from_slice(json).expect("an object");
                }
            }
        }
    }
}

/// Makes the first inputs.
pub fn seeds() -> Vec<Vec<u8>> {
    geo_databases::files().map(|(_, bytes)| bytes).to_vec()
}
