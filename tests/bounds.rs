//! The bounds of detection in JavaScript are those of the crate.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use vpcflow_ecs::detect::Bounds;

#[test]
fn bounds_in_javascript_are_those_of_the_crate() {
    let (normal, look_ahead, largest) = (Bounds::default(), Bounds::LOOK_AHEAD, Bounds::LARGEST);
    let lines = |bounds: Bounds| number(bounds.max_lines);
    let mebibytes = |bounds: Bounds| {
        assert_eq!(bounds.max_bytes % (1024 * 1024), 0);
        bounds.max_bytes / (1024 * 1024)
    };
    // As a program writes them.
    let bytes = |bounds: Bounds| match mebibytes(bounds) {
        1 => "1024 * 1024".to_owned(),
        several => format!("{several} * 1024 * 1024"),
    };
    for (file, text, expected) in [
        (
            "core/sample.js",
            include_str!("../js/core/sample.js"),
            vec![
                format!(
                    "maxLines: {{ normal: {}, lookAhead: {}, largest: {} }}",
                    normal.max_lines,
                    look_ahead.max_lines,
                    number(largest.max_lines).replace(',', "_")
                ),
                format!(
                    "maxBytes: {{ normal: {}, lookAhead: {}, largest: {} }}",
                    bytes(normal),
                    bytes(look_ahead),
                    bytes(largest)
                ),
            ],
        ),
        (
            "cli/options.js",
            include_str!("../js/cli/options.js"),
            vec![lines(normal), lines(largest), format!("{} MiB", mebibytes(normal))],
        ),
        (
            "index.d.ts",
            include_str!("../js/index.d.ts"),
            vec![lines(look_ahead), format!("{} MiB", mebibytes(look_ahead)), lines(largest), lines(normal)],
        ),
        (
            "../docs/formats.md",
            include_str!("../docs/formats.md"),
            vec![
                format!("{} lines or {} MiB", lines(look_ahead), mebibytes(look_ahead)),
                format!("{} lines or {} MiB", lines(normal), mebibytes(normal)),
            ],
        ),
    ] {
        for expected in expected {
            assert!(text.contains(&expected), "js/{file} lacks \"{expected}\"");
        }
    }
}

/// Returns a number as people write it: `2,000`.
fn number(number: usize) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}
