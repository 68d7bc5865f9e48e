//! The counts of a parser.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use serde_json::json;
use vpcflow_ecs::{Options, Output, Parser, Stats};

const LOG: &str = "srcaddr start end log-status\n\
    10.0.0.1 1418530010 1418530070 OK\n\
    10.0.0.1 1418530010 - OK\n\
    10.0.0.1 - - -\n\
    - - - NODATA\n\
    \n\
    - 1418530010 1418530070 SKIPDATA\n\
    - 1418530010 1418530070 NODATA\n\
    - 1418530010 1418530070 NEVERDATA\n";

fn stats(omitted: &[&str]) -> (usize, Stats) {
    let mut options = Options::default();
    options.set("onError", json!("skip")).unwrap();
    options.set("omitLogStatus", json!(omitted)).unwrap();
    let mut parser = Parser::new(options).unwrap();
    let mut documents = Output::new();
    parser.write_ndjson(LOG.as_bytes(), &mut documents, &mut |_| {}).unwrap();
    (documents.iter().filter(|byte| **byte == b'\n').count(), parser.stats())
}

#[test]
fn a_time_around_a_record_is_its_time() {
    let mut parser = Parser::new(Options::default()).unwrap();
    let log = "@timestamp\tsrcAddr\tdstAddr\tlogStatus\n2026-01-01T00:00:14.000Z\t10.0.0.1\t10.0.0.2\tOK\n";
    parser.write_ndjson(log.as_bytes(), &mut Output::new(), &mut |_| {}).unwrap();
    assert_eq!(parser.stats(), Stats { lines: 2, records: 1, headers: 1, ..Stats::default() });
}

#[test]
fn each_line_and_each_kind_of_record_is_counted() {
    let all = Stats { lines: 9, records: 6, headers: 1, blanks: 1, errors: 1, ..Stats::default() };
    let all = Stats { nodata: 2, skipdata: 1, without_time: 2, ..all };
    assert_eq!(stats(&[]), (6, all));
    assert_eq!(stats(&["NODATA"]), (4, Stats { records: 4, omitted: 2, without_time: 1, ..all }));
    assert_eq!(stats(&["SKIPDATA"]), (5, Stats { records: 5, omitted: 1, ..all }));
    assert_eq!(stats(&["NODATA", "SKIPDATA"]), (3, Stats { records: 3, omitted: 3, without_time: 1, ..all }));
}
