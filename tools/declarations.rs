//! Prints the types of documents into `js/index.d.ts`, from the table of rules and the types of the templates.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use vpcflow_ecs::Field;
use vpcflow_ecs::export::field_types;
use vpcflow_ecs::schema::{How, Setting};

use super::{Entry, entries};

/// The lines between which the file is generated.
const MARKS: [&str; 2] =
    ["// Generated from the code by `npm run docs`, up to the next mark.\n", "// The end of what is generated.\n"];

/// The prefix of AWS's own fields, which have an interface of their own.
const VPCFLOW: &str = "aws.vpcflow";

/// Keys that ECS has as lists and that shippers write as one value, too.
const LISTS: [&str; 2] = ["host.ip", "host.mac"];

/// Returns the text of `js/index.d.ts` with its generated part replaced; unchanged if it has no marks.
pub fn declarations(text: &str) -> String {
    let [start, end] = MARKS;
    let Some((before, rest)) = text.split_once(start) else { return text.to_owned() };
    let Some((_, after)) = rest.split_once(end) else { return text.to_owned() };
    format!("{before}{start}\n{}\n{end}{after}", interfaces())
}

/// Most words of a sentence.
const MAX_WORDS: usize = 30;

/// A key of a document: its own types, and the keys below it.
#[derive(Default)]
struct Key {
    types: BTreeSet<String>,
    /// The strings that rules write; an enumeration if there are several, and no other string.
    words: BTreeSet<String>,
    /// The origins of the value, each with the ways that it is made.
    notes: Vec<(String, Vec<String>)>,
    members: BTreeMap<String, Key>,
}

impl Key {
    fn at(&mut self, path: &str) -> &mut Key {
        path.split('.').fold(self, |key, name| key.members.entry(name.to_owned()).or_default())
    }

    fn add(&mut self, entry: &Entry) {
        match entry.how {
            How::Object | How::Geo | How::As => {}
            How::Constant(json) | How::ConstantIfAny(json) if json.starts_with('"') => {
                self.words.insert(json.replace('"', "'"));
            }
            How::Outcome(accept, reject) => self.words.extend([accept, reject].map(|word| format!("'{word}'"))),
            _ => drop(self.types.insert(type_of(entry))),
        }
        let Some((origin, how)) = note(entry) else { return };
        match self.notes.iter_mut().find(|(other, _)| *other == origin) {
            Some((_, ways)) if ways.contains(&how) => {}
            Some((_, ways)) => ways.push(how),
            None => self.notes.push((origin, vec![how])),
        }
    }

    fn type_text(&self) -> String {
        let mut types = self.types.clone();
        match self.words.len() {
            0 => {}
            1 => drop(types.insert("string".into())),
            _ if types.contains("string") => {}
            _ => types.extend(self.words.iter().cloned()),
        }
        types.into_iter().collect::<Vec<_>>().join(" | ")
    }

    fn note_text(&self) -> String {
        let joined = |separator: &str| {
            let notes = self.notes.iter().map(|(origin, ways)| format!("{origin}{}", ways.join(separator)));
            notes.collect::<Vec<_>>().join(separator)
        };
        let text = joined("; or ");
        if text.split(' ').count() > MAX_WORDS { joined(". Or ") } else { text }
    }
}

