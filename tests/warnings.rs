//! The warnings of formats and headers.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};
use vpcflow_ecs::{Format, Options, Output, Parser};

/// Returns the warnings of a parser that has read an input.
fn warnings(options: &Value, input: &str) -> Vec<String> {
    let mut parser = Options::default();
    parser.set("onError", json!("skip")).unwrap();
    for (name, value) in options.as_object().unwrap() {
        parser.set(name, value.clone()).unwrap();
    }
    let mut parser = Parser::new(parser).unwrap();
    parser.write_ndjson(input.as_bytes(), &mut Output::new(), &mut |_| {}).unwrap();
    parser.warnings().to_vec()
}

#[test]
fn a_given_format_has_those_of_the_format() {
    let text = "srcaddr src_port windowstart dstadr";
    let expected = [
        "field \"src_port\" at position 2 is read as \"srcport\", AWS's name for it",
        "field \"windowstart\" at position 3 is read as \"start\", AWS's name for it",
        "unknown field \"dstadr\" at position 4: its text goes to aws.vpcflow.dstadr; did you mean \"dstaddr\"?",
    ];
    assert_eq!(Format::parse(text).unwrap().warnings(), expected);
    assert_eq!(warnings(&json!({ "format": text }), ""), expected);
    assert_eq!(warnings(&json!({}), "2 - - - - - - - - - - - - -\n"), [""; 0]);
}

#[test]
fn a_field_that_is_named_twice() {
    let expected = "field \"account-id\" at position 3 is at position 1 already, which counts: a line where they differ is an error";
    assert_eq!(Format::parse("account-id srcaddr account_id").unwrap().warnings(), [expected]);
}

#[test]
fn those_of_a_header_are_given_once() {
    let header = "srcaddr dstaddr window-end\n10.0.0.1 10.0.0.2 1418530070\n";
    let expected = "the header: field \"window-end\" at position 3 is read as \"end\", AWS's name for it";
    assert_eq!(warnings(&json!({}), &header.repeat(3)), [expected]);
    let headers: String = (0..300).map(|number| format!("srcaddr dstaddr new-{number}\n")).collect();
    assert_eq!(warnings(&json!({}), &headers).len(), 100);
}

#[test]
fn a_header_that_is_not_the_given_format() {
    let log = "dstaddr srcaddr\n10.0.0.1 10.0.0.2\ndstaddr srcaddr\n";
    let advice = "lines are read by the header; see the option precedence";
    let differs = "the header has \"dstaddr\" at position 1, and the given format has \"srcaddr\"";
    assert_eq!(warnings(&json!({ "format": "srcaddr dstaddr" }), log), [format!("{differs}: {advice}")]);
    let given = json!({ "format": "srcaddr dstaddr", "precedence": "format" });
    assert_eq!(warnings(&given, log), [format!("{differs}: the header is skipped")]);
    let differs = "the header has nothing at position 3, and the given format has \"end\"";
    assert_eq!(warnings(&json!({ "format": "dstaddr srcaddr end" }), log), [format!("{differs}: {advice}")]);
    let differs = "the header has \"srcaddr\" at position 2, and the given format has nothing";
    assert_eq!(warnings(&json!({ "format": "dstaddr" }), log), [format!("{differs}: {advice}")]);
    let several = json!({ "format": ["srcaddr dstaddr", "default"] });
    assert_eq!(warnings(&several, log), [format!("the header is none of the given formats: {advice}")]);
    assert_eq!(warnings(&json!({ "format": ["dstaddr srcaddr", "default"] }), log), [""; 0]);
    assert_eq!(warnings(&json!({}), log), [""; 0]);
}

#[test]
fn a_header_of_partly_unknown_names_that_fits_a_given_format_as_a_record() {
    let log = "srcaddr dstaddr new-field\n10.0.0.1 10.0.0.2 a\n";
    let expected = [
        "the header has \"srcaddr\" at position 1, and the given format has \"vpc-id\": lines are read by the header; see \
         the option precedence",
        "the header: unknown field \"new-field\" at position 3: its text goes to aws.vpcflow.new_field",
    ];
    assert_eq!(warnings(&json!({ "format": "vpc-id subnet-id instance-id" }), log), expected);
}

#[test]
fn strict_refuses_another_name_and_gives_aws_own() {
    let error = Format::parse("srcaddr windowstart").unwrap().strict().unwrap_err();
    let expected = "field \"windowstart\": AWS documents no such field, at position 2; did you mean \"start\"?";
    assert_eq!((error.code().as_str(), error.to_string().as_str()), ("unknown_field", expected));
}
