//! The tables of the code against AWS's facts, each other, the fixtures and the documentation. A failure names each row
//! that is missing or differs, and the file to change.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod cases;

use std::collections::BTreeSet;

use serde_json::Value;
use vpcflow_ecs::{Field, Format, Kind, Mode, Options, PRESETS, Parser, Preset, Schema};

/// Fails with every problem on a line of its own.
fn assert_none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn field_table_says_what_aws_documents() {
    let tgw = PRESETS.iter().find(|preset| preset.name == "tgw").unwrap().fields();
    let position = |has: bool, position: Option<usize>| match position {
        Some(position) if has => (position + 1).to_string(),
        _ => "-".to_owned(),
    };
    let found = Field::ALL.iter().enumerate().map(|(index, field)| {
        let facts = field.facts();
        let in_tgw = tgw.iter().position(|other| other == field);
        let row = [
            facts.name.to_owned(),
            facts.version.to_string(),
            facts.kind.type_name().to_owned(),
            position(facts.vpc, Some(index)),
            position(facts.tgw, in_tgw),
        ];
        (facts.name, row.join("\t"))
    });
    let found: Vec<(&str, String)> = found.collect();
    let expected: Vec<&str> = include_str!("facts/fields.tsv").lines().filter(|line| !line.starts_with('#')).collect();
    let name_of = |row: &str| row.split('\t').next().unwrap_or_default().to_owned();
    let mut problems = Vec::new();
    for (name, row) in &found {
        match expected.iter().find(|other| name_of(other) == *name) {
            None => problems.push(format!("{name}: tests/facts/fields.tsv has no row for it; the code has {row:?}")),
            Some(other) if other != row => {
                problems.push(format!("{name}: the code has {row:?}, tests/facts/fields.tsv has {other:?}"));
            }
            Some(_) => {}
        }
    }
    for row in &expected {
        let name = name_of(row);
        if !found.iter().any(|(other, _)| *other == name) {
            problems.push(format!("{name}: src/field.rs has no row for it"));
        }
    }
    assert_none(problems);
    assert_eq!(found.len(), expected.len());
}

#[test]
fn columns_are_names_with_underscores() {
    for field in Field::ALL {
        assert_eq!(field.column(), field.name().replace('-', "_"));
    }
}

#[test]
fn each_field_of_transit_gateways_is_in_their_preset() {
    let tgw = PRESETS.iter().find(|preset| preset.name == "tgw").unwrap().fields();
    let problem = |field: &&Field| field.facts().tgw != tgw.contains(field);
    let problems = Field::ALL.iter().filter(problem);
    assert_none(
        problems
            .map(|field| format!("{}: src/format/presets.rs: TGW has it, or src/field.rs, but not both", field.name())),
    );
}

/// A version that adds VPC fields has a preset with all of them; from version 5 on, one in the order of the console, too.
#[test]
fn each_version_has_its_presets() {
    let versions: BTreeSet<u8> =
        Field::ALL.iter().map(|field| field.facts()).filter(|facts| facts.vpc).map(|facts| facts.version).collect();
    let expected = versions.into_iter().flat_map(|version| {
        let alphabetical = (version >= 5).then(|| format!("v{version}-alphabetical"));
        [Some(format!("v{version}")), alphabetical].into_iter().flatten()
    });
    let missing = expected.filter(|name| !PRESETS.iter().any(|preset| preset.name == name));
    assert_none(missing.map(|name| format!("{name}: src/format/presets.rs: PRESETS has no such preset")));
}

#[test]
fn every_field_has_a_golden() {
    let mut seen = BTreeSet::new();
    for (_, json) in cases::DOCUMENTS.iter().filter(|(name, _)| ["documents-ecs", "documents-modes"].contains(name)) {
        for case in cases::cases(json) {
            let format = case.get("options").and_then(|options| options["format"].as_str());
            let format = Format::parse(format.unwrap_or("default")).unwrap();
            for line in cases::list(&case, "lines") {
                let tokens = line.as_str().unwrap().split_whitespace();
                let columns = format.columns().iter().zip(tokens).filter(|(_, token)| *token != "-");
                seen.extend(columns.filter_map(|(column, _)| column.field()));
            }
        }
    }
    let missing = Field::ALL.iter().filter(|field| !seen.contains(field));
    assert_none(missing.map(|field| format!("{}: tests/fixtures/documents-ecs.json has no value of it", field.name())));
}

#[test]
fn every_schema_has_goldens() {
    let missing = Schema::ALL.iter().map(|schema| format!("documents-{}", schema.word()));
    let missing = missing.filter(|name| !cases::DOCUMENTS.iter().any(|(other, _)| other == name));
    assert_none(missing.map(|name| format!("{name}: tests/cases/mod.rs: DOCUMENTS has no such file")));
    let mut tested = BTreeSet::new();
    for (_, json) in cases::DOCUMENTS {
        for case in cases::cases(json) {
            let options = cases::options(&case).unwrap();
            tested.insert((options.schema.word(), options.mode.word()));
        }
    }
    let all = selections().map(|(schema, mode)| (schema.word(), mode.word()));
    let missing = all.filter(|selection| !tested.contains(selection));
    assert_none(
        missing.map(|(schema, mode)| format!("{schema}, mode {mode}: tests/fixtures/documents-*.json have no case")),
    );
}

