//! Pipelines under examination: each processor with its position in the definition, the way of a document through them,
//! and the counts of many documents.

use std::collections::BTreeMap;

use serde_json::{Map as Json, Value as JsonValue, json};

use super::definition::is_known;
use super::document::Document;
use super::pipeline::{Environment, Pipeline};
use super::result::{ProcessorResult, Results};
use super::yaml::{self, Key, Member};

/// Examines the text of a definition, in JSON or YAML, for an editor.
///
/// The answer has two members:
///
/// - `steps`: the processors in the order of the text, each with its `path`, e.g. `processors[0].set`, its `type`, and its
///   `start` and `end` as indexes of characters
/// - `problem`, if the pipeline cannot be built: the `message`, and if they are known the `path`, and `start` and `end`
///   of the part of the text that is wrong
///
/// ```
/// use serde_json::json;
/// use vpcflow_ecs::ingest::{Environment, inspect};
///
/// let text = "processors:\n- drop: {}\n- rename: { field: a }\n";
/// let expected = json!({
///     "steps": [
///         { "path": "processors[0].drop", "type": "drop", "start": 14, "end": 22 },
///         { "path": "processors[1].rename", "type": "rename", "start": 25, "end": 45 }
///     ],
///     "problem": {
///         "message": "[target_field] required property is missing",
///         "path": "processors[1].rename.target_field", "start": 25, "end": 45
///     }
/// });
/// assert_eq!(inspect(text, Environment::default()), expected);
/// ```
pub fn inspect(text: &str, environment: Environment) -> JsonValue {
    let definition = match yaml::parse(text) {
        Ok(definition) => definition,
        Err(refused) => {
            let mut problem = json!({ "message": refused.reason });
            if let Some((line, column)) = refused.position {
                let before = text.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum::<usize>();
                let start = (before + column - 1).min(text.chars().count());
                problem["start"] = start.into();
                problem["end"] = (start + 1).into();
            }
            return json!({ "steps": [], "problem": problem });
        }
    };
    let members = yaml::members(text);
    let steps = steps_of(&members);
    match Pipeline::build(&definition, environment) {
        Ok(_) => json!({ "steps": steps }),
        Err(located) => {
            let mut problem = json!({ "message": located.reason(), "path": located.place });
            if let Some(Member { start, end, .. }) = nearest(&members, &located.place) {
                problem["start"] = (*start).into();
                problem["end"] = (*end).into();
            }
            json!({ "steps": steps, "problem": problem })
        }
    }
}

/// Returns the processors of a definition: the members of the items of its lists, and of the handlers of processors.
fn steps_of(members: &[Member]) -> Vec<JsonValue> {
    let mut steps = Vec::new();
    // The path of each list of processors, of its items, and of the processors with options that are read.
    let mut paths: Vec<Option<(Level, String)>> = Vec::with_capacity(members.len());
    for Member { parent, key, start, end } in members {
        let path = match (parent.map(|parent| paths.get(parent).and_then(Option::as_ref)), key) {
            (None, _) => Some((Level::Pipeline, String::new())),
            (Some(Some((Level::Pipeline, _))), Key::Name(name)) if name == "processors" || name == "on_failure" => {
                Some((Level::List, name.clone()))
            }
            (Some(Some((Level::Processor, outer))), Key::Name(name)) if name == "on_failure" => {
                Some((Level::List, format!("{outer}.{name}")))
            }
            (Some(Some((Level::List, outer))), Key::Index(index)) => Some((Level::Item, format!("{outer}[{index}]"))),
            (Some(Some((Level::Item, outer))), Key::Name(kind)) => {
                let path = format!("{outer}.{kind}");
                steps.push(json!({ "path": path, "type": kind, "start": start, "end": end }));
                is_known(kind).then_some((Level::Processor, path))
            }
            _ => None,
        };
        paths.push(path);
    }
    steps
}

/// A level of a definition.
#[derive(Clone, Copy)]
enum Level {
    Pipeline,
    List,
    Item,
    Processor,
}

/// Returns the member at a path, or the nearest one around it: a missing option is reported where its processor is.
fn nearest<'m>(members: &'m [Member], path: &str) -> Option<&'m Member> {
    let mut found = None;
    // The length of the path up to each member that is on it.
    let mut lengths: Vec<Option<usize>> = Vec::with_capacity(members.len());
    for member in members {
        let length = match member.parent.map(|parent| lengths.get(parent).copied().flatten()) {
            None => Some(0),
            Some(None) => None,
            Some(Some(length)) => {
                let rest = path.get(length..).unwrap_or_default();
                let after = match &member.key {
                    Key::Index(index) => rest.strip_prefix(format!("[{index}]").as_str()),
                    Key::Name(name) => rest.strip_prefix('.').unwrap_or(rest).strip_prefix(name.as_str()),
                };
                let after = after.filter(|after| after.is_empty() || after.starts_with(['.', '[']));
                after.map(|after| path.len() - after.len())
            }
        };
        if length > Some(0) && found.is_none_or(|(longest, _)| length > longest) {
            found = Some((length, member));
        }
        lengths.push(length);
    }
    found.map(|(_, member)| member)
}

