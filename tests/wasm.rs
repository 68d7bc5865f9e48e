//! The module as JavaScript sees it, in Node and in a browser: the same goldens, and what only JavaScript has.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

mod cases;

use js_sys::{JSON, Reflect, Uint8Array, Uint32Array};
use vpcflow_ecs::wasm::{Core, compile_format, fields, linear_memory, presets};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

fn core(options: &str) -> Core {
    Core::new(&JSON::parse(options).unwrap(), None).unwrap()
}

fn get(object: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(object.clone(), |object, key| Reflect::get(&object, &key.into()).unwrap())
}

fn text(value: &JsValue) -> String {
    JSON::stringify(value).unwrap().into()
}

#[wasm_bindgen_test]
fn documents() {
    assert!(cases::check_documents() > 150);
}

#[wasm_bindgen_test]
fn errors() {
    assert!(cases::check_errors() > 30);
}

#[wasm_bindgen_test]
fn community_ids() {
    assert!(cases::check_community_ids() > 15);
}

/// What a core tells of its last call: where the tape is and its length, the same of the buffer, and so on.
fn told(core: &mut Core) -> Vec<u32> {
    let start = core.told() as u32;
    Uint32Array::new_with_byte_offset_and_length(&get(&linear_memory(), "buffer"), start, 6).to_vec()
}

/// What is in its buffer.
fn output(core: &mut Core) -> String {
    let told = told(core);
    let bytes =
        Uint8Array::new_with_byte_offset_and_length(&get(&linear_memory(), "buffer"), told[2], told[3]).to_vec();
    assert_eq!(bytes.is_ascii(), told[4] == 1);
    String::from_utf8(bytes).unwrap()
}

/// What is on its tape.
fn tape(core: &mut Core) -> Vec<u32> {
    let told = told(core);
    Uint32Array::new_with_byte_offset_and_length(&get(&linear_memory(), "buffer"), told[0], told[1]).to_vec()
}

/// The same goldens again, as the module writes them into its buffer.
#[wasm_bindgen_test]
fn ndjson() {
    for (file, json) in cases::DOCUMENTS {
        for case in cases::cases(json) {
            let name = format!("{file}: {}", cases::text(&case, "name"));
            let mut core = core(&case.get("options").unwrap().to_string());
            for line in cases::list(&case, "lines") {
                core.push(format!("{}\n", line.as_str().unwrap()).as_bytes(), usize::MAX).unwrap();
            }
            core.end().unwrap();
            let found = output(&mut core).lines().map(cases::parsed).collect();
            let expected = cases::list(&case, "expected").iter().filter(|document| !document.is_null()).cloned();
            cases::assert_same(&name, &serde_json::Value::Array(found), &serde_json::Value::Array(expected.collect()));
        }
    }
}

#[wasm_bindgen_test]
fn values_are_told_once_and_shapes_too() {
    const INTEGER: u32 = u32::MAX;
    let mut core = core(r#"{"format":"srcaddr srcport bytes"}"#);
    core.parse("192.0.2.1 80 9007199254740993").unwrap();
    // In the document's order, each once. The port is on the tape; the bytes are too many for that.
    assert_eq!(output(&mut core), "[\"connection\"]9007199254740993ipv4[\"192.0.2.1\"]192.0.2.1");
    let shape = core.new_shapes().unwrap();
    let kinds: Vec<&str> = shape.split('\n').skip(2).step_by(2).collect();
    assert_eq!(shape.split('\n').next(), Some("1"));
    assert_eq!(kinds.len(), 8, "{shape}");
    assert_eq!(tape(&mut core).len(), 1 + 2 * 6);
    assert!(tape(&mut core).windows(2).any(|pair| pair == [80, INTEGER]));
    core.parse("198.51.100.7 443 5").unwrap();
    assert_eq!(core.new_shapes(), None);
    assert_eq!(tape(&mut core).first(), Some(&1));
    assert!(tape(&mut core).windows(2).any(|pair| pair == [5, INTEGER]));
    core.forget_shapes();
    core.parse("198.51.100.7 443 5").unwrap();
    assert!(core.new_shapes().unwrap().starts_with("2\n"));
}

#[wasm_bindgen_test]
fn a_header_or_a_blank_line_has_no_values() {
    let mut core = core("{}");
    for line in ["version srcaddr", " \t\r\n"] {
        core.parse(line).unwrap();
        assert_eq!((output(&mut core), tape(&mut core)), (String::new(), vec![]));
    }
    assert_eq!(text(&core.stats()), r#"{"lines":2,"records":0,"headers":1,"blanks":1,"errors":0}"#);
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
    assert_eq!(output(&mut core).lines().count(), 1);
}

#[wasm_bindgen_test]
fn tables() {
    assert_eq!(js_sys::Array::from(&fields().unwrap()).length(), 72);
    assert_eq!(
        text(&js_sys::Array::from(&fields().unwrap()).get(3)),
        concat!(
            r#"{"name":"srcaddr","column":"srcaddr","version":2,"type":"ip","logTypes":["vpc","tgw"],"#,
            r#""description":"Source address as the interface sees it."}"#
        )
    );
    assert_eq!(js_sys::Array::from(&presets().unwrap()).length(), 27);
    let format = compile_format("version pkt_srcaddr flux".into(), false).unwrap();
    assert_eq!(get(&format, "logFormat").as_string().unwrap(), "${version} ${pkt-srcaddr} ${flux}");
    assert_eq!(
        text(&get(&format, "warnings")),
        r#"["unknown field \"flux\" at position 3: its text goes to aws.vpcflow.flux"]"#
    );
    assert_eq!(text(&get(&format, "fields.2")), r#"{"name":"flux","column":"flux","known":false}"#);
    assert!(compile_format("version flux".into(), true).is_err());
}
