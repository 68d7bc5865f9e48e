//! Templates for the data stream `logs-aws.vpcflow-*`: mappings for every field, and what puts them to use.
//!
//! They lean on no template that a cluster may or may not have. Other fields are still mapped when they come
//! (`dynamic` is on): texts as keywords, and no text is taken for a date.
//!
//! Sources: the references of Elasticsearch's *Index templates*, *Data streams* and *Mapping*.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorCode, quoted};

use super::types::{field_types, is_vpcflow};

/// Component templates by name, each the body of `PUT _component_template/<name>`.
///
/// `vpcflow-ecs@aws` maps `aws.vpcflow.*`; `vpcflow-ecs@ecs` maps everything else. A template of one's own may take the
/// first alone, e.g. beside Elasticsearch's own `ecs@mappings`.
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

/// What an index template is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TemplateOptions {
    /// The one namespace it is for, of `logs-aws.vpcflow-<namespace>`; all of them without it.
    pub namespace: Option<String>,
    /// The ingest pipeline that documents go through by default; none without it, for documents that are made already.
    pub pipeline: Option<String>,
}

/// The body of `PUT _index_template/<name>`: data streams `logs-aws.vpcflow-*`, with the [`component_templates`].
///
/// Its priority is above that of Fleet's template for the same data streams (200). That for one namespace is above that
/// for all.
///
/// # Errors
/// `invalid_option` if the namespace cannot be part of a data stream's name.
pub fn index_template(options: &TemplateOptions) -> Result<Value, Error> {
    let namespace = options.namespace.as_deref();
    if let Some(namespace) = namespace.filter(|namespace| !is_namespace(namespace)) {
        let detail = format!("option \"namespace\": expected {NAMESPACE}, found {}", quoted(namespace));
        return Err(Error::sentence(ErrorCode::InvalidOption, detail));
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

/// What a namespace is, and whether a text is one.
const NAMESPACE: &str = "1 to 100 characters, no capitals, none of \\ / * ? \" < > | , # : - and no blank";

fn is_namespace(text: &str) -> bool {
    let is_good = |c: char| !c.is_uppercase() && !c.is_whitespace() && !"\\/*?\"<>|,#:-".contains(c);
    !text.is_empty() && text.len() <= 100 && text.chars().all(is_good)
}

/// Longer texts are kept but cannot be searched, as in Elastic's own templates.
const IGNORE_ABOVE: u32 = 1_024;

fn mapping(path: &str, kind: &str) -> Value {
    match (path, kind) {
        // Kept to be read, not to be searched.
        ("event.original", _) => json!({ "type": kind, "index": false, "doc_values": false }),
        ("event.module", _) => json!({ "type": kind, "value": "aws" }),
        ("event.dataset" | "data_stream.dataset", _) => json!({ "type": kind, "value": "aws.vpcflow" }),
        ("data_stream.type", _) => json!({ "type": kind, "value": "logs" }),
        (_, "keyword") => json!({ "type": kind, "ignore_above": IGNORE_ABOVE }),
        _ => json!({ "type": kind }),
    }
}

/// Puts a mapping at a dotted path, below the `properties` of the objects on the way.
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
