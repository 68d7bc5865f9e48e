//! Findings of the fuzz targets, each a test of its own.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use vpcflow_ecs::{Error, OnError, Options, Output, Parser};

/// Returns the documents and errors of an input in chunks of so many bytes.
fn read(options: &Options, input: &[u8], bytes: usize) -> (Vec<Value>, Vec<Error>) {
    let mut parser = Parser::new(options.clone()).unwrap();
    parser.set_clock(|| 1_767_323_045_678);
    let (mut out, mut errors) = (Output::new(), Vec::new());
    for chunk in input.chunks(bytes) {
        parser.push(chunk, &mut out, &mut |error| errors.push(error.clone())).unwrap();
    }
    parser.end(&mut out, &mut |error| errors.push(error.clone())).unwrap();
    let documents = std::str::from_utf8(&out).unwrap().lines();
    (documents.map(|document| serde_json::from_str(document).unwrap()).collect(), errors)
}

/// Target `chunking`: in one chunk the whole line was shown, and in several the start that is kept.
#[test]
fn the_same_is_shown_of_a_line_that_is_too_long_whatever_the_cuts() {
    let options = Options { on_error: OnError::Document, max_line_bytes: 20, ..Options::default() };
    let input = [&b"x".repeat(50), &b"\n"[..], &b"y".repeat(30)].concat();
    for bytes in [1, 7, 21, 40, 100] {
        let (documents, errors) = read(&options, &input, bytes);
        let shown: Vec<&Value> = documents.iter().map(|document| &document["event"]["original"]).collect();
        assert_eq!(shown, [&"x".repeat(20), &"y".repeat(20)], "chunks of {bytes} bytes");
        let inputs: Vec<Option<&[u8]>> = errors.iter().map(Error::input).collect();
        assert_eq!(inputs, [Some(&b"x".repeat(20)[..]), Some(&b"y".repeat(20)[..])]);
    }
}

/// Target `chunking`: of the second input of a parser, the lines of the first were counted, too.
#[test]
fn the_line_that_is_cut_has_its_number_in_this_input() {
    let options = Options { on_error: OnError::Skip, ..Options::default() };
    let mut parser = Parser::new(options).unwrap();
    let input = "2 111122223333 eni-0a1b2c3d4e5f60718 172.31.16.139 172.31.16.21\n\
                 20641 22 6 20 4249 1767225614 1767225649 ACCEPT OK\n";
    let expected = [
        "line 1: no documented layout has 5 fields: they have 6, 7, 8, 9, 13, 14, 17, 18, 21, 24, 25, 29, 30, 36, 39, 40, \
         41, 42 or 54; give the format, or the log's header line first",
        "line 2, column 7: does not fit the documented layout of 9 fields: as \"encryption\", field \"srcaddr\": expected \
         an IPv4 or IPv6 address, found \"22\"; give the format, or the log's header line first; it is a record together \
         with line 1, which is cut",
    ];
    for _ in 0..2 {
        let mut errors = Vec::new();
        let mut report = |error: &Error| errors.push(error.to_string());
        parser.write_ndjson(input.as_bytes(), &mut Output::new(), &mut report).unwrap();
        assert_eq!(errors, expected);
    }
}
