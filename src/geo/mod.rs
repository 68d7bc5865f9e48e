//! Places and autonomous systems of addresses, from MaxMind's databases (`.mmdb`), as Elasticsearch's `geoip` processor
//! writes them. Knows nothing of flow logs.
//!
//! [`Databases`] holds the files. With the cargo feature `ingest`, `Databases::lookup` returns the properties that the
//! processor puts under its `target_field`. `Lookups` turns them into the objects `geo` and `as` of an event's `source` and
//! `destination`, as Elastic's AWS integration writes them, and caches these by address.
//!
//! Without the feature there are no databases: the same names stand for types without a value, of which nothing is compiled.
//!
//! Sources: the *MaxMind DB File Format Specification*; the reference of Elasticsearch's *GeoIP processor* (its
//! properties); the ECS field sets `geo` and `as`.

#[cfg(not(feature = "ingest"))]
mod disabled;
#[cfg(feature = "ingest")]
mod enabled;

#[cfg(not(feature = "ingest"))]
pub use disabled::*;
#[cfg(feature = "ingest")]
pub use enabled::*;
