//! The traffic that other tests and the benchmarks run on is such as AWS documents.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod traffic;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use traffic::{Log, Random, Record, Traffic, random_format};
use vpcflow_ecs::{Field, Format, Line, Options, Output, Parser};

const LOGS: [Log; 2] = [Log::Vpc, Log::Tgw];
const SEEDS: u64 = 20;

/// Records of each of some worlds.
fn worlds(log: Log) -> impl Iterator<Item = (u64, Vec<Record>)> {
    (0..SEEDS).map(move |seed| (seed, Traffic::new(seed, log).records(3_000)))
}

fn number(record: &Record, field: Field) -> Option<u64> {
    record.get(field).map(|text| text.parse().unwrap())
}

fn address(record: &Record, field: Field) -> Option<IpAddr> {
    record.get(field).map(|text| text.parse().unwrap())
}

fn has_data(record: &Record) -> bool {
    record.get(Field::LogStatus) == Some("OK")
}

/// Returns the percentage of records that satisfy a law.
fn percent<'a>(records: impl IntoIterator<Item = &'a Record>, law: impl Fn(&Record) -> bool) -> f64 {
    let (mut so, mut all) = (0, 0);
    for record in records {
        so += usize::from(law(record));
        all += 1;
    }
    100.0 * so as f64 / all as f64
}

#[test]
fn every_line_parses_by_its_format() {
    let mut random = Random(1);
    for log in LOGS {
        let mut sizes = BTreeMap::new();
        for seed in 0..300 {
            let fields = random_format(&mut random, &log);
            let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
            *sizes.entry(fields.len() / 10).or_insert(0) += 1;
            let format = Format::from_names(&names).unwrap();
            let version = format.version().to_string();
            let mut parser = Parser::new(Options { formats: vec![format], ..Options::default() }).unwrap();
            let mut document = Output::new();
            for record in Traffic::new(seed % 50, log).records(40) {
                let line = record.line(&fields);
                assert_eq!(parser.parse_line(line.as_bytes(), &mut document), Ok(Line::Record), "{line}");
                let tokens: Vec<&str> = line.split(' ').collect();
                assert_eq!(tokens.len(), fields.len());
                for (token, field) in tokens.iter().zip(&fields) {
                    let expected = if *field == Field::Version { Some(version.as_str()) } else { record.get(*field) };
                    assert_eq!(*token, expected.unwrap_or("-"));
                    assert!(!token.is_empty());
                }
            }
        }
        assert!(sizes.len() >= 4, "{log:?} {sizes:?}");
    }
}

#[test]
fn a_seed_is_a_world() {
    for log in LOGS {
        let fields = log.fields();
        let lines = |seed, counts: &[usize]| -> String {
            let mut traffic = Traffic::new(seed, log);
            let records = counts.iter().flat_map(|count| traffic.records(*count));
            records.map(|record| record.line(&fields) + "\n").collect()
        };
        assert_eq!(lines(7, &[500]), lines(7, &[500]));
        assert_eq!(lines(7, &[500]), lines(7, &[1, 0, 99, 400]));
        assert_ne!(lines(7, &[500]), lines(8, &[500]));
    }
}

#[test]
fn every_field_has_values_somewhere() {
    for log in LOGS {
        let mut seen: BTreeMap<Field, usize> = BTreeMap::new();
        for (_, records) in worlds(log) {
            for field in Field::ALL {
                *seen.entry(*field).or_default() += usize::from(records.iter().any(|r| r.get(*field).is_some()));
            }
        }
        for (field, worlds) in seen {
            let place = "tests/traffic/network/ sets it, or src/field.rs has it for such logs, but not both";
            assert_eq!(worlds > 0, log.fields().contains(&field), "{}, {log:?}: {place}", field.name());
        }
    }
}

