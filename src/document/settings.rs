//! The values of options in documents.

use crate::json::Json;

/// The values that options put into every document, compiled to JSON.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) preserve_original: bool,
    pub(crate) ingested: bool,
    /// True if documents have the values of the transport.
    pub(crate) transport: bool,
    pub(crate) community_id: bool,
    pub(crate) ecs_version: Option<&'static str>,
    pub(crate) data_stream: Option<[Vec<u8>; 3]>,
    pub(crate) tags: Option<Vec<u8>>,
    pub(crate) fields: Vec<(String, Json)>,
    /// True if there are databases to look addresses up in.
    pub(crate) geo: bool,
}
