//! The module as JavaScript sees it, in Node and in a browser: the same goldens, and what only JavaScript has.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

mod cases;

use js_sys::{JSON, Reflect};
use vpcflow_ecs::wasm::{Core, compile_format, fields, presets};
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

/// The same goldens again, as JavaScript objects made by the module.
#[wasm_bindgen_test]
fn objects() {
    for (file, json) in cases::DOCUMENTS {
        for case in cases::cases(json) {
            let name = format!("{file}: {}", cases::text(&case, "name"));
            let mut core = core(&case.get("options").unwrap().to_string());
            for (line, expected) in cases::list(&case, "lines").iter().zip(cases::list(&case, "expected")) {
                let object = core.parse(line.as_str().unwrap()).unwrap();
                cases::assert_same(&name, &cases::parsed(&text(&object)), expected);
            }
        }
    }
}

#[wasm_bindgen_test]
fn a_header_or_a_blank_line_is_null() {
    let mut core = core("{}");
    assert!(core.parse("version srcaddr").unwrap().is_null());
    assert!(core.parse(" \t\r\n").unwrap().is_null());
    assert_eq!(text(&core.stats()), r#"{"lines":2,"records":0,"headers":1,"blanks":1,"errors":0}"#);
}

#[wasm_bindgen_test]
fn integers_that_a_number_cannot_hold_are_bigints() {
    let mut core = core(r#"{"format":"bytes packets"}"#);
    let small = core.parse("9007199254740991 1").unwrap();
    assert_eq!(get(&small, "source.bytes").as_f64(), Some(9_007_199_254_740_991.0));
    let large = core.parse("9007199254740992 1").unwrap();
    let bytes = get(&large, "network.bytes");
    assert!(bytes.is_bigint());
    assert_eq!(String::from(js_sys::BigInt::from(bytes).to_string(10).unwrap()), "9007199254740992");
    assert_eq!(get(&large, "source.packets").as_f64(), Some(1.0));
    let ndjson = core.push(b"9223372036854775807 1\n").unwrap();
    assert!(String::from_utf8(ndjson).unwrap().contains(r#""bytes":9223372036854775807,"#));
}

#[wasm_bindgen_test]
fn an_error_is_a_plain_object_with_its_place() {
    let error = core(r#"{"format":"srcaddr srcport"}"#).push(b"10.0.0.1 1\n10.0.0.1 x\n").unwrap_err();
    assert_eq!(get(&error, "code").as_string().unwrap(), "invalid_value");
    assert_eq!(
        get(&error, "message").as_string().unwrap(),
        "line 2, column 10: field \"srcport\": expected 0 to 65535, found \"x\""
    );
    assert_eq!(get(&error, "lineNumber").as_f64(), Some(2.0));
    assert_eq!(get(&error, "offset").as_f64(), Some(20.0));
    assert_eq!(get(&error, "input").as_string().unwrap(), "10.0.0.1 x");
    let output = js_sys::Uint8Array::from(get(&error, "output")).to_vec();
    assert_eq!(output.iter().filter(|byte| **byte == b'\n').count(), 1);
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