#[test]
fn numbers_are_possible() {
    for log in LOGS {
        for (seed, records) in worlds(log) {
            for record in &records {
                let line = record.line(&log.fields());
                let time = |field| number(record, field).unwrap();
                let lasts = time(Field::End).checked_sub(time(Field::Start));
                assert!(lasts.is_some_and(|seconds| seconds <= 600), "{seed}: {line}");
                if !has_data(record) {
                    continue;
                }
                let packets = number(record, Field::Packets).unwrap();
                assert!(packets > 0, "{seed}: {line}");
                match number(record, Field::Bytes) {
                    Some(bytes) => assert!((packets * 28..=packets * 9_001).contains(&bytes), "{seed}: {line}"),
                    None => assert_eq!(record.get(Field::RejectReason), Some("BPA"), "{seed}: {line}"),
                }
                let ports = number(record, Field::Srcport).zip(number(record, Field::Dstport)).unwrap();
                match number(record, Field::Protocol).unwrap() {
                    6 | 17 => assert!(ports.0 > 0 && ports.1 > 0, "{seed}: {line}"),
                    _ => assert_eq!(ports, (0, 0), "{seed}: {line}"),
                }
                let flags = number(record, Field::TcpFlags).unwrap_or(0);
                assert!(flags & 0x3f == flags, "{seed}: {line}");
                if log == Log::Vpc {
                    assert!(flags & 16 == 0 || flags & 2 == 2, "{seed}: {line}");
                }
                if number(record, Field::Protocol) != Some(6) {
                    assert_eq!(flags, 0, "{seed}: {line}");
                }
                for (field, one_of) in [(Field::TrafficPath, 1..=8), (Field::EncryptionStatus, 0..=3)] {
                    assert!(number(record, field).is_none_or(|found| one_of.contains(&found)), "{seed}: {line}");
                }
                for field in [Field::PacketsLostNoRoute, Field::PacketsLostMtuExceeded, Field::PacketsLostTtlExpired] {
                    assert!(number(record, field).is_none_or(|lost| lost <= packets), "{seed}: {line}");
                }
            }
            assert!(time_goes_on(&records), "{seed}");
        }
    }
}

/// Records come roughly in the order of time: late by minutes at most.
fn time_goes_on(records: &[Record]) -> bool {
    let mut latest = 0;
    records.iter().all(|record| {
        let end = number(record, Field::End).unwrap();
        latest = latest.max(end);
        latest - end <= 1_800
    })
}

#[test]
fn records_without_data_keep_what_the_interface_is() {
    use Field::*;
    let flow = [
        Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Action, TcpFlags, Type, PktSrcaddr, PktDstaddr,
        PktSrcAwsService, PktDstAwsService, FlowDirection, TrafficPath, RejectReason, EncryptionStatus,
        NextHopInterfaceId, NextHopSubnetId, NextHopAzId, NextHopVpcId, NextHopInterfaceType, TgwSrcVpcId, TgwDstVpcId,
        TgwSrcSubnetId, TgwDstSubnetId, TgwSrcEni, TgwDstEni, TgwSrcAzId, TgwDstAzId, TgwPairAttachmentId,
        PacketsLostNoRoute, PacketsLostBlackhole, PacketsLostMtuExceeded, PacketsLostTtlExpired,
    ];
    let interface =
        [AccountId, InterfaceId, VpcId, SubnetId, InstanceId, Region, AzId, ResourceType, TgwId, TgwAttachmentId];
    for log in LOGS {
        let id = if log == Log::Vpc { InterfaceId } else { TgwAttachmentId };
        for (seed, records) in worlds(log) {
            let mut known: BTreeMap<&str, &Record> = BTreeMap::new();
            for record in records.iter().filter(|record| record.get(id).is_some()) {
                let first = *known.entry(record.get(id).unwrap()).or_insert(record);
                for field in interface {
                    assert_eq!(record.get(field), first.get(field), "{seed}: {}", field.name());
                }
                if !has_data(record) {
                    assert!(flow.iter().all(|field| record.get(*field).is_none()), "{seed}");
                }
            }
            let silent = percent(&records, |record| !has_data(record));
            assert!((0.9..=5.1).contains(&silent), "{log:?} {seed}: {silent}");
            let lost = percent(&records, |record| record.get(LogStatus) == Some("SKIPDATA"));
            assert!(lost < silent / 2.0, "{log:?} {seed}: {lost} of {silent}");
        }
    }
}