fn interfaces() -> String {
    let mut root = Key::default();
    let entries = entries();
    for entry in &entries {
        root.at(&entry.path).add(entry);
    }
    for (path, name) in field_types() {
        let key = root.at(&path);
        if key.types.is_empty() && key.words.is_empty() {
            key.types.insert(type_named(name).into());
            if LISTS.contains(&path.as_str()) {
                key.types.insert("string[]".into());
            }
        }
    }
    let vpcflow = std::mem::take(root.at(VPCFLOW));
    root.at(VPCFLOW).types.insert("VpcflowFields".into());

    let mut text = String::from(
        "/**\n * A document. Its members depend on the schema, the format and the line. Where schemas differ in a type, the union is\n \
         * given. Members without a note come from the option `fields` or from shippers, which may add others.\n */\n\
         export interface FlowLogDocument {\n",
    );
    write_members(&mut text, 1, root.members.iter());
    text += "}\n\n/**\n * Values that ECS has no field for, under AWS's column names; every field of the line in the modes `original` and\n \
             * `ecs_and_original`. Fields that AWS has not documented yet are here as text.\n */\n\
             export interface VpcflowFields {\n";
    // In the order of AWS's fields, with the other keys behind those that they are made from.
    let mut names: Vec<&str> = Vec::new();
    for field in Field::ALL {
        let paths = entries.iter().filter(|entry| entry.from.first() == Some(field)).map(|entry| entry.path.as_str());
        for name in std::iter::once(field.column()).chain(paths.filter_map(name_below)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    write_members(&mut text, 1, names.iter().filter_map(|name| vpcflow.members.get_key_value(*name)));
    text += "  [column: string]: unknown;\n}\n";
    text
}

/// Returns the name right below the prefix of AWS's own fields.
fn name_below(path: &str) -> Option<&str> {
    path.strip_prefix(VPCFLOW)?.strip_prefix('.')?.split('.').next()
}

fn write_members<'a>(text: &mut String, depth: usize, members: impl Iterator<Item = (&'a String, &'a Key)>) {
    let indent = "  ".repeat(depth);
    for (name, key) in members {
        let note = key.note_text();
        if !note.is_empty() {
            write_note(text, &indent, &note);
        }
        let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let quote = if is_plain { "" } else { "'" };
        let _ = write!(text, "{indent}{quote}{name}{quote}?: ");
        if key.members.is_empty() {
            let _ = writeln!(text, "{};", key.type_text());
        } else {
            *text += "{\n";
            write_members(text, depth + 1, key.members.iter());
            let _ = writeln!(text, "{indent}}};");
        }
    }
}

/// Writes a comment in lines of at most 120 characters.
fn write_note(text: &mut String, indent: &str, note: &str) {
    const WIDTH: usize = 120;
    let short = format!("{indent}/** {note} */");
    if short.chars().count() <= WIDTH {
        let _ = writeln!(text, "{short}");
        return;
    }
    let _ = write!(text, "{indent}/**");
    let mut width = WIDTH;
    for word in note.split(' ') {
        if width + 1 + word.chars().count() > WIDTH {
            let _ = write!(text, "\n{indent} *");
            width = indent.len() + 2;
        }
        let _ = write!(text, " {word}");
        width += 1 + word.chars().count();
    }
    let _ = writeln!(text, "\n{indent} */");
}

/// Returns the comment on a value: its origin, and the way that it is made, or the description of AWS's field. An object's
/// members have their own.
fn note(entry: &Entry) -> Option<(String, String)> {
    match (entry.how, entry.from) {
        (How::Object, _) => None,
        (_, [field]) if name_below(&entry.path) == Some(field.column()) => {
            let facts = field.facts();
            // A document has another form of a time than the line.
            let (unit, form) = match facts.kind.type_name() {
                "timestamp" => (", in Unix seconds.", format!(": {}", How::Time.describe())),
                _ => (".", String::new()),
            };
            Some((String::new(), format!("{}{form}", facts.description.trim_end_matches(unit))))
        }
        (how, []) => Some((String::new(), how.describe())),
        (how, from) => {
            let names: Vec<String> = from.iter().map(|field| format!("`{}`", field.name())).collect();
            Some((format!("{}: ", names.join(", ")), how.describe()))
        }
    }
}

/// Returns the type of the value that an entry writes.
fn type_of(entry: &Entry) -> String {
    let name = match entry.how {
        How::Object | How::Geo | How::As => "JsonObject",
        How::EventType | How::RelatedIp(_) | How::Given(Setting::Tags) => "string[]",
        // One that is not a string.
        How::Constant(_) | How::ConstantIfAny(_) => "string[]",
        How::FlagNames { .. } => return format!("({})[]", flags().join(" | ")),
        How::Outcome(..) | How::Given(_) => "string",
        How::Text | How::TextOrDash | How::Digits | How::Lower | How::Time | How::EventTime => "string",
        How::Transport(_) | How::NetworkType(_) | How::CommunityId => "string",
        How::Typed => match entry.from.first().map(|field| field.facts().kind.type_name()) {
            Some("integer") => "number",
            Some("long") => "Long",
            _ => "string",
        },
    };
    name.into()
}

/// Returns the names of all flags, from the document of a record that has them.
fn flags() -> Vec<String> {
    let document = vpcflow_ecs::parse("63", Some("${tcp-flags}")).ok().flatten().unwrap_or_default();
    let names = document["aws"]["vpcflow"]["tcp_flags_array"].as_array().cloned().unwrap_or_default();
    names.iter().filter_map(|name| name.as_str()).map(|name| format!("'{name}'")).collect()
}

/// Returns the type of a key that no rule makes, by its type in Elasticsearch.
fn type_named(name: &str) -> &'static str {
    match name {
        "long" => "number",
        "boolean" => "boolean",
        "geo_point" => "{ lat: number; lon: number }",
        "object" | "flattened" => "JsonObject",
        _ => "string",
    }
}
