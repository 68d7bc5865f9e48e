//! The tree of a document, by the rules, a format and the options: the value of each key. It is compiled to steps.

use super::Settings;
use super::compile::{Leaf, leaf, text};
use crate::error::{Error, ErrorCode, quoted};
use crate::format::Format;
use crate::json::{self, Json};
use crate::schema::{How, Outputs, RULES, Setting, original, original_path};

/// A step to a document.
#[derive(Debug)]
pub(super) enum Step<L> {
    /// `"key":{`
    Open(Vec<u8>),
    /// `},`; without members, nothing at all unless the object stays.
    Close { stays: bool },
    /// `"key":` and a value and `,`; the other value, or nothing at all, if the first is absent.
    Leaf { key: Vec<u8>, leaf: L, otherwise: Option<Vec<u8>> },
}

impl<L> Step<L> {
    /// Converts the value of the step.
    pub(super) fn map<M>(self, convert: impl FnOnce(L) -> M) -> Step<M> {
        match self {
            Step::Open(bytes) => Step::Open(bytes),
            Step::Close { stays } => Step::Close { stays },
            Step::Leaf { key, leaf, otherwise } => Step::Leaf { key, leaf: convert(leaf), otherwise },
        }
    }
}

/// A document's tree while it is compiled.
enum Node {
    Object { children: Children, stays: bool },
    Leaf { leaf: Leaf, otherwise: Option<Vec<u8>> },
}

/// The members of an object, in the order of their keys.
#[derive(Default)]
struct Children(Vec<(String, Node)>);

impl Children {
    /// Finds the index of a key, or the index to insert it at.
    fn find(&self, key: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.as_str().cmp(key))
    }

    fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(self.find(key).ok()?).map(|(_, node)| node)
    }

    fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        let at = self.find(key).ok()?;
        self.0.get_mut(at).map(|(_, node)| node)
    }

    /// Returns the node of a key: the new one, if there is none yet.
    fn get_or_insert(&mut self, key: &str, new: Node) -> Option<&mut Node> {
        let at = self.find(key).unwrap_or_else(|at| {
            self.0.insert(at, (key.to_owned(), new));
            at
        });
        self.0.get_mut(at).map(|(_, node)| node)
    }
}

/// Returns the steps to the documents of a format.
pub(super) fn steps(format: &Format, outputs: Outputs, settings: &Settings) -> Result<Vec<Step<Leaf>>, Error> {
    let mut root = Children::default();
    for rule in RULES.iter().filter(|rule| rule.outputs.meets(outputs)) {
        if rule.how == How::Object {
            if rule.from.is_empty() || rule.from.iter().any(|field| format.index_of(*field).is_some()) {
                keep_object(&mut root, rule.path);
            }
        } else if let Some(leaf) = leaf(rule.how, rule.from, format, settings, outputs) {
            let inserted = insert(&mut root, rule.path, leaf);
            if !matches!(rule.how, How::Given(Setting::Transport(_))) {
                inserted.map_err(|()| taken(rule.path))?;
            }
        }
    }
    for (index, column) in format.columns().iter().enumerate().filter(|(_, column)| column.repeats().is_none()) {
        let value = match column.field() {
            None => Some(Leaf::Gap(text(None, index))),
            Some(field) => {
                let from = std::slice::from_ref(&field.facts().field);
                original(field, outputs).and_then(|how| leaf(how, from, format, settings, outputs))
            }
        };
        let Some(value) = value else { continue };
        let path = original_path(column.column(), outputs);
        insert(&mut root, &path, value).map_err(|()| taken(&path))?;
    }
    merge_fields(&mut root, &settings.fields, "", 0)?;
    Ok(linear(root))
}

fn taken(path: &str) -> Error {
    let detail = format!("the documents have {} already, for something else; rename the column", quoted(path));
    Error::sentence(ErrorCode::InvalidFormat, detail)
}

/// Returns the object at a dotted path, which is made if necessary; `None` if a value is in the way.
fn object_at<'a>(root: &'a mut Children, path: &str) -> Option<&'a mut Children> {
    let mut children = root;
    for part in path.split('.') {
        match children.get_or_insert(part, Node::Object { children: Children::default(), stays: false })? {
            Node::Object { children: below, .. } => children = below,
            Node::Leaf { .. } => return None,
        }
    }
    Some(children)
}

