//! The document that runs through a pipeline: its source, its metadata, and the values of the run that processors see.
//!
//! Paths address fields. `_index`, `_id` and so on are metadata; `_ingest.` leads to the values of the run. Messages
//! are Elasticsearch's. Source: `IngestDocument` of Elasticsearch, and a real server's answers.

use serde_json::json;

use super::failure::Failure;
use super::path::{Path, step};
use super::value::{Map, Value, from_json};

/// The limit of levels of objects and lists in a document. An index takes far fewer, 20 by default.
pub(super) const MAX_DEPTH: usize = 100;

/// The names that are metadata at the start of a path.
const METADATA: [&str; 9] = [
    "_index", "_id", "_routing", "_version", "_version_type", "_type", "_if_seq_no", "_if_primary_term",
    "_dynamic_templates",
];

/// True if a member of `ctx` is metadata.
pub(super) fn is_metadata(name: &str) -> bool {
    METADATA.contains(&name)
}

/// A document on its way through a pipeline.
///
/// ```
/// use serde_json::json;
/// use vpcflow_ecs::ingest::Document;
///
/// let document = Document::new(json!({ "message": "..." })).with_metadata("_index", "logs-aws.vpcflow-default");
/// assert_eq!(document.source(), json!({ "message": "..." }));
/// assert_eq!(document.metadata()["_index"], "logs-aws.vpcflow-default");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub(super) metadata: Map,
    pub(super) source: Map,
    /// `_ingest`: `timestamp`, `pipeline`, and in handlers `on_failure_*`.
    pub(super) ingest: Map,
}

impl Default for Document {
    fn default() -> Self {
        Document::new(json!({}))
    }
}

impl Document {
    /// Makes a document of a `_source`. A value that is not an object counts as an empty object.
    ///
    /// `_index` and `_id` get the placeholders of `_simulate`.
    pub fn new(source: serde_json::Value) -> Document {
        let mut metadata = Map::new();
        for name in ["_index", "_id"] {
            metadata.insert(name.into(), Value::String(name.into()));
        }
        // Elasticsearch's "match any": the version of a new document.
        metadata.insert("_version".into(), Value::Long(-3));
        let source = match from_json(&source) {
            Value::Map(source) => source,
            _ => Map::new(),
        };
        Document { metadata, source, ingest: Map::new() }
    }

    /// Reads a document from the JSON text of `{ _source, _index, ... }`.
    ///
    /// # Errors
    /// The text is not JSON, or is nested too deeply.
    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    pub(crate) fn from_text(text: &str) -> Result<Document, serde_json::Error> {
        serde_json::from_str(text).map(Document::of_members)
    }

