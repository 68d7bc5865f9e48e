//! The generated documentation is what the code generates.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "../tools/docs.rs"]
#[allow(dead_code)]
mod docs;

#[test]
fn generated_files_are_up_to_date() {
    for (name, text) in docs::files() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let found = std::fs::read_to_string(path).unwrap_or_default();
        assert!(found == text, "docs/{name} is not what the code generates: run `npm run docs` and review the change");
    }
}