#[test]
fn interfaces_see_their_own_address() {
    let (mut both, mut one, mut all) = (0, 0, 0);
    let mut paths = BTreeSet::new();
    for (seed, records) in worlds(Log::Vpc) {
        let mut owners: BTreeMap<IpAddr, &str> = BTreeMap::new();
        for record in records.iter().filter(|record| has_data(record)) {
            let line = record.line(&Log::Vpc.fields());
            let egress = record.get(Field::FlowDirection) == Some("egress");
            let own = address(record, if egress { Field::Srcaddr } else { Field::Dstaddr }).unwrap();
            if let Some(interface) = record.get(Field::InterfaceId) {
                assert_eq!(owners.entry(own).or_insert(interface), &interface, "{seed}: {line}");
            }
            assert!(egress || record.get(Field::TrafficPath).is_none(), "{seed}: {line}");
            let source = record.get(Field::Srcaddr) != record.get(Field::PktSrcaddr);
            let destination = record.get(Field::Dstaddr) != record.get(Field::PktDstaddr);
            one += usize::from(source != destination);
            paths.extend(number(record, Field::TrafficPath));
            both += usize::from(source && destination);
            all += 1;
            for (field, service) in
                [(Field::PktSrcaddr, Field::PktSrcAwsService), (Field::PktDstaddr, Field::PktDstAwsService)]
            {
                let private = match address(record, field).unwrap() {
                    IpAddr::V4(address) => address.is_private(),
                    IpAddr::V6(address) => address.is_unique_local(),
                };
                assert!(!private || record.get(service).is_none(), "{seed}: {line}");
            }
        }
        assert!(owners.len() >= 8, "{seed}: {}", owners.len());
    }
    assert_eq!(paths, (1..=8).collect());
    assert!(one * 100 > all * 5 && one * 100 < all * 40, "{one} of {all}");
    assert!(both > 0 && both * 100 < all, "{both} of {all}");
}

#[test]
fn the_mix_is_that_of_real_networks() {
    for log in LOGS {
        let records: Vec<Record> = worlds(log).flat_map(|(_, records)| records).filter(has_data).collect();
        let share = |field, value: &str| percent(&records, |record| record.get(field) == Some(value));
        let mut bounds = vec![
            (Field::Protocol, "6", 65.0, 95.0),
            (Field::Protocol, "17", 3.0, 25.0),
            (Field::Protocol, "1", 0.5, 8.0),
            (Field::Protocol, "58", 0.01, 3.0),
            (Field::Type, "IPv6", 1.0, 20.0),
            (Field::FlowDirection, "egress", 40.0, 60.0),
        ];
        match log {
            Log::Vpc => bounds.extend([
                (Field::Action, "REJECT", 2.0, 20.0),
                (Field::Type, "EFA", 0.01, 2.0),
                (Field::RejectReason, "BPA", 0.01, 2.0),
                (Field::RejectReason, "EC", 0.01, 2.0),
                (Field::TrafficPath, "1", 15.0, 60.0),
                (Field::PktDstAwsService, "S3", 0.5, 15.0),
                (Field::InterfaceType, "nat_gateway", 1.0, 20.0),
                (Field::AccountId, "unknown", 0.1, 20.0),
            ]),
            Log::Tgw => bounds.extend([
                (Field::PacketsLostNoRoute, "0", 97.0, 99.99),
                (Field::PacketsLostTtlExpired, "0", 99.0, 99.999),
            ]),
        }
        for (field, value, least, most) in bounds {
            let found = share(field, value);
            assert!((least..=most).contains(&found), "{log:?} {} {value}: {found}", field.name());
        }
    }
}