    /// Reads documents from the JSON text of a list of them.
    ///
    /// # Errors
    /// As for [`Document::from_text`].
    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    pub(crate) fn all_from_text(text: &str) -> Result<Vec<Document>, serde_json::Error> {
        serde_json::from_str::<Vec<Value>>(text).map(|all| all.into_iter().map(Document::of_members).collect())
    }

    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    fn of_members(members: Value) -> Document {
        let mut document = Document::default();
        if let Value::Map(members) = members {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("_source", Value::Map(source)) => document.source = source,
                    ("_source", _) => {}
                    (_, value) => _ = document.metadata.insert(name, value),
                }
            }
        }
        document
    }

    /// Writes the document as the JSON text of `{ _source, _index, ... }`.
    #[cfg(all(target_arch = "wasm32", feature = "js"))]
    pub(crate) fn to_text(&self) -> Result<Vec<u8>, serde_json::Error> {
        #[derive(serde::Serialize)]
        struct Whole<'d> {
            #[serde(flatten)]
            metadata: &'d Map,
            _source: &'d Map,
        }
        serde_json::to_vec(&Whole { metadata: &self.metadata, _source: &self.source })
    }

    /// Sets a metadata field: `_index`, `_id`, `_routing` and so on.
    #[must_use]
    pub fn with_metadata(mut self, name: &str, value: impl Into<serde_json::Value>) -> Document {
        self.metadata.insert(name.into(), from_json(&value.into()));
        self
    }

    /// Returns the `_source`.
    pub fn source(&self) -> serde_json::Value {
        json!(self.source)
    }

    /// Returns the metadata: `_index`, `_id`, `_version` and other fields that were set.
    pub fn metadata(&self) -> serde_json::Value {
        json!(self.metadata)
    }

    /// Returns the values of the run, which processors see under `_ingest`.
    pub fn ingest_metadata(&self) -> serde_json::Value {
        json!(self.ingest)
    }

    /// Returns a member of `ctx`: metadata, or a member of the source.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        if is_metadata(name) { self.metadata.get(name) } else { self.source.get(name) }
    }

    /// Returns the object in which the first part of a path is looked up.
    fn root(&mut self, in_ingest: bool, first: &str) -> &mut Map {
        if in_ingest {
            &mut self.ingest
        } else if is_metadata(first) {
            &mut self.metadata
        } else {
            &mut self.source
        }
    }

    /// Sets a member of `ctx`: metadata, or a member of the source.
    pub(super) fn set_member(&mut self, name: &str, value: Value) -> Result<(), Failure> {
        if is_metadata(name) {
            check_metadata(name, &value)?;
        }
        if 1 + value.depth() > MAX_DEPTH {
            return Err(too_deep(name));
        }
        self.root(false, name).insert(name.to_owned(), value);
        Ok(())
    }

    /// Returns the value at a path for changes.
    pub(super) fn get_mut(&mut self, path: &str) -> Result<&mut Value, Failure> {
        self.get(path)?;
        let parsed = Path::parse(path)?;
        let Some((first, parts)) = parsed.parts.split_first() else { return Err(parsed.no_part()) };
        let mut value = self.root(parsed.in_ingest, first).get_mut(*first).ok_or_else(|| parsed.not_present(first))?;
        for part in parts {
            value = match value {
                Value::Map(members) => members.get_mut(*part).ok_or_else(|| parsed.not_present(part))?,
                other => step(other, part, &parsed, false)?,
            };
        }
        Ok(value)
    }

    /// Returns the value at a path.
    pub(super) fn get(&self, path: &str) -> Result<&Value, Failure> {
        let parsed = Path::parse(path)?;
        let mut parts = parsed.parts.iter();
        let Some(first) = parts.next() else { return Err(parsed.no_part()) };
        let found = if parsed.in_ingest { self.ingest.get(*first) } else { self.member(first) };
        let mut value = found.ok_or_else(|| parsed.not_present(first))?;
        for part in parts {
            value = match value {
                Value::Null => return Err(parsed.failure(format!("cannot resolve [{part}] from null"))),
                Value::Map(members) => members.get(*part).ok_or_else(|| parsed.not_present(part))?,
                Value::List(items) => {
                    let index = parsed.index(part, items.len(), false)?;
                    items.get(index).unwrap_or(&Value::Null)
                }
                scalar => {
                    let from = scalar.java_type();
                    return Err(parsed.failure(format!("cannot resolve [{part}] from object of type [{from}]")));
                }
            };
        }
        Ok(value)
    }

    /// Returns the value at a path; with `ignore_missing`, null if it is missing.
    pub(super) fn get_or_null(&self, path: &str, ignore_missing: bool) -> Result<&Value, Failure> {
        match self.get(path) {
            Err(_) if ignore_missing && Path::parse(path).is_ok() => Ok(&Value::Null),
            other => other,
        }
    }

    /// Returns the text at a path, or `None` if it is null; with `ignore_missing`, also if it is missing.
    pub(super) fn get_text(&self, path: &str, ignore_missing: bool) -> Result<Option<&str>, Failure> {
        match self.get_or_null(path, ignore_missing)? {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text)),
            other => Err(cannot_cast(path, other, "java.lang.String")),
        }
    }

    /// Refuses a path with more levels than a document may have.
    pub(super) fn check_depth(&self, path: &str) -> Result<(), Failure> {
        if path.split('.').take(MAX_DEPTH + 1).count() > MAX_DEPTH { Err(too_deep(path)) } else { Ok(()) }
    }

    /// True if there is a value at a path, even if it is null.
    pub(super) fn has(&self, path: &str) -> Result<bool, Failure> {
        Path::parse(path)?;
        Ok(self.get(path).is_ok())
    }

    /// Works as [`Document::has`], but fails for an index beyond the end of a list.
    pub(super) fn has_within(&self, path: &str) -> Result<bool, Failure> {
        match self.get(path) {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_out_of_bounds() => Err(failure),
            Err(_) => self.has(path),
        }
    }

    /// Removes the value at a path and returns it.
    pub(super) fn remove(&mut self, path: &str) -> Result<Value, Failure> {
        let parsed = Path::parse(path)?;
        let Some((leaf, parents)) = parsed.parts.split_last() else { return Err(parsed.no_part()) };
        let Some((first, parents)) = parents.split_first() else {
            if !parsed.in_ingest && *leaf == "_version" {
                return Err(Failure::illegal_argument("_version cannot be removed"));
            }
            let root = self.root(parsed.in_ingest, leaf);
            return root.remove(*leaf).ok_or_else(|| parsed.not_present(leaf));
        };
        let root = self.root(parsed.in_ingest, first);
        let mut parent = root.get_mut(*first).ok_or_else(|| parsed.not_present(first))?;
        for part in parents {
            parent = match parent {
                Value::Map(members) => members.get_mut(*part).ok_or_else(|| parsed.not_present(part))?,
                other => step(other, part, &parsed, false)?,
            };
        }
        match parent {
            Value::Null => Err(parsed.failure(format!("cannot remove [{leaf}] from null"))),
            Value::Map(members) => members.remove(*leaf).ok_or_else(|| parsed.not_present(leaf)),
            Value::List(items) => {
                let index = parsed.index(leaf, items.len(), true)?;
                Ok(items.remove(index))
            }
            scalar => {
                let from = scalar.java_type();
                Err(parsed.failure(format!("cannot remove [{leaf}] from object of type [{from}]")))
            }
        }
    }

    /// Sets the value at a path, and creates the missing objects on the way.
    pub(super) fn set(&mut self, path: &str, value: Value) -> Result<(), Failure> {
        self.change(path, value.depth(), |place| match place {
            Place::Missing => Some(value),
            Place::There(old) => {
                *old = value;
                None
            }
        })
    }

    /// Appends a value, or the items of a list, to the list at a path. A scalar there becomes the first item of a list.
    pub(super) fn append(&mut self, path: &str, value: Value, allow_duplicates: bool) -> Result<(), Failure> {
        let items = match value {
            Value::List(items) => items,
            other => vec![other],
        };
        let depth = 1 + items.iter().map(Value::depth).max().unwrap_or(0);
        self.change(path, depth, |place| match place {
            // Elasticsearch checks for duplicates only when there is a list already.
            Place::Missing => Some(Value::List(items)),
            Place::There(Value::List(list)) => {
                for item in items {
                    if allow_duplicates || !list.contains(&item) {
                        list.push(item);
                    }
                }
                None
            }
            Place::There(scalar) => {
                let mut list = vec![scalar.clone()];
                for item in items {
                    if allow_duplicates || !list.contains(&item) {
                        list.push(item);
                    }
                }
                if allow_duplicates || list.len() > 1 {
                    *scalar = Value::List(list);
                }
                None
            }
        })
    }

    /// Follows a path, creates the missing objects on the way, and calls `write`: it changes the value there, or
    /// returns the missing one.
    fn change(
        &mut self,
        path: &str,
        depth: usize,
        write: impl FnOnce(Place<'_>) -> Option<Value>,
    ) -> Result<(), Failure> {
        let parsed = Path::parse(path)?;
        let Some((leaf, parents)) = parsed.parts.split_last() else { return Err(parsed.no_part()) };
        if parsed.parts.len() + depth > MAX_DEPTH {
            return Err(too_deep(path));
        }
        let first = parents.first().unwrap_or(leaf);
        let is_checked = !parsed.in_ingest && is_metadata(first);
        let root = self.root(parsed.in_ingest, first);
        let Some((first, parents)) = parents.split_first() else {
            if !is_checked {
                put(root, leaf, write);
                return Ok(());
            }
            let mut changed = Map::new();
            if let Some(old) = root.get(*leaf) {
                changed.insert((*leaf).to_owned(), old.clone());
            }
            put(&mut changed, leaf, write);
            check_metadata(leaf, changed.get(*leaf).unwrap_or(&Value::Null))?;
            root.append(&mut changed);
            return Ok(());
        };
        let mut parent = root.entry((*first).to_owned()).or_insert_with(|| Value::Map(Map::new()));
        for part in parents {
            parent = match parent {
                Value::Map(members) => members.entry((*part).to_owned()).or_insert_with(|| Value::Map(Map::new())),
                other => step(other, part, &parsed, true)?,
            };
        }
        match parent {
            Value::Null => return Err(parsed.failure(format!("cannot set [{leaf}] with null parent"))),
            Value::Map(members) => put(members, leaf, write),
            Value::List(items) => {
                let index = parsed.index(leaf, items.len(), true)?;
                if let Some(item) = items.get_mut(index) {
                    write(Place::There(item));
                }
            }
            scalar => {
                let parent = scalar.java_type();
                return Err(parsed.failure(format!("cannot set [{leaf}] with parent object of type [{parent}]")));
            }
        }
        Ok(())
    }

    /// Estimates the bytes of a copy.
    pub(super) fn weight(&self) -> usize {
        let maps = [&self.metadata, &self.source, &self.ingest];
        maps.into_iter().flatten().map(|(name, value)| name.len() + value.weight()).sum()
    }

    /// Returns the object that a response of `_simulate` has under `doc`.
    pub(super) fn to_response(&self) -> serde_json::Value {
        let mut response = serde_json::Map::new();
        for (name, value) in &self.metadata {
            if !value.is_null() {
                response.insert(name.clone(), value.to_java_string().into());
            }
        }
        response.insert("_source".into(), self.source());
        response.insert("_ingest".into(), self.ingest_metadata());
        response.into()
    }

    /// Returns a value for a template, which sees `ctx`, the same under `_source`, and `_ingest`.
    pub(super) fn template_member(&self, parts: &[&str]) -> Option<Value> {
        match parts {
            ["_ingest", rest @ ..] => follow_map(&self.ingest, rest),
            ["_source", rest @ ..] => match rest {
                [] => None,
                [first, rest @ ..] => follow(self.member(first)?, rest),
            },
            [first, rest @ ..] => follow(self.member(first)?, rest),
            [] => None,
        }
    }
}

