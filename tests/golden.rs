//! Whole expected values, written from the specification, in native Rust.
#![cfg(not(target_arch = "wasm32"))]

mod cases;

#[test]
fn documents() {
    assert!(cases::check_documents() > 150);
}

#[test]
fn inputs() {
    assert!(cases::check_inputs() > 30);
}

#[test]
fn formats() {
    assert!(cases::check_formats() > 6);
}

#[test]
fn errors() {
    assert!(cases::check_errors() > 30);
}

#[test]
fn community_ids() {
    assert!(cases::check_community_ids() > 15);
}
