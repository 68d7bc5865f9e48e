//! The kinds of values, and tokens read as one of them. Nothing here allocates or knows a field.

mod address;
mod address_cache;
pub(crate) mod ipv4;
mod kind;
mod looks;
mod reading;
mod tag;

pub(crate) use address::Address;
pub(crate) use address_cache::AddressCache;
pub use kind::Kind;
pub(crate) use kind::Type;
pub(crate) use reading::{Mismatch, Words, without_fraction};
pub(crate) use tag::percent_decoded;

/// The value of a token, small enough for two registers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Value {
    /// `-`
    #[default]
    Absent,
    /// Text, which is the token itself.
    Text,
    /// An integer.
    Integer(u64),
    /// An IPv4 address, as a number.
    V4(u64),
    /// An IPv6 address. Its number has too many bytes for this type.
    V6,
    /// Milliseconds since 1970, UTC; at most [`MAX_MILLIS`].
    Time(u64),
}
