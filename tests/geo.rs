//! Places and autonomous systems, from the project's own small databases.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::IpAddr;

use serde_json::{Value, json};
use vpcflow_ecs::geo::{Database, Databases, Fragments, Lookups};
use vpcflow_ecs::{OnError, Options, Output, Parser};

#[path = "../tools/geo_databases.rs"]
#[allow(dead_code)]
mod writer;

const CITY: &[u8] = include_bytes!("fixtures/geo/city.mmdb");
const ASN: &[u8] = include_bytes!("fixtures/geo/asn.mmdb");
const COUNTRY: &[u8] = include_bytes!("fixtures/geo/country.mmdb");

fn all() -> Databases {
    Databases::open(Some(CITY.into()), Some(ASN.into()), Some(COUNTRY.into())).unwrap()
}

fn address(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Returns the objects of an address, as one value each; null where there is none.
fn objects(lookups: &mut Lookups, text: &str) -> [Value; 2] {
    let [Fragments { geo, system }] = lookups.fragments([Some(address(text))]).unwrap();
    [geo, system].map(|json| if json.is_empty() { Value::Null } else { serde_json::from_slice(json).unwrap() })
}

#[test]
fn fixtures_are_what_the_writer_writes() {
    for ((name, written), found) in writer::files().into_iter().zip([CITY, ASN, COUNTRY]) {
        assert!(written == found, "{name}: run `cargo run --example geo_databases` and review the change");
    }
}

#[test]
fn objects_of_source_and_destination() {
    let oxford = json!({
        "city_name": "Oxford",
        "continent_name": "Europe",
        "country_iso_code": "GB",
        "country_name": "United Kingdom",
        "location": { "lat": 51.75, "lon": -1.25 },
        "region_iso_code": "GB-OXF",
        "region_name": "Oxfordshire",
    });
    let vina = json!({
        "city_name": "Viña del Mar",
        "continent_name": "South America",
        "country_iso_code": "CL",
        "country_name": "Chile",
        "location": { "lat": -33.0, "lon": -71.5517 },
        "region_iso_code": "CL-VS",
        "region_name": "Region de Valparaiso",
    });
    let example = json!({ "number": 64496, "organization": { "name": "Example \"Networks\" S.A." } });
    let organisation = json!({ "organization": { "name": "Example Organisation" } });
    let six = json!({ "number": 65551, "organization": { "name": "Example Six" } });
    let chile = json!({ "continent_name": "South America", "country_iso_code": "CL", "country_name": "Chile" });
    let hesse = json!({ "country_iso_code": "DE", "country_name": "Germany", "region_name": "Hesse" });
    let country = json!({ "continent_name": "Europe", "country_iso_code": "GB", "country_name": "United Kingdom" });
    let cases = [
        ("a city", "192.0.2.1", vina.clone(), example.clone()),
        ("the network's last address", "192.0.2.127", vina.clone(), example.clone()),
        ("the most specific of two regions", "192.0.2.128", oxford.clone(), example.clone()),
        ("within IPv6", "::ffff:192.0.2.1", vina, example),
        ("a country only; no organisation", "198.51.100.7", country, json!({ "number": 4200000000_u32 })),
        ("half a location, a region without a code", "203.0.113.1", hesse, organisation.clone()),
        ("an empty record: the country database", "203.0.113.65", chile.clone(), organisation.clone()),
        ("no English name: the country database", "203.0.113.129", chile.clone(), organisation.clone()),
        ("not in the city database", "203.0.113.200", chile, organisation),
        ("IPv6", "2001:db8:1::9", oxford, six.clone()),
        ("IPv6 without a city", "2001:db8:2::", Value::Null, six),
        ("unknown", "192.0.3.0", Value::Null, Value::Null),
        ("private", "10.0.0.1", Value::Null, Value::Null),
        ("unknown IPv6", "2001:db9::", Value::Null, Value::Null),
        ("unspecified", "::", Value::Null, Value::Null),
    ];
    let mut lookups = Lookups::new(all());
    for _remembered in [false, true] {
        for (name, text, geo, system) in &cases {
            assert_eq!(objects(&mut lookups, text), [geo.clone(), system.clone()], "{name}");
        }
    }
}

#[test]
fn keys_are_sorted_and_numbers_written_as_java_writes_them() {
    let mut lookups = Lookups::new(all());
    let [first, second, none] =
        lookups.fragments([Some(address("192.0.2.1")), Some(address("198.51.100.1")), None]).unwrap();
    let expected = "{\"city_name\":\"Viña del Mar\",\"continent_name\":\"South America\",\"country_iso_code\":\"CL\",\
                    \"country_name\":\"Chile\",\"location\":{\"lat\":-33.0,\"lon\":-71.5517},\
                    \"region_iso_code\":\"CL-VS\",\"region_name\":\"Region de Valparaiso\"}";
    assert_eq!(std::str::from_utf8(first.geo).unwrap(), expected);
    assert_eq!(second.system, br#"{"number":4200000000}"#);
    assert_eq!(none, Fragments::default());
}

#[test]
fn databases_may_be_left_out() {
    let mut asn_only = Lookups::new(Databases::open(None, Some(ASN.into()), None).unwrap());
    let example = json!({ "number": 64496, "organization": { "name": "Example \"Networks\" S.A." } });
    assert_eq!(objects(&mut asn_only, "192.0.2.1"), [Value::Null, example]);
    let mut country_only = Lookups::new(Databases::open(None, None, Some(COUNTRY.into())).unwrap());
    let chile = json!({ "country_iso_code": "CL", "country_name": "Chile" });
    assert_eq!(objects(&mut country_only, "192.0.2.1"), [chile, Value::Null]);
    let mut none = Lookups::new(Databases::open(None, None, None).unwrap());
    assert_eq!(objects(&mut none, "192.0.2.1"), [Value::Null, Value::Null]);
}

#[test]
fn properties_are_those_of_the_processor() {
    let lookup = |kind, text| all().lookup(kind, address(text)).unwrap().map(Value::Object);
    let vina = json!({
        "accuracy_radius": 20,
        "city_name": "Viña del Mar",
        "continent_code": "SA",
        "continent_name": "South America",
        "country_in_european_union": false,
        "country_iso_code": "CL",
        "country_name": "Chile",
        "ip": "192.0.2.1",
        "location": { "lat": -33.0, "lon": -71.5517 },
        "postal_code": "2520000",
        "region_iso_code": "CL-VS",
        "region_name": "Region de Valparaiso",
        "registered_country_in_european_union": false,
        "registered_country_iso_code": "CL",
        "registered_country_name": "Chile",
        "timezone": "America/Santiago",
    });
    let names: Vec<&String> = vina.as_object().unwrap().keys().collect();
    let mut properties = Database::City.properties().to_vec();
    properties.sort_unstable();
    assert_eq!(names, properties);
    assert_eq!(lookup(Database::City, "192.0.2.1"), Some(vina));

    let hesse = json!({
        "country_in_european_union": true,
        "country_iso_code": "DE",
        "country_name": "Germany",
        "ip": "203.0.113.1",
        "region_name": "Hesse",
    });
    assert_eq!(lookup(Database::City, "203.0.113.1"), Some(hesse));
    assert_eq!(lookup(Database::City, "203.0.113.65"), Some(json!({ "ip": "203.0.113.65" })));
    assert_eq!(lookup(Database::City, "10.0.0.1"), None);

    let chile = json!({
        "continent_code": "SA",
        "continent_name": "South America",
        "country_in_european_union": false,
        "country_iso_code": "CL",
        "country_name": "Chile",
        "ip": "203.0.113.1",
        "registered_country_in_european_union": false,
        "registered_country_iso_code": "CL",
        "registered_country_name": "Chile",
    });
    assert_eq!(lookup(Database::Country, "203.0.113.1"), Some(chile));

    let number = json!({ "asn": 4200000000_u32, "ip": "198.51.100.1", "network": "198.51.100.0/24" });
    assert_eq!(lookup(Database::Asn, "198.51.100.1"), Some(number));
    let six = json!({
        "asn": 65551,
        "ip": "2001:db8::9",
        "network": "2001:db8:0:0:0:0:0:0/32",
        "organization_name": "Example Six",
    });
    assert_eq!(lookup(Database::Asn, "2001:db8::9"), Some(six));
    assert_eq!(lookup(Database::Asn, "::1"), None);
}

#[test]
fn a_database_of_ipv4_alone_has_nothing_of_ipv6() {
    let record = writer::Data::Map(vec![("autonomous_system_number", writer::Data::Uint32(64_500))]);
    let bytes = writer::database("GeoLite2-ASN", 4, &[("192.0.2.0", 24, record)]);
    let databases = Databases::open(None, Some(bytes), None).unwrap();
    let lookup = |text| databases.lookup(Database::Asn, address(text)).unwrap().map(Value::Object);
    let found = json!({ "asn": 64500, "ip": "192.0.2.9", "network": "192.0.2.0/24" });
    assert_eq!(lookup("192.0.2.9"), Some(found.clone()));
    assert_eq!(lookup("::ffff:192.0.2.9"), Some(found));
    assert_eq!(lookup("2001:db8::9"), None);
}

#[test]
fn what_is_no_database_of_the_kind_is_named() {
    let message = |city: &[u8], asn: &[u8]| {
        let error = Databases::open(Some(city.into()), Some(asn.into()), None).unwrap_err();
        assert_eq!(error.code().as_str(), "invalid_database");
        error.to_string()
    };
    let no_metadata = "invalid database: could not find MaxMind DB metadata in file";
    let advice = "give the bytes of an .mmdb file";
    assert_eq!(message(b"", ASN), format!("geo database \"city\": {no_metadata}; {advice}"));
    assert_eq!(message(CITY, b"<!doctype html>"), format!("geo database \"asn\": {no_metadata}; {advice}"));
    assert_eq!(
        message(b"\x1f\x8b\x08\x00", ASN),
        format!("geo database \"city\": {no_metadata}; it is compressed: unpack it first")
    );
    assert_eq!(
        message(ASN, CITY),
        "geo database \"city\": expected a database of type ...-City, found \"GeoLite2-ASN\""
    );
    let other = writer::database("GeoIP2-Connection-Type", 6, &[]);
    assert_eq!(
        message(CITY, &other),
        "geo database \"asn\": expected a database of type ...-ASN, found \"GeoIP2-Connection-Type\""
    );
}

#[test]
fn a_damaged_record_is_an_error_of_its_lookup() {
    let record = writer::Data::Map(vec![("autonomous_system_number", writer::Data::Text("64500"))]);
    let bytes = writer::database("GeoLite2-ASN", 6, &[("192.0.2.0", 24, record)]);
    let mut lookups = Lookups::new(Databases::open(None, Some(bytes), None).unwrap());
    let error = lookups.fragments([Some(address("192.0.2.9"))]).unwrap_err();
    assert_eq!(error.code().as_str(), "invalid_database");
    let expected = "geo database \"asn\": the record of 192.0.2.9 is damaged: ";
    assert!(error.to_string().starts_with(expected), "{error}");
    assert_eq!(objects(&mut lookups, "192.0.3.9"), [Value::Null, Value::Null]);
}

/// A file with any one byte changed, or cut anywhere, gives a result or an error.
#[test]
fn no_damage_panics() {
    let addresses: Vec<IpAddr> = ["192.0.2.1", "198.51.100.7", "203.0.113.1", "2001:db8:1::9"].map(address).into();
    let mut outcomes = [0; 3];
    let mut try_out = |bytes: Vec<u8>| match Databases::open(Some(bytes), None, None) {
        Err(_) => outcomes[0] += 1,
        Ok(databases) => {
            for address in &addresses {
                outcomes[if databases.lookup(Database::City, *address).is_err() { 1 } else { 2 }] += 1;
            }
        }
    };
    for index in 0..CITY.len() {
        let mut bytes = CITY.to_vec();
        bytes[index] ^= 0xff;
        try_out(bytes);
        if index % 16 == 0 {
            try_out(CITY[..index].into());
            try_out(CITY[index..].into());
        }
    }
    assert!(outcomes.iter().all(|count| *count > 100), "{outcomes:?}");
}

/// More addresses than the cache holds give the same results.
#[test]
fn what_is_remembered_is_bounded() {
    let mut lookups = Lookups::new(all());
    let before = objects(&mut lookups, "192.0.2.1");
    for number in 0..40_000_u32 {
        let [fragments] =
            lookups.fragments([Some(IpAddr::from(0xc000_0200_u32.wrapping_add(number).to_be_bytes()))]).unwrap();
        assert_eq!(fragments.geo.is_empty(), number >= 256);
    }
    assert!(lookups.cached() <= 16_384);
    assert_eq!(objects(&mut lookups, "192.0.2.1"), before);
}

/// Returns the documents of a parser with all databases, with `geo` and `as` of both ends.
fn ends(options: &Value, lines: &str) -> Vec<Value> {
    let mut parser = Options { geo: Some(all()), ..Options::default() };
    for (name, value) in options.as_object().unwrap() {
        parser.set(name, value.clone()).unwrap();
    }
    let mut out = Output::new();
    Parser::new(parser).unwrap().write_ndjson(lines.as_bytes(), &mut out, &mut |_| {}).unwrap();
    let documents = std::str::from_utf8(&out).unwrap().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let end = |document: &Value, end: &str| {
        let mut object = document[end].clone();
        if let Value::Object(object) = &mut object {
            object.retain(|key, _| matches!(key.as_str(), "geo" | "as"));
        }
        object
    };
    documents.map(|document| json!([end(&document, "source"), end(&document, "destination")])).collect()
}

#[test]
fn documents_have_what_was_found() {
    let country = json!({ "continent_name": "Europe", "country_iso_code": "GB", "country_name": "United Kingdom" });
    let chile = json!({ "continent_name": "South America", "country_iso_code": "CL", "country_name": "Chile" });
    let british = json!({ "as": { "number": 4200000000_u32 }, "geo": country });
    let chilean = json!({ "as": { "organization": { "name": "Example Organisation" } }, "geo": chile });
    let six = json!({ "as": { "number": 65551, "organization": { "name": "Example Six" } } });
    let expected = vec![
        json!([british, {}]),
        json!([{}, chilean]),
        json!([six, british]),
        json!([null, chilean]),
        json!([null, null]),
    ];
    let lines =
        "198.51.100.1 10.0.0.1 -\n192.0.3.0 203.0.113.129 x\n2001:db8:2::1 198.51.100.1 x\n- 203.0.113.200 x\n- - y\n";
    for schema in ["ecs", "elastic-integration", "elastic-integration-1.12", "beats"] {
        let options = json!({ "format": "srcaddr dstaddr vpc-id", "schema": schema });
        assert_eq!(ends(&options, lines), expected, "{schema}");
    }
    // Columns in another order, and in pieces of a wrapper; one end only; no ECS fields at all.
    let options = json!({ "format": "vpc-id dstaddr srcaddr" });
    assert_eq!(ends(&options, "{\"message\":\"x 203.0.113.129 198.51.100.1\"}\n"), [json!([british, chilean])]);
    assert_eq!(ends(&json!({ "format": "dstaddr" }), "203.0.113.129\n"), [json!([null, chilean])]);
    let options = json!({ "format": "srcaddr dstaddr", "mode": "original" });
    assert_eq!(ends(&options, "198.51.100.1 203.0.113.129\n"), [json!([null, null])]);
}

#[test]
fn a_damaged_record_is_an_error_of_the_line() {
    let record = writer::Data::Map(vec![("autonomous_system_number", writer::Data::Text("64500"))]);
    let bytes = writer::database("GeoLite2-ASN", 6, &[("192.0.2.0", 24, record)]);
    let geo = Some(Databases::open(None, Some(bytes), None).unwrap());
    let formats = vec![vpcflow_ecs::Format::parse("srcaddr dstaddr").unwrap()];
    let mut parser = Parser::new(Options { formats, geo, on_error: OnError::Document, ..Options::default() }).unwrap();
    let mut out = Output::new();
    let mut errors = Vec::new();
    let lines = b"192.0.3.1 192.0.3.1\n192.0.3.1 192.0.2.1\n";
    parser.write_ndjson(lines, &mut out, &mut |error| errors.push(error.to_string())).unwrap();
    assert_eq!(errors.len(), 1);
    assert!(errors[0].starts_with("line 2: geo database \"asn\": the record of 192.0.2.1 is damaged: "), "{errors:?}");
    assert_eq!((parser.stats().records, parser.stats().errors), (1, 1));
}
