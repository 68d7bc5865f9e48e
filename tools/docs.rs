//! Prints the tables of the code into `docs/`, and the types of documents into `js/index.d.ts`: `npm run docs`, or
//! `cargo run --example docs --features ingest`. A test compares the files with the output.

pub mod declarations;

use std::fmt::Write as _;

use vpcflow_ecs::schema::{How, Outputs, RULES, original, original_path};
use vpcflow_ecs::{Facts, Field, Kind, Mode, PRESETS, Schema};

fn main() -> std::io::Result<()> {
    for (name, text) in files()? {
        std::fs::write(path(name), text)?;
        eprintln!("{name}");
    }
    Ok(())
}

/// Returns the path of a file of the repository.
pub fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Returns each generated file: its path in the repository, and its text.
pub fn files() -> std::io::Result<[(&'static str, String); 3]> {
    let declarations = declarations::declarations(&std::fs::read_to_string(path("js/index.d.ts"))?);
    Ok([("docs/mapping.md", mapping()), ("docs/fields.md", fields()), ("js/index.d.ts", declarations)])
}

const GENERATED: &str = "<!-- Generated from the code by `npm run docs`. -->\n";

/// Returns the output kinds of all schemas, each with the heading of its column.
fn outputs() -> Vec<(Outputs, String)> {
    let mut outputs = Vec::new();
    for facts in Schema::ALL.map(Schema::facts) {
        outputs.push((Outputs::ecs(facts.schema), format!("`{}`", facts.word)));
        if facts.modes.contains(&Mode::Original) {
            outputs.push((Outputs::original(facts.schema), format!("`{}`, original", facts.word)));
        }
    }
    outputs
}

/// One line of the mapping: a key, how it is made, and where.
struct Entry {
    path: String,
    from: &'static [Field],
    how: How,
    outputs: Vec<Outputs>,
}

/// Returns the table's rows, and those that the rule for fields without a row adds.
fn entries() -> Vec<Entry> {
    let kinds: Vec<Outputs> = outputs().into_iter().map(|(output, _)| output).collect();
    let mut entries: Vec<Entry> = RULES
        .iter()
        .map(|rule| {
            let outputs = kinds.iter().copied().filter(|output| rule.outputs.meets(*output));
            Entry { path: rule.path.into(), from: rule.from, how: rule.how, outputs: outputs.collect() }
        })
        .collect();
    for (index, field) in Field::ALL.iter().enumerate() {
        for output in kinds.iter().copied() {
            if let Some(how) = original(*field, output) {
                let path = original_path(field.column(), output);
                let from = &Field::ALL[index..=index];
                match entries.iter_mut().find(|e| e.path == path && e.from == from && same(e.how, how, *field)) {
                    Some(entry) => entry.outputs.push(output),
                    None => entries.push(Entry { path, from, how, outputs: vec![output] }),
                }
            }
        }
    }
    entries
}

/// True if two ways write a field in the same way: by its type, a text is text.
fn same(left: How, right: How, field: Field) -> bool {
    let is_text = !matches!(field.facts().kind.type_name(), "integer" | "long" | "timestamp");
    let plain = |how: How| if how == How::Typed && is_text { How::Text } else { how };
    plain(left) == plain(right)
}

fn mapping() -> String {
    let mut text = String::from(GENERATED);
    text += "\n# Mapping\n\nThe key of a document that each AWS field becomes, in each schema. \"ECS\" means Elastic Common \
             Schema; the fields that start with `ecs-` are Amazon ECS's.\n\nThe columns `original` are the additions of the \
             modes `original` and `ecs_and_original`. A field that is absent (`-`) adds nothing unless its row says \
             otherwise. A name that AWS has not documented yet goes to `aws.vpcflow.<column>` as text, in every schema.\n\n\
             ECS has no field of the same meaning for any of versions 9 to 11, so those stay under `aws.vpcflow`. Its \
             `cloud.target.*` and `cloud.origin.*` are the far end of the traffic, while the next hop is the neighbouring \
             interface, often that of a middlebox. Its `observer.*` is the device that observes the traffic, not the \
             service behind an interface.\n\n## From the record\n\n";
    let entries = entries();
    let heading: Vec<String> = outputs().into_iter().map(|(_, heading)| heading).collect();
    let _ = writeln!(text, "| AWS field | key | value | {} |", heading.join(" | "));
    let _ = writeln!(text, "|---|---|---|{}", ":-:|".repeat(heading.len()));
    for field in Field::ALL {
        // A row that reads several fields stands with its first one.
        for entry in entries.iter().filter(|entry| entry.from.first() == Some(field)) {
            let names: Vec<String> = entry.from.iter().map(|field| format!("`{}`", field.name())).collect();
            let marks: Vec<&str> = marks(&entry.outputs);
            let how = value(entry.how, *field);
            let _ = writeln!(text, "| {} | `{}` | {how} | {} |", names.join(" "), entry.path, marks.join(" | "));
        }
    }
    text += "\n## From the schema and the options\n\n";
    let _ = writeln!(text, "| key | value | {} |", heading.join(" | "));
    let _ = writeln!(text, "|---|---|{}", ":-:|".repeat(heading.len()));
    for entry in entries.iter().filter(|entry| entry.from.is_empty() && !entry.outputs.is_empty()) {
        let _ =
            writeln!(text, "| `{}` | {} | {} |", entry.path, entry.how.describe(), marks(&entry.outputs).join(" | "));
    }
    text += "\n## The event of a bad line\n\nWith `onError: 'document'`, in every schema.\n\n\
             | key | value |\n|---|---|\n";
    for rule in RULES.iter().filter(|rule| rule.outputs.meets(Outputs::ERROR)) {
        let _ = writeln!(text, "| `{}` | {} |", rule.path, rule.how.describe());
    }
    text
}

fn value(how: How, field: Field) -> String {
    match (how, field.facts().kind.type_name()) {
        (How::Typed, "integer" | "long") => "number".into(),
        (How::Typed, "timestamp") => How::Time.describe(),
        (How::Typed | How::Text, _) if field.kind() == Kind::Tag => "text, percent-decoded".into(),
        (How::Typed, _) => How::Text.describe(),
        (how, _) => how.describe(),
    }
}

fn marks(found: &[Outputs]) -> Vec<&'static str> {
    outputs().iter().map(|(output, _)| if found.contains(output) { "✓" } else { "" }).collect()
}