/// Returns the object that has the last key of a dotted path, and that key.
fn parent_of<'a, 'b>(root: &'a mut Children, path: &'b str) -> Option<(&'a mut Children, &'b str)> {
    match path.rsplit_once('.') {
        Some((parent, key)) => Some((object_at(root, parent)?, key)),
        None => Some((root, path)),
    }
}

/// Keeps the object at a dotted path even if it is empty.
fn keep_object(root: &mut Children, path: &str) {
    let new = Node::Object { children: Children::default(), stays: true };
    if let Some((parent, key)) = parent_of(root, path)
        && let Some(Node::Object { stays, .. }) = parent.get_or_insert(key, new)
    {
        *stays = true;
    }
}

/// Puts a value at a dotted path; an error if something is there, or in the way.
fn insert(root: &mut Children, path: &str, leaf: Leaf) -> Result<(), ()> {
    let (parent, key) = parent_of(root, path).ok_or(())?;
    if parent.get(key).is_some() {
        return Err(());
    }
    parent.get_or_insert(key, Node::Leaf { leaf, otherwise: None });
    Ok(())
}

/// Merges the option `fields` under the event's own values. A dotted key is a path. Where the documents have a value at a
/// path, the option's value is for the records that lack it.
fn merge_fields(children: &mut Children, fields: &[(String, Json)], above: &str, depth: usize) -> Result<(), Error> {
    for (key, value) in fields {
        let whole = format!("{above}{key}");
        let depth = depth + 1 + key.matches('.').count();
        if depth > MAX_DEPTH {
            let detail = format!("option \"fields\": {} is deeper than {MAX_DEPTH} objects", quoted(&whole));
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        if is_empty(value) {
            continue;
        }
        if whole == "tags" {
            let detail = "option \"fields\": give \"tags\" with the option \"tags\" instead";
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        let conflict = |what: &str| {
            let detail = format!("option \"fields\": {} is {what}", quoted(&whole));
            Error::sentence(ErrorCode::InvalidOption, detail)
        };
        let (parent, key) = match key.rsplit_once('.') {
            Some((path, key)) if is_path(path) && !key.is_empty() => (
                object_at(children, path).ok_or_else(|| conflict("below a value of the documents, or of its own"))?,
                key,
            ),
            _ => (&mut *children, key.as_str()),
        };
        match (value, parent.get_mut(key)) {
            (Json::Object(below), None) => {
                let mut made = Children::default();
                merge_fields(&mut made, below, &format!("{whole}."), depth)?;
                parent.get_or_insert(key, Node::Object { children: made, stays: false });
            }
            (Json::Object(below), Some(Node::Object { children, .. })) => {
                merge_fields(children, below, &format!("{whole}."), depth)?;
            }
            (Json::Object(_), Some(Node::Leaf { .. })) => {
                return Err(conflict("an object here, but a value in the documents"));
            }
            (_, Some(Node::Object { .. })) => {
                return Err(conflict("a value here, but an object in the documents"));
            }
            (_, None) => {
                let leaf = Leaf::Constant(value.to_string().into_bytes());
                parent.get_or_insert(key, Node::Leaf { leaf, otherwise: None });
            }
            (_, Some(Node::Leaf { otherwise, .. })) => *otherwise = Some(value.to_string().into_bytes()),
        }
    }
    Ok(())
}

/// The most objects within each other.
const MAX_DEPTH: usize = 32;

/// True if documents do not have such a value: nothing, an empty object, an empty list.
fn is_empty(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::Object(members) => members.is_empty(),
        Json::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn is_path(path: &str) -> bool {
    path.split('.').all(|part| !part.is_empty())
}

/// Lists the steps to the tree's document.
fn linear(children: Children) -> Vec<Step<Leaf>> {
    let mut steps = Vec::new();
    for (key, node) in children.0 {
        let mut bytes = json::string(&key);
        bytes.push(b':');
        match node {
            Node::Object { children, stays } => {
                bytes.push(b'{');
                steps.push(Step::Open(bytes));
                steps.extend(linear(children));
                steps.push(Step::Close { stays });
            }
            Node::Leaf { leaf, otherwise } => steps.push(Step::Leaf { key: bytes, leaf, otherwise }),
        }
    }
    steps
}
