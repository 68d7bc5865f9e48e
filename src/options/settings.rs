//! The settings of documents, compiled from options.

use super::{DataStream, Ingested, Options};
use crate::document::Settings;
use crate::json;
use crate::schema::ecs_version;

pub(crate) fn settings(options: &Options) -> Settings {
    let mut tags = options.tags.clone();
    if options.preserve_original && !tags.iter().any(|tag| tag == PRESERVED) {
        tags.push(PRESERVED.into());
    }
    let tags: Vec<Vec<u8>> = tags.iter().map(|tag| json::string(tag)).collect();
    let data_stream = |names: &DataStream| [&names.r#type, &names.dataset, &names.namespace].map(|n| json::string(n));
    Settings {
        preserve_original: options.preserve_original,
        ingested: match options.ingested {
            Ingested::AsSchema => options.schema.facts().ingested,
            Ingested::No => false,
            Ingested::Now | Ingested::At(_) => true,
        },
        transport: options.transport,
        community_id: options.community_id,
        ecs_version: ecs_version(options.schema),
        data_stream: options.data_stream.as_ref().map(data_stream),
        tags: (!tags.is_empty()).then(|| [b"[", tags.join(&b',').as_slice(), b"]"].concat()),
        fields: options.fields.0.clone(),
        geo: options.geo.is_some(),
    }
}

/// The tag that makes Elasticsearch's final pipeline keep `event.original`.
pub(crate) const PRESERVED: &str = "preserve_original_event";
