//! Checks of the peeler, for the tests and the fuzz targets.

use super::wire::{answers, len_of, take_answer};
use super::{Peel, Peeled, Peeler, Piece, Take};
use crate::record::Located;

/// Returns what is peeled, in words.
fn words(peel: &mut dyn FnMut(&mut Take<'_>) -> Result<bool, Located>) -> Vec<String> {
    let mut words = Vec::new();
    let peeled = peel(&mut |peeled, path| {
        words.push(match peeled {
            Peeled::Header(names) => format!("{path:?} {names}"),
            Peeled::Piece(piece) => format!("{path:?} {piece:?}"),
        });
        true
    });
    words.push(format!("{peeled:?}"));
    words
}

/// Peels lines of layers in words, and asserts:
///
/// - pieces, their cells and the offsets of errors are parts of the line that they say;
/// - a peeler in another module hands the same over.
///
/// Words that are not layers are passed over.
pub fn peeling(layers: &str, lines: &[u8]) {
    let peeler = || Peeler::named(layers).map(|peeler| peeler.with_transport(true));
    let (Ok(mut here), Ok(mut there)) = (peeler(), peeler()) else { return };
    let answers = answers(&mut there, lines);
    let mut rest = answers.as_slice();
    // Spaces are another text of the same length.
    let keeps_text = !layers.contains("spaces");
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let len = line.strip_suffix(b"\n").unwrap_or(line).len();
        let expected = words(&mut |take| {
            let peeled = here.peel(line, len, &mut |peeled, path| {
                if let Peeled::Piece(piece) = peeled {
                    is_part(line, piece, keeps_text);
                }
                take(peeled, path)
            });
            let start = peeled.as_ref().map_or_else(|located| located.start, |_| None);
            assert!(start.is_none_or(|start| start <= len), "{start:?} of {len}");
            peeled
        });
        let (answer, after) = rest.split_at_checked(len_of(rest)).unwrap_or_default();
        // The lines that another module gets are UTF-8.
        if std::str::from_utf8(line).is_ok() {
            assert_eq!(words(&mut |take| take_answer(answer, take)), expected, "{:?}", String::from_utf8_lossy(line));
        }
        rest = after;
    }
    assert_eq!(rest, b"", "an answer without a line");
}

/// Asserts that a piece has the text of the line at its offset, and its cells are parts of its text.
fn is_part(line: &[u8], piece: Piece<'_>, keeps_text: bool) {
    assert!(piece.len <= piece.text.len(), "{piece:?}");
    if let Some(offset) = piece.offset {
        let found = line.get(offset..offset + piece.len);
        assert!(found.is_some(), "{piece:?}");
        assert!(!keeps_text || found == piece.text.get(..piece.len), "{piece:?}");
    }
    for cell in piece.cells.unwrap_or_default() {
        assert!(cell.start <= cell.end && cell.end <= piece.text.len(), "{piece:?}");
    }
}
