//! Writes the small databases of `tests/fixtures/geo`: `cargo run --example geo_databases`. A test holds the files to
//! what this writes. Networks are those that RFC 5737 and RFC 3849 keep for documentation, AS numbers those of RFC 5398;
//! the records say what no such network says.
//!
//! Source: the *MaxMind DB File Format Specification*, version 2.0.

#![allow(clippy::expect_used)]

use std::net::IpAddr;

fn main() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/geo");
    std::fs::create_dir_all(&root)?;
    for (name, bytes) in files() {
        std::fs::write(root.join(name), bytes)?;
        eprintln!("tests/fixtures/geo/{name}");
    }
    Ok(())
}

/// Returns each file: its name, and its bytes.
pub fn files() -> [(&'static str, Vec<u8>); 3] {
    [
        ("city.mmdb", database("GeoLite2-City", 6, &cities())),
        ("asn.mmdb", database("GeoLite2-ASN", 6, &systems())),
        ("country.mmdb", database("GeoLite2-Country", 6, &countries())),
    ]
}

/// A value of the format's data section.
#[derive(Clone)]
pub enum Data {
    /// A UTF-8 string.
    Text(&'static str),
    /// A 64-bit float.
    Double(f64),
    /// An unsigned integer of 16 bits.
    Uint16(u16),
    /// One of 32 bits.
    Uint32(u32),
    /// One of 64 bits.
    Uint64(u64),
    /// True or false.
    Bool(bool),
    /// Keys and values.
    Map(Vec<(&'static str, Data)>),
    /// Values.
    Array(Vec<Data>),
}

use Data::{Array, Bool, Double, Map, Text, Uint16, Uint32, Uint64};

/// A network, its prefix's length, and its record.
pub type Network = (&'static str, u8, Data);

fn named(mut members: Vec<(&'static str, Data)>, english: &'static str, german: &'static str) -> Data {
    members.push(("names", Map(vec![("de", Text(german)), ("en", Text(english))])));
    Map(members)
}

fn location(latitude: f64, longitude: f64, radius: u16, zone: &'static str) -> Data {
    Map(vec![
        ("accuracy_radius", Uint16(radius)),
        ("latitude", Double(latitude)),
        ("longitude", Double(longitude)),
        ("time_zone", Text(zone)),
    ])
}

fn cities() -> Vec<Network> {
    let europe = || named(vec![("code", Text("EU"))], "Europe", "Europa");
    let britain = || named(vec![("iso_code", Text("GB"))], "United Kingdom", "Vereinigtes Königreich");
    let oxford = || {
        Map(vec![
            ("city", named(vec![], "Oxford", "Oxford")),
            ("continent", europe()),
            ("country", britain()),
            ("location", location(51.75, -1.25, 10, "Europe/London")),
            ("registered_country", britain()),
            (
                "subdivisions",
                Array(vec![
                    named(vec![("iso_code", Text("ENG"))], "England", "England"),
                    named(vec![("iso_code", Text("OXF"))], "Oxfordshire", "Oxfordshire"),
                ]),
            ),
        ])
    };
    let chile = || named(vec![("iso_code", Text("CL"))], "Chile", "Chile");
    let vina = Map(vec![
        ("city", named(vec![], "Viña del Mar", "Viña del Mar")),
        ("continent", named(vec![("code", Text("SA"))], "South America", "Südamerika")),
        ("country", chile()),
        ("location", location(-33.0, -71.5517, 20, "America/Santiago")),
        ("postal", Map(vec![("code", Text("2520000"))])),
        ("registered_country", chile()),
        ("subdivisions", Array(vec![named(vec![("iso_code", Text("VS"))], "Region de Valparaiso", "Valparaíso")])),
    ]);
    let germany = vec![("is_in_european_union", Bool(true)), ("iso_code", Text("DE"))];
    vec![
        ("192.0.2.0", 25, vina),
        ("192.0.2.128", 25, oxford()),
        // A country and no more.
        ("198.51.100.0", 24, Map(vec![("continent", europe()), ("country", britain())])),
        // Half a location, and a region without a code.
        (
            "203.0.113.0",
            26,
            Map(vec![
                ("country", named(germany, "Germany", "Deutschland")),
                ("location", Map(vec![("latitude", Double(50.0))])),
                ("subdivisions", Array(vec![named(vec![], "Hesse", "Hessen")])),
            ]),
        ),
        // A record that says nothing, and one without English names.
        ("203.0.113.64", 26, Map(vec![])),
        ("203.0.113.128", 26, Map(vec![("city", Map(vec![("names", Map(vec![("de", Text("Köln"))]))]))])),
        ("2001:db8:1::", 48, oxford()),
    ]
}

fn systems() -> Vec<Network> {
    let number = |number| ("autonomous_system_number", Uint32(number));
    let name = |name| ("autonomous_system_organization", Text(name));
    vec![
        ("192.0.2.0", 24, Map(vec![number(64_496), name("Example \"Networks\" S.A.")])),
        ("198.51.100.0", 24, Map(vec![number(4_200_000_000)])),
        ("203.0.113.0", 24, Map(vec![name("Example Organisation")])),
        ("2001:db8::", 32, Map(vec![number(65_551), name("Example Six")])),
    ]
}

fn countries() -> Vec<Network> {
    let chile = || named(vec![("iso_code", Text("CL"))], "Chile", "Chile");
    let continent = named(vec![("code", Text("SA"))], "South America", "Südamerika");
    vec![
        ("192.0.2.0", 24, Map(vec![("country", chile())])),
        ("203.0.113.0", 24, Map(vec![("continent", continent), ("country", chile()), ("registered_country", chile())])),
    ]
}

/// A node of the search tree while it is made: for each bit, nothing, a node or a record.
#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    Record(usize),
}

/// Makes a whole database. With `ip_version` 6, IPv4 networks are under `::/96`.
pub fn database(database_type: &'static str, ip_version: u16, networks: &[Network]) -> Vec<u8> {
    let mut nodes = vec![[Branch::Nothing; 2]];
    let mut data = Vec::new();
    for (address, prefix, record) in networks {
        let address: IpAddr = address.parse().expect("an address");
        let (bits, length) = match (address, ip_version) {
            (IpAddr::V4(v4), 4) => (u128::from(u32::from(v4)) << 96, *prefix),
            (IpAddr::V4(v4), _) => (u128::from(u32::from(v4)), prefix + 96),
            (IpAddr::V6(v6), _) => (u128::from(v6), *prefix),
        };
        let start = data.len();
        encode(record, &mut data);
        let mut node = 0;
        for depth in 0..length {
            let bit = usize::from(bits >> (127 - depth) & 1 == 1);
            if depth + 1 == length {
                nodes[node][bit] = Branch::Record(start);
            } else if let Branch::Node(below) = nodes[node][bit] {
                node = below;
            } else {
                nodes.push([Branch::Nothing; 2]);
                nodes[node][bit] = Branch::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
    }

    let mut out = Vec::new();
    for branch in nodes.iter().flatten() {
        let pointer = match branch {
            Branch::Nothing => nodes.len(),
            Branch::Node(node) => *node,
            Branch::Record(start) => nodes.len() + 16 + start,
        };
        out.extend_from_slice(&(pointer as u32).to_be_bytes()[1..]);
    }
    out.extend_from_slice(&[0; 16]);
    out.extend(data);
    out.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    let metadata = Map(vec![
        ("binary_format_major_version", Uint16(2)),
        ("binary_format_minor_version", Uint16(0)),
        ("build_epoch", Uint64(1_767_225_600)),
        ("database_type", Text(database_type)),
        ("description", Map(vec![("en", Text("For the tests of vpcflow-ecs"))])),
        ("ip_version", Uint16(ip_version)),
        ("languages", Array(vec![Text("de"), Text("en")])),
        ("node_count", Uint32(nodes.len() as u32)),
        ("record_size", Uint16(24)),
    ]);
    encode(&metadata, &mut out);
    out
}

fn encode(data: &Data, out: &mut Vec<u8>) {
    let bytes = |out: &mut Vec<u8>, kind: u8, bytes: &[u8]| {
        control(out, kind, bytes.len());
        out.extend_from_slice(bytes);
    };
    match data {
        Text(text) => bytes(out, 2, text.as_bytes()),
        Double(number) => bytes(out, 3, &number.to_be_bytes()),
        Uint16(number) => bytes(out, 5, trimmed(&number.to_be_bytes())),
        Uint32(number) => bytes(out, 6, trimmed(&number.to_be_bytes())),
        Uint64(number) => bytes(out, 9, trimmed(&number.to_be_bytes())),
        Bool(flag) => control(out, 14, usize::from(*flag)),
        Map(members) => {
            control(out, 7, members.len());
            for (key, value) in members {
                encode(&Text(key), out);
                encode(value, out);
            }
        }
        Array(items) => {
            control(out, 11, items.len());
            for item in items {
                encode(item, out);
            }
        }
    }
}

/// Integers have no leading zero bytes.
fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// Appends the byte of type and size; types from 8 on have a byte of their own, and sizes from 29 on, too.
fn control(out: &mut Vec<u8>, kind: u8, size: usize) {
    let (short, long) = if size < 29 { (size as u8, None) } else { (29, Some((size - 29) as u8)) };
    assert!(size < 285, "a size of one more byte is enough for these");
    out.push(if kind < 8 { kind << 5 | short } else { short });
    out.extend((kind >= 8).then(|| kind - 7));
    out.extend(long);
}
