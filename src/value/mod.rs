//! What a token may say: the kinds of values, and a token read as one of them. Allocates nothing; knows no field.

mod address;
mod ipv4;
mod kind;
mod looks;
mod reading;
mod tag;

pub(crate) use address::parse_v6;
pub use kind::Kind;
pub(crate) use reading::{Mismatch, Reader};
pub(crate) use tag::percent_decoded;

/// A token, read. Small enough to be passed in two registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value {
    /// `-`
    #[default]
    Absent,
    /// Text, to be taken from the line.
    Text,
    /// An integer.
    Integer(u64),
    /// An IPv4 address, as a number.
    V4(u64),
    /// An IPv6 address, to be taken from the line with [`parse_v6`].
    V6,
    /// Milliseconds since 1970, UTC; at most [`MAX_MILLIS`].
    Time(u64),
}
