//! The crate in native Rust, for `npm run bench`.
//!
//! `bench_native FILE FORMAT CHUNK_BYTES` reads the file. For each line on standard input, it writes the documents of the
//! file into memory once, and prints how many nanoseconds that took, of the clock and of a processor. With `print` as a
//! fourth argument, it prints the documents instead.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::io::{BufRead, Write, stdin, stdout};
use std::time::Instant;

use vpcflow_ecs::{Format, OnError, Options, Output, Parser};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, format, chunk_bytes, rest @ ..] = arguments.as_slice() else { panic!("FILE FORMAT CHUNK_BYTES") };
    let input = std::fs::read(file).unwrap();
    let chunks = chunks(&input, chunk_bytes.parse().unwrap());
    let formats = vec![Format::parse(format).unwrap()];
    let mut parser = Parser::new(Options { formats, on_error: OnError::Skip, ..Options::default() }).unwrap();
    let mut out = Output::new();

    if rest.first().is_some_and(|word| word == "print") {
        for chunk in &chunks {
            parser.write_ndjson(chunk, &mut out, &mut |_| {}).unwrap();
        }
        stdout().write_all(&out).unwrap();
        return;
    }
    for _ in stdin().lock().lines() {
        let mut bytes = 0;
        let (start, cpu) = (Instant::now(), cpu_ns());
        for chunk in &chunks {
            out.clear();
            parser.write_ndjson(chunk, &mut out, &mut |_| {}).unwrap();
            bytes += out.len();
        }
        let ns = start.elapsed().as_nanos() as u64;
        let cpu = cpu_ns().zip(cpu).map_or(ns, |(now, before)| now - before);
        println!("{{\"ns\":{ns},\"cpu\":{cpu},\"bytes\":{bytes}}}");
    }
}

/// Divides the input into pieces of at most `most` bytes that end with lines, as the rows in Node get it.
fn chunks(input: &[u8], most: usize) -> Vec<&[u8]> {
    let mut chunks = Vec::new();
    let mut rest = input;
    while !rest.is_empty() {
        let end = match rest.get(..most).and_then(|piece| piece.iter().rposition(|byte| *byte == b'\n')) {
            Some(last) => last + 1,
            None => rest.len(),
        };
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    chunks
}

/// Returns this process's time on a processor, where the system reports it (Linux): it has one thread only.
fn cpu_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