impl Pipeline {
    /// Runs a document, and returns its way through the processors.
    ///
    /// The answer has `results`, which are those of a verbose `_simulate`. Each also has the `path` of its processor:
    /// `processors[0].set`, or `pipelines.<id>.processors[0].set` in a pipeline that was called. It also has one of three:
    /// the `doc` at the end, `dropped`, or the `error`.
    pub fn trace(&self, document: Document) -> JsonValue {
        let (result, results) = self.run_with(document, Some(Results::default()));
        let results = results.map(|results| results.list).unwrap_or_default();
        let with_path = |result: ProcessorResult| {
            let path = result.place.clone();
            let mut members = result.into_json();
            members["path"] = path.into();
            members
        };
        let results: Vec<JsonValue> = results.into_iter().map(with_path).collect();
        match result {
            Ok(Some(document)) => json!({ "results": results, "doc": document.to_response() }),
            Ok(None) => json!({ "results": results, "dropped": true }),
            Err(failure) => json!({ "results": results, "error": failure.to_json() }),
        }
    }

    /// Runs documents, and counts what each processor did.
    ///
    /// The answer has the numbers of `documents`, of those `dropped` and of those that `failed`. `steps` has for the path of
    /// each processor the number of its results by their status, and of documents that it `changed`. `first` has the index
    /// of the first document of each, from 0.
    ///
    /// ```
    /// use serde_json::json;
    /// use vpcflow_ecs::ingest::{Document, Environment, Pipeline};
    ///
    /// let definition = json!({ "processors": [{ "drop": { "if": "ctx.a == 1" } }, { "uppercase": { "field": "b" } }] });
    /// let pipeline = Pipeline::new(&definition, Environment::default())?;
    /// let documents = [json!({ "a": 1 }), json!({ "b": "x" }), json!({ "b": "X" }), json!({})].map(Document::new);
    /// let expected = json!({
    ///     "documents": 4, "dropped": 1, "failed": 1, "first": { "dropped": 0, "failed": 3 },
    ///     "steps": {
    ///         "processors[0].drop": { "dropped": 1, "skipped": 3, "first": { "dropped": 0, "skipped": 1 } },
    ///         "processors[1].uppercase": {
    ///             "success": 2, "changed": 1, "error": 1, "first": { "success": 1, "changed": 1, "error": 3 }
    ///         }
    ///     }
    /// });
    /// assert_eq!(pipeline.tally(documents), expected);
    /// # Ok::<(), vpcflow_ecs::Error>(())
    /// ```
    pub fn tally(&self, documents: impl IntoIterator<Item = Document>) -> JsonValue {
        let mut steps: BTreeMap<String, Count> = BTreeMap::new();
        let (mut whole, mut number) = (Count::default(), 0);
        for (index, document) in documents.into_iter().enumerate() {
            number += 1;
            let start = document.to_response();
            let (result, results) = self.run_with(document, Some(Results::default()));
            let results = results.map(|results| results.list).unwrap_or_default();
            let mut before = &start;
            for result in &results {
                let count = steps.entry(result.place.clone()).or_default();
                count.add(result.status(), index);
                if let Some(after) = result.document() {
                    if !is_same(before, after) {
                        count.add("changed", index);
                    }
                    before = after;
                }
            }
            match result {
                Ok(Some(_)) => {}
                Ok(None) => whole.add("dropped", index),
                Err(_) => whole.add("failed", index),
            }
        }
        for word in ["dropped", "failed"] {
            whole.numbers.entry(word.to_owned()).or_insert(0);
        }
        let steps: Json<String, JsonValue> = steps.into_iter().map(|(path, count)| (path, count.into_json())).collect();
        let mut answer = whole.into_json();
        answer["documents"] = number.into();
        answer["steps"] = steps.into();
        answer
    }
}

/// The numbers of documents by a word, and the index of the first of each.
#[derive(Debug, Default)]
struct Count {
    numbers: BTreeMap<String, usize>,
    first: BTreeMap<String, usize>,
}

impl Count {
    fn add(&mut self, word: &str, index: usize) {
        if let Some(number) = self.numbers.get_mut(word) {
            *number += 1;
            return;
        }
        self.numbers.insert(word.to_owned(), 1);
        self.first.insert(word.to_owned(), index);
    }

    fn into_json(self) -> JsonValue {
        let mut answer = json!(self.numbers);
        answer["first"] = json!(self.first);
        answer
    }
}

/// True if two documents as a response shows them are equal, but for the metadata of the run.
fn is_same(one: &JsonValue, other: &JsonValue) -> bool {
    let members = |document: &JsonValue| document.as_object().map(|members| members.len());
    let is_equal = |(name, value): (&String, &JsonValue)| name == "_ingest" || other.get(name) == Some(value);
    members(one) == members(other) && one.as_object().is_some_and(|one| one.iter().all(is_equal))
}
