//! The side of the peeler: answers are written.

use super::{HEADER, NONE, PATH, PIECE, SEVERAL};
use crate::base::span::Span;
use crate::error::ErrorCode;
use crate::layers::{Peel, Peeled, Peeler, Piece};
use crate::record::Located;

/// The first byte of an error that is not of several lines.
const WRONG: u8 = b'w';

/// Peels lines, each with a line feed, and returns the answers.
#[cfg_attr(not(all(target_arch = "wasm32", feature = "js")), allow(dead_code))]
pub(crate) fn answers(peeler: &mut Peeler, lines: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in lines.split_inclusive(|byte| *byte == b'\n') {
        let start = out.len();
        put(&mut out, 0);
        let mut known = None;
        let len = line.strip_suffix(b"\n").unwrap_or(line).len();
        let peeled = peeler.peel(line, len, &mut |peeled, path| {
            if known.as_deref() != Some(path.words) {
                known = Some(path.words.to_owned());
                out.extend_from_slice(&[PATH, path.shows_itself.into(), path.is_object.into()]);
                put_text(&mut out, path.words.as_bytes());
            }
            match peeled {
                Peeled::Header(names) => {
                    out.push(HEADER);
                    put_text(&mut out, names.as_bytes());
                }
                Peeled::Piece(piece) => put_piece(&mut out, piece),
            }
            true
        });
        if let Err(Located { start, error }) = peeled {
            out.push(if error.code() == ErrorCode::SeveralLines { SEVERAL } else { WRONG });
            put_option(&mut out, start);
            put_text(&mut out, error.problem().as_bytes());
        }
        let len = (out.len() - start - 4) as u32;
        if let Some(bytes) = out.get_mut(start..start + 4) {
            bytes.copy_from_slice(&len.to_le_bytes());
        }
    }
    out
}

fn put(out: &mut Vec<u8>, number: u32) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn put_option(out: &mut Vec<u8>, number: Option<usize>) {
    put(out, number.map_or(NONE, |number| number as u32));
}

fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put(out, text.len() as u32);
    out.extend_from_slice(text);
}

fn put_piece(out: &mut Vec<u8>, piece: Piece<'_>) {
    let Piece { text, len, cells, offset, outer_time, transport } = piece;
    out.push(PIECE);
    put_text(out, text);
    put(out, len as u32);
    put_option(out, offset);
    out.extend_from_slice(&outer_time.unwrap_or(u64::MAX).to_le_bytes());
    put_option(out, cells.map(<[Span]>::len));
    for cell in cells.unwrap_or_default() {
        put(out, cell.start as u32);
        put(out, cell.end as u32);
    }
    put(out, transport.len() as u32);
    for (key, value) in transport.iter() {
        out.push(*key as u8);
        put_text(out, value.as_bytes());
    }
}