#[test]
fn layouts_of_schemas_are_presets() {
    let is_preset = |name: &str| PRESETS.iter().any(|preset: &Preset| preset.name == name);
    let problems = Schema::ALL.into_iter().flat_map(|schema| {
        let unknown = schema.facts().layouts.unwrap_or_default().iter().filter(|name| !is_preset(name));
        unknown.map(move |name| format!("{}: its layout {name} is not a preset", schema.word()))
    });
    assert_none(problems);
}

/// Lists every schema with each of its modes.
fn selections() -> impl Iterator<Item = (Schema, Mode)> {
    Schema::ALL.into_iter().flat_map(|schema| schema.facts().modes.iter().map(move |mode| (schema, *mode)))
}

/// Returns a token of a field that the line does not have twice, if its kind allows it; and the same in a document.
fn sample(index: usize, field: Field) -> (String, String) {
    let token = match field.kind() {
        Kind::Integer { max } => (1_000 + index as u64).min(max).to_string(),
        Kind::Address => format!("192.0.2.{index}"),
        // 2026-01-01, and a few seconds.
        Kind::Time => return ((1_767_225_600 + index).to_string(), format!("2026-01-01t00:00:{index:02}.000z")),
        Kind::Word(words) => words[0].to_owned(),
        Kind::Account => format!("{:012}", 123_456_000_000 + index as u64),
        _ => format!("text{index}"),
    };
    (token.clone(), token.to_lowercase())
}

/// Collects the texts and the numbers of a document, in lower case.
fn leaves(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.values().for_each(|value| leaves(value, into)),
        Value::Array(items) => items.iter().for_each(|value| leaves(value, into)),
        Value::String(text) => drop(into.insert(text.to_lowercase())),
        other => drop(into.insert(other.to_string())),
    }
}

#[test]
fn no_value_of_a_line_is_lost() {
    let samples: Vec<(String, String)> =
        Field::ALL.iter().enumerate().map(|(index, field)| sample(index, *field)).collect();
    let line: Vec<&str> = samples.iter().map(|(token, _)| token.as_str()).collect();
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let format = Format::parse(&(names.join(" ") + " not-yet-documented")).unwrap();
    let mut problems = Vec::new();
    for (schema, mode) in selections() {
        let options = Options { formats: vec![format.clone()], schema, mode, ..Options::default() };
        let document = cases::document(&mut Parser::new(options).unwrap(), &(line.join(" ") + " new-value"));
        let mut found = BTreeSet::new();
        leaves(&document.unwrap().unwrap(), &mut found);
        let expected = names.iter().zip(&samples).map(|(name, (_, value))| (*name, value.as_str()));
        for (name, value) in expected.chain([("not-yet-documented", "new-value")]) {
            if !found.contains(value) {
                let (schema, mode) = (schema.word(), mode.word());
                problems.push(format!("{name}: schema {schema}, mode {mode}: {value:?} is not in the document"));
            }
        }
    }
    assert_none(problems);
}

/// The sentences that count the fields and the presets count those of the tables.
#[test]
fn texts_count_the_tables() {
    let (fields, presets) = (format!("{} fields that AWS", Field::ALL.len()), format!("{} presets.", PRESETS.len()));
    let newest = Field::ALL.iter().map(|field| field.facts().version).max().unwrap_or_default();
    let versions = format!("versions 2 to {newest} ");
    let texts = [
        ("README.md", include_str!("../README.md"), &fields),
        ("CHANGELOG.md", include_str!("../CHANGELOG.md"), &fields),
        ("CHANGELOG.md", include_str!("../CHANGELOG.md"), &presets),
        ("CHANGELOG.md", include_str!("../CHANGELOG.md"), &versions),
        ("docs/formats.md", include_str!("../docs/formats.md"), &fields),
    ];
    let words = |text: &str| text.split_whitespace().collect::<Vec<&str>>().join(" ");
    let wrong = texts.into_iter().filter(|(_, text, expected)| !words(text).contains(expected.as_str()));
    assert_none(wrong.map(|(path, _, expected)| format!("{path}: it should say {expected:?}")));
}

/// The reference names every schema and every mode.
#[test]
fn the_reference_names_each_schema_and_mode() {
    let texts = [
        ("docs/options.md", include_str!("../docs/options.md")),
        ("docs/documents.md", include_str!("../docs/documents.md")),
    ];
    let words = Schema::ALL.map(Schema::word).into_iter().chain(Mode::ALL.map(Mode::word));
    let places = words.flat_map(|word| texts.map(|(path, text)| (word, path, text)));
    let missing = places
        .filter(|(word, _, text)| ![format!("`{word}`"), format!("`'{word}'`")].iter().any(|word| text.contains(word)));
    assert_none(missing.map(|(word, path, _)| format!("{word}: {path} does not name it")));
}
