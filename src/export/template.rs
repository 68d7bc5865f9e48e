//! Templates for the data stream `logs-aws.vpcflow-*`: the mappings of every field, and the index template that applies
//! them.
//!
//! They do not depend on templates of the cluster. Other fields are mapped when they occur (`dynamic` is on): texts
//! become keywords, and a text is never mapped as a date.
//!
//! Sources: the references of Elasticsearch's *Index templates*, *Data streams* and *Mapping*.

use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::options::check_part;

use super::types::{field_types, is_vpcflow};

/// Returns component templates by name, each the body of `PUT _component_template/<name>`.
///
/// `vpcflow-ecs@aws` maps `aws.vpcflow.*`, and `vpcflow-ecs@ecs` maps everything else. A custom index template may use
/// the first alone, e.g. with Elasticsearch's own `ecs@mappings`.
pub fn component_templates() -> Map<String, Value> {
    let template = |is_ours: fn(&str) -> bool, about: &str, more: Value| {
        let mut mappings = json!({ "properties": {} });
        for (path, kind) in field_types().iter().filter(|(path, _)| is_ours(path)) {
            put(&mut mappings["properties"], path, mapping(path, kind));
        }
        if let (Value::Object(mappings), Value::Object(more)) = (&mut mappings, more) {
            mappings.extend(more);
        }
        json!({ "template": { "mappings": mappings }, "_meta": { "description": about } })
    };
    let strings = json!({
        "strings": { "match_mapping_type": "string", "mapping": { "type": "keyword", "ignore_above": IGNORE_ABOVE } },
    });
    let rest = json!({ "dynamic_templates": [strings], "date_detection": false });
    let aws = template(is_vpcflow, "Fields of AWS VPC flow logs", json!({}));
    let ecs = template(|path| !is_vpcflow(path), "ECS fields of AWS VPC flow logs", rest);
    Map::from_iter([(AWS.to_owned(), aws), (ECS.to_owned(), ecs)])
}

const AWS: &str = "vpcflow-ecs@aws";
const ECS: &str = "vpcflow-ecs@ecs";

/// The options of an index template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateOptions {
    /// The namespace in `logs-aws.vpcflow-<namespace>`; `None` for all namespaces.
    pub namespace: Option<String>,
    /// The default ingest pipeline; `None` for documents that the parser has made.
    pub pipeline: Option<String>,
}

/// Returns the body of `PUT _index_template/<name>` for data streams `logs-aws.vpcflow-*`, with the
/// [`component_templates`].
///
/// Its priority exceeds that of Fleet's template for the same data streams (200). A template for one namespace has a
/// higher priority than one for all.
///
/// # Errors
/// `invalid_option` if the namespace cannot be part of a data stream's name.
pub fn index_template(options: &TemplateOptions) -> Result<Value, Error> {
    let namespace = options.namespace.as_deref();
    if let Some(namespace) = namespace {
        check_part("namespace", namespace)?;
    }
    let mut template = json!({
        "index_patterns": [format!("logs-aws.vpcflow-{}", namespace.unwrap_or("*"))],
        "data_stream": {},
        "composed_of": [ECS, AWS],
        "priority": if namespace.is_some() { 260 } else { 250 },
        "_meta": { "description": "AWS VPC flow logs as ECS documents" },
    });
    if let Some(pipeline) = &options.pipeline {
        template["template"] = json!({ "settings": { "index": { "default_pipeline": pipeline } } });
    }
    Ok(template)
}

/// The longest text that can be searched, as in Elastic's own templates; longer texts are kept.
const IGNORE_ABOVE: u32 = 1_024;

fn mapping(path: &str, kind: &str) -> Value {
    match (path, kind) {
        // The field is kept for reading, and not indexed.
        ("event.original", _) => json!({ "type": kind, "index": false, "doc_values": false }),
        ("event.module", _) => json!({ "type": kind, "value": "aws" }),
        ("event.dataset" | "data_stream.dataset", _) => json!({ "type": kind, "value": "aws.vpcflow" }),
        ("data_stream.type", _) => json!({ "type": kind, "value": "logs" }),
        (_, "keyword") => json!({ "type": kind, "ignore_above": IGNORE_ABOVE }),
        _ => json!({ "type": kind }),
    }
}

/// Adds a mapping at a dotted path, below the `properties` of the objects on the way.
fn put(properties: &mut Value, path: &str, mapping: Value) {
    match path.split_once('.') {
        None => properties[path] = mapping,
        Some((object, rest)) => {
            let object = &mut properties[object];
            if object.is_null() {
                *object = json!({ "properties": {} });
            }
            put(&mut object["properties"], rest, mapping);
        }
    }
}