fn fields() -> String {
    let mut text = String::from(GENERATED);
    text += "\n# Fields and presets\n\n## Fields\n\n";
    let _ = write!(text, "The {} fields that AWS documents for VPC and transit gateway flow logs. ", Field::ALL.len());
    text += "In a format, hyphens and underscores are the same.\n\n\
             Tools know some fields by other names, which are [read with a warning](formats.md#other-names).\n\n\
             | field | version | type | kind | range | VPC | TGW | meaning | other names |\n\
             |---|---:|---|---|---|:-:|:-:|---|---|\n";
    for field in Field::ALL {
        let Facts { name, version, vpc, tgw, kind, description, aliases, .. } = field.facts();
        let others: Vec<String> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let mark = |has: &bool| if *has { "✓" } else { "" };
        let range = match kind.type_name() {
            "integer" | "long" => kind.expected(),
            "timestamp" => "Unix seconds, UTC".into(),
            _ => String::new(),
        };
        let _ = writeln!(
            text,
            "| `{name}` | {version} | {} | {} | {range} | {} | {} | {description} | {} |",
            kind.type_name(),
            kind.name(),
            mark(vpc),
            mark(tgw),
            others.join(" ")
        );
    }
    text += "\n## Presets\n\nNames that may be given as a format. Without a format and without a header, a line is read by \
             the one of these that it fits.\n\n| preset | fields | what it is | format |\n|---|---:|---|---|\n";
    for preset in PRESETS {
        let format = preset.format();
        let names: Vec<&str> = format.columns().iter().map(|column| column.name()).collect();
        let _ =
            writeln!(text, "| `{}` | {} | {} | `{}` |", preset.name, names.len(), preset.description, names.join(" "));
    }
    text
}
