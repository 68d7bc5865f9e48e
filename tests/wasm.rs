//! The module as JavaScript sees it, in Node and in a browser: the same goldens, and what only JavaScript has.
#![cfg(all(target_arch = "wasm32", feature = "js"))]
#![allow(clippy::unwrap_used)]

mod cases;

use js_sys::{Function, JSON, Reflect, Uint8Array, Uint32Array};
use vpcflow_ecs::wasm::{Core, compile_format, fields, linear_memory, presets};
use vpcflow_ecs::{Field, PRESETS};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn core(options: &str) -> Core {
    Core::new(options, &JsValue::UNDEFINED, None).unwrap()
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |object, key| Reflect::get(&object, &key.into()).unwrap())
}

/// Stops JavaScript's clock at the time of the goldens.
fn stop_clock() {
    let now = Function::new_no_args(&format!("return {}", cases::CLOCK));
    Reflect::set(&get(&js_sys::global(), "Date"), &"now".into(), &now).unwrap();
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

#[wasm_bindgen_test]
fn documents() {
    assert!(cases::check_documents() > 150);
}

#[wasm_bindgen_test]
fn inputs() {
    assert!(cases::check_inputs() > 30);
}

#[wasm_bindgen_test]
fn formats() {
    assert!(cases::check_formats() > 6);
}

#[wasm_bindgen_test]
fn errors() {
    assert!(cases::check_errors() > 30);
}

#[wasm_bindgen_test]
fn community_ids() {
    assert!(cases::check_community_ids() > 15);
}

fn bytes(start: u32, len: u32) -> String {
    let bytes = Uint8Array::new_with_byte_offset_and_length(&get(&linear_memory(), "buffer"), start, len).to_vec();
    String::from_utf8(bytes).unwrap()
}

/// Returns the documents in its buffer.
fn output(core: &Core) -> String {
    bytes(core.output() as u32, core.output_length() as u32)
}

fn numbers(start: u32, len: u32) -> Vec<u32> {
    Uint32Array::new_with_byte_offset_and_length(&get(&linear_memory(), "buffer"), start, len).to_vec()
}

/// The record of the last call.
#[derive(Debug, PartialEq)]
struct Wrote {
    tape: Vec<u32>,
    /// The number of the first new string, and all of them.
    first: u32,
    strings: Vec<String>,
}

fn wrote(core: &mut Core) -> Wrote {
    let start = core.written() as u32;
    let [tape, tape_len, ends, count, first, text, text_len, is_ascii, _] = numbers(start, 9).try_into().unwrap();
    let text = bytes(text, text_len);
    assert_eq!(text.is_ascii(), is_ascii == 1);
    let ends = numbers(ends, count);
    // The ends are those among all strings, of which the text has the last.
    let before = ends.last().map_or(0, |last| last - text_len);
    let mut start = 0;
    let string = |end: &u32| {
        let end = (end - before) as usize;
        let string = text[start..end].to_owned();
        start = end;
        string
    };
    Wrote { tape: numbers(tape, tape_len), first, strings: ends.iter().map(string).collect() }
}

/// The same goldens again, as the module writes them into its buffer.
#[wasm_bindgen_test]
fn ndjson() {
    stop_clock();
    for (file, json) in cases::DOCUMENTS {
        for case in cases::cases(json) {
            let name = format!("{file}: {}", cases::text(&case, "name"));
            let mut core = core(&case.get("options").unwrap().to_string());
            for line in cases::list(&case, "lines") {
                core.push(format!("{}\n", line.as_str().unwrap()).as_bytes(), usize::MAX).unwrap();
            }
            core.end().unwrap();
            let found = output(&core).lines().map(cases::parsed).collect();
            let expected = cases::list(&case, "expected").iter().filter(|document| !document.is_null()).cloned();
            cases::assert_same(&name, &serde_json::Value::Array(found), &serde_json::Value::Array(expected.collect()));
        }
    }
}

#[wasm_bindgen_test]
fn strings_are_told_once_and_shapes_too() {
    stop_clock();
    let mut core = core(r#"{"format":"srcaddr srcport bytes"}"#);
    let parse = |core: &mut Core, line: &str| {
        core.parse_bytes(line.as_bytes()).unwrap();
        wrote(core)
    };
    const NOW: &str = "2026-01-02T03:04:05.678Z";
    let strings = [NOW, "connection", "9007199254740993", "ipv4", "192.0.2.1"].map(str::to_owned).to_vec();
    // The shape, the time, and the list of one type, which may have two. The bytes, too many for the tape, and the type. The
    // list of one address, the address, and the port.
    let tape = vec![1, 0, 1, 1, 0, !2, 3, 1, 4, 4, 80];
    assert_eq!(parse(&mut core, "192.0.2.1 80 9007199254740993"), Wrote { tape, first: 0, strings });
    let shape = core.new_shapes().unwrap();
    assert_eq!(shape.split('\n').next(), Some("1 10"));
    let kinds: Vec<&str> = shape.split('\n').skip(2).step_by(2).collect();
    assert_eq!(kinds, ["s0", "l1", "n4", "s5", "l6", "s8", "n4", "s8", "n9"]);
    let tape = vec![1, 0, 1, 1, 0, 5, 3, 1, 5, 5, 443];
    let strings = vec!["198.51.100.7".to_owned()];
    assert_eq!(parse(&mut core, "198.51.100.7 443 5"), Wrote { tape, first: 5, strings });
    assert_eq!(core.new_shapes(), None);
    core.forget_shapes();
    let tape = vec![2, 0, 1, 1, 0, 5, 3, 1, 5, 5, 443];
    assert_eq!(parse(&mut core, "198.51.100.7 443 5"), Wrote { tape, first: 6, strings: vec![] });
    assert!(core.new_shapes().unwrap().starts_with("2 10\n"));
    // After documents, strings start again from the first.
    core.push(b"198.51.100.7 443 5\n", usize::MAX).unwrap();
    assert_eq!(output(&core).lines().count(), 1);
    let strings = [NOW, "connection", "ipv4", "198.51.100.7"].map(str::to_owned).to_vec();
    let tape = vec![2, 0, 1, 1, 0, 5, 2, 1, 3, 3, 443];
    assert_eq!(parse(&mut core, "198.51.100.7 443 5"), Wrote { tape, first: 0, strings });
}

#[wasm_bindgen_test]
fn a_header_or_a_blank_line_has_no_values() {
    let mut core = core("{}");
    for line in ["version srcaddr", " \t\r\n"] {
        core.parse_bytes(line.as_bytes()).unwrap();
        assert_eq!(wrote(&mut core), Wrote { tape: vec![], first: 0, strings: vec![] });
    }
    assert_eq!(
        text(&core.stats()),
        concat!(
            r#"{"lines":2,"records":0,"omitted":0,"headers":1,"blanks":1,"errors":0,"#,
            r#""nodata":0,"skipdata":0,"withoutTime":0}"#
        )
    );
}

#[wasm_bindgen_test]
fn an_error_is_a_plain_object_with_its_place() {
    let mut core = core(r#"{"format":"srcaddr srcport"}"#);
    let error = core.push(b"10.0.0.1 1\n10.0.0.1 x\n", usize::MAX).unwrap_err();
    assert_eq!(get(&error, "code").as_string().unwrap(), "invalid_value");
    assert_eq!(
        get(&error, "message").as_string().unwrap(),
        "line 2, column 10: field \"srcport\": expected 0 to 65535, found \"x\""
    );
    assert_eq!(get(&error, "lineNumber").as_f64(), Some(2.0));
    assert_eq!(get(&error, "offset").as_f64(), Some(20.0));
    assert_eq!(get(&error, "input").as_string().unwrap(), "10.0.0.1 x");
    assert_eq!(output(&core).lines().count(), 1);
}

#[wasm_bindgen_test]
fn tables() {
    assert_eq!(js_sys::Array::from(&fields().unwrap()).length() as usize, Field::ALL.len());
    assert_eq!(
        text(&js_sys::Array::from(&fields().unwrap()).get(3)),
        concat!(
            r#"{"name":"srcaddr","column":"srcaddr","version":2,"type":"ip","kind":"address","logTypes":["vpc","tgw"],"#,
            r#""description":"Source address as the interface sees it."}"#
        )
    );
    assert_eq!(js_sys::Array::from(&presets().unwrap()).length() as usize, PRESETS.len());
    let format = compile_format(r#"{"format":"version pkt_srcaddr flux"}"#).unwrap();
    assert_eq!(get(&format, "format").as_string().unwrap(), "${version} ${pkt-srcaddr} ${flux}");
    assert_eq!(
        text(&get(&format, "warnings")),
        r#"["unknown field \"flux\" at position 3: its text goes to aws.vpcflow.flux"]"#
    );
    assert_eq!(text(&get(&format, "fields.2")), r#"{"name":"flux","column":"flux","known":false}"#);
    assert!(compile_format(r#"{"format":"version flux","strict":true}"#).is_err());
}
