//! The names of `enabled.rs` for a crate without the feature `ingest`: types without a value, and functions that cannot
//! be called.

use std::marker::PhantomData;
use std::net::IpAddr;

use crate::error::Error;

/// Databases for addresses. Without the cargo feature `ingest`, there are none.
#[derive(Clone, Debug, PartialEq)]
pub enum Databases {}

/// A cache of lookups.
#[derive(Debug)]
pub(crate) enum Lookups {}

impl Lookups {
    pub(crate) fn new(databases: Databases) -> Lookups {
        match databases {}
    }

    pub(crate) fn fragments<const N: usize>(&mut self, _: [Option<IpAddr>; N]) -> Result<[Fragments<'_>; N], Error> {
        match *self {}
    }
}

/// The objects of an address, which are always empty.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fragments<'a>(PhantomData<&'a [u8]>);

/// One of the objects of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fragment {}

impl Fragment {
    pub(crate) const GEO: Option<Fragment> = None;
    pub(crate) const SYSTEM: Option<Fragment> = None;
}

impl<'a> Fragments<'a> {
    pub(crate) fn get(self, fragment: Fragment) -> &'a [u8] {
        match fragment {}
    }
}
