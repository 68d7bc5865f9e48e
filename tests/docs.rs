//! The generated files are what the code generates.
#![cfg(all(not(target_arch = "wasm32"), feature = "ingest"))]
#![allow(clippy::unwrap_used)]

#[path = "../tools/docs.rs"]
#[allow(dead_code)]
mod docs;

#[test]
fn generated_files_are_up_to_date() {
    for (name, text) in docs::files().unwrap() {
        let found = std::fs::read_to_string(docs::path(name)).unwrap_or_default();
        assert!(found == text, "{name} is not what the code generates: run `npm run docs` and review the change");
    }
}

#[test]
fn the_types_of_documents_are_between_their_marks() {
    let types = std::fs::read_to_string(docs::path("js/index.d.ts")).unwrap();
    for line in ["export interface FlowLogDocument {", "  packets_lost_no_route?: Long;"] {
        let changed = types.replace(line, "");
        assert_ne!(changed, types, "{line}");
        assert_eq!(docs::declarations::declarations(&changed), types, "{line}");
    }
}
