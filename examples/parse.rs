//! Converts a flow log to Elastic Common Schema documents, one per line:
//!
//! `cargo run --example parse < flow.log > documents.ndjson`
//!
//! The log is read in chunks, so it may be of any size. Lines that are not records are reported and skipped.

use std::error::Error;
use std::io::{Read, Write, stdin, stdout};

use vpcflow_ecs::{OnError, Options, Output, Parser};

fn main() -> Result<(), Box<dyn Error>> {
    // No format is given: a header line, or else a layout that AWS documents, determines it.
    let mut parser = Parser::new(Options { on_error: OnError::Skip, ..Options::default() })?;
    let mut report = |error: &vpcflow_ecs::Error| eprintln!("{error}");

    let mut chunk = [0; 64 * 1024];
    let mut documents = Output::new();
    loop {
        let length = stdin().read(&mut chunk)?;
        if length == 0 {
            break;
        }
        // A line may go on in the next chunk: the parser keeps its start.
        parser.push(&chunk[..length], &mut documents, &mut report)?;
        stdout().write_all(&documents)?;
        documents.clear();
    }
    parser.end(&mut documents, &mut report)?;
    stdout().write_all(&documents)?;

    let stats = parser.stats();
    eprintln!("records: {}, errors: {}", stats.records, stats.errors);
    Ok(())
}
