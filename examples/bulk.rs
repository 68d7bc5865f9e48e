//! Converts a flow log to the bodies of requests for Elasticsearch's bulk API:
//!
//! `cargo run --example bulk < flow.log`
//!
//! Each document goes to the data stream `logs-aws.vpcflow-default` under a hash of its record, so that a record that is
//! sent twice is stored once.

use std::error::Error;
use std::io::{BufRead, stdin};

use serde_json::json;
use vpcflow_ecs::{Bulk, Options, Output, Parser};

/// A body is sent when it has this many bytes.
const ENOUGH_BYTES: usize = 5 * 1024 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let bulk = Bulk::new(&json!({ "dataStream": true, "id": "fingerprint" }))?;
    let mut parser = Parser::new(Options { bulk: Some(bulk), ..Options::default() })?;
    let mut ignore = |_: &vpcflow_ecs::Error| {}; // With `on_error` as it is, the first error ends the run.

    let mut body = Output::new();
    let mut log = stdin().lock();
    loop {
        let chunk = log.fill_buf()?;
        let length = chunk.len();
        if length == 0 {
            break;
        }
        parser.push(chunk, &mut body, &mut ignore)?;
        log.consume(length);
        if body.len() >= ENOUGH_BYTES {
            send(&body);
            body.clear();
        }
    }
    parser.end(&mut body, &mut ignore)?;
    send(&body);
    Ok(())
}

/// Prints a body. With an HTTP client, this is `POST /_bulk` with `content-type: application/x-ndjson`.
fn send(body: &[u8]) {
    print!("{}", String::from_utf8_lossy(body));
}
