//! Inputs that are not text but compressed, or files of columns: one error that names them, whatever the policy.

#![allow(clippy::unwrap_used)]
use vpcflow_ecs::{Error, Options, Output, Parser};

/// The start of a gzip member, with a line feed further on.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x54\x48\x0a\x52\x0a\x02\x00";

/// Reads an input in two chunks, and returns the error that ends it, with the number of errors that were reported.
fn read(input: &[u8], cut: usize, on_error: &str) -> (Result<(), Error>, usize) {
    let mut options = Options::default();
    options.set("onError", on_error).unwrap();
    let mut parser = Parser::new(options).unwrap();
    let (first, second) = input.split_at(cut);
    let (mut out, mut reported) = (Output::new(), 0);
    let mut report = |_: &Error| reported += 1;
    let result = parser
        .push(first, &mut out, &mut report)
        .and_then(|()| parser.push(second, &mut out, &mut report))
        .and_then(|()| parser.end(&mut out, &mut report));
    assert!(out.is_empty());
    (result, reported)
}

#[test]
fn containers_end_the_input_whatever_the_policy() {
    let decode = "decode it first, as decode() of the npm package and the command do";
    let inputs: [(&[u8], &str); 4] = [
        (GZIP, &format!("gzip; {decode}")),
        (b"\x28\xb5\x2f\xfd\x04\x00\x0a\x00", &format!("zstd; {decode}")),
        (b"PAR1\x15\x04\x15\x0a2 1\n", &format!("Parquet; {decode}")),
        (b"PK\x03\x04\x14\x00", "zip; unpack it first"),
    ];
    for (input, found) in inputs {
        for on_error in ["throw", "skip", "document"] {
            for cut in 0..=input.len() {
                let (result, reported) = read(input, cut, on_error);
                let error = result.unwrap_err();
                assert_eq!(
                    error.to_string(),
                    format!("line 1: expected lines of text, found {found}"),
                    "{on_error} {cut}"
                );
                assert_eq!(error.code().as_str(), "unsupported_input");
                assert_eq!(reported, 0);
            }
        }
    }
}
