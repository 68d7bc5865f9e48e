//! The kinds of values, and tokens read as one of them. Nothing here allocates or knows a field.

mod address;
mod ipv4;
mod kind;
mod looks;
mod reading;
mod tag;

pub(crate) use address::parse_v6;
pub use kind::Kind;
pub(crate) use kind::Type;
pub(crate) use reading::{Mismatch, Reader, without_fraction};
pub(crate) use tag::percent_decoded;

/// The value of a token, small enough for two registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value {
    /// `-`
    #[default]
    Absent,
    /// Text, which is in the line.
    Text,
    /// An integer.
    Integer(u64),
    /// An IPv4 address, as a number.
    V4(u64),
    /// An IPv6 address, which [`parse_v6`] reads from the line.
    V6,
    /// Milliseconds since 1970, UTC; at most [`MAX_MILLIS`].
    Time(u64),
}
