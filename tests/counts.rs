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
fn each_line_and_each_kind_of_record_is_counted() {
    let all = Stats { lines: 9, records: 6, headers: 1, blanks: 1, errors: 1, ..Stats::default() };
    let all = Stats { nodata: 2, skipdata: 1, without_time: 2, ..all };
    assert_eq!(stats(&[]), (6, all));
    assert_eq!(stats(&["NODATA"]), (4, Stats { records: 4, omitted: 2, without_time: 1, ..all }));
    assert_eq!(stats(&["SKIPDATA"]), (5, Stats { records: 5, omitted: 1, ..all }));
    assert_eq!(stats(&["NODATA", "SKIPDATA"]), (3, Stats { records: 3, omitted: 3, without_time: 1, ..all }));
}