fn follow_map(map: &Map, parts: &[&str]) -> Option<Value> {
    match parts {
        [] => Some(Value::Map(map.clone())),
        [first, rest @ ..] => follow(map.get(*first)?, rest),
    }
}

/// Returns the value below a value, by the rules of templates.
pub(super) fn follow(value: &Value, parts: &[&str]) -> Option<Value> {
    let mut value = value;
    for (at, part) in parts.iter().enumerate() {
        value = match value {
            Value::Map(members) => members.get(*part)?,
            Value::List(items) if *part == "size" && at + 1 == parts.len() => {
                return Some(Value::Integer(i32::try_from(items.len()).unwrap_or(i32::MAX)));
            }
            Value::List(items) => items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some(value.clone())
}

/// The value that a path leads to.
enum Place<'v> {
    Missing,
    There(&'v mut Value),
}

fn too_deep(path: &str) -> Failure {
    let reason = format!("a document has at most [{MAX_DEPTH}] levels of objects and lists: cannot set [{path}]");
    Failure::illegal_argument(reason)
}

/// Checks the type of a metadata field. All but the version may be null.
fn check_metadata(name: &str, value: &Value) -> Result<(), Failure> {
    let (is_right, class) = match (name, value) {
        ("_version", Value::Null) => return Err(Failure::illegal_argument("_version cannot be null")),
        (_, Value::Null) => return Ok(()),
        ("_version" | "_if_seq_no" | "_if_primary_term", value) => (value.as_i64().is_some(), "java.lang.Number"),
        ("_dynamic_templates", value) => (matches!(value, Value::Map(_)), "java.util.Map"),
        (_, value) => (matches!(value, Value::String(_)), "java.lang.String"),
    };
    if is_right {
        return Ok(());
    }
    let (text, found) = (value.to_java_string(), value.java_type());
    let reason = format!("{name} [{text}] is wrong type, expected assignable to [{class}], not [{found}]");
    Err(Failure::illegal_argument(reason))
}

fn put(members: &mut Map, key: &str, write: impl FnOnce(Place<'_>) -> Option<Value>) {
    let new = match members.get_mut(key) {
        Some(value) => write(Place::There(value)),
        None => write(Place::Missing),
    };
    if let Some(value) = new {
        members.insert(key.to_owned(), value);
    }
}

pub(super) fn cannot_cast(path: &str, value: &Value, class: &str) -> Failure {
    Failure::illegal_argument(format!("field [{path}] of type [{}] cannot be cast to [{class}]", value.java_type()))
}
