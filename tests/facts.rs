//! The field table against the project's copy of AWS's facts.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use vpcflow_ecs::{Field, Format, PRESETS};

#[test]
fn field_table_says_what_aws_documents() {
    let tgw = PRESETS.iter().find(|preset| preset.name == "tgw").unwrap().fields();
    let place = |has: bool, position: Option<usize>| match position {
        Some(position) if has => (position + 1).to_string(),
        _ => "-".to_owned(),
    };
    let found: Vec<String> = Field::ALL
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let facts = field.facts();
            let tgw_place = tgw.iter().position(|other| other == field);
            assert_eq!(facts.tgw, tgw_place.is_some(), "{}", facts.name);
            assert_eq!(facts.column, facts.name.replace('-', "_"));
            [
                facts.name.to_owned(),
                facts.version.to_string(),
                facts.kind.type_name().to_owned(),
                place(facts.vpc, Some(index)),
                place(facts.tgw, tgw_place),
            ]
            .join("\t")
        })
        .collect();
    let facts = include_str!("facts/fields.tsv");
    let expected: Vec<&str> = facts.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(found, expected);
    assert_eq!(found.len(), 72);
}

#[test]
fn every_field_has_a_golden() {
    let mut seen: BTreeMap<Field, usize> = BTreeMap::new();
    let documents = [include_str!("fixtures/documents-ecs.json"), include_str!("fixtures/documents-modes.json")];
    for json in documents {
        let cases: Vec<serde_json::Value> = serde_json::from_str(json).unwrap();
        for case in cases {
            let format = Format::parse(case["options"]["format"].as_str().unwrap_or("default")).unwrap();
            for line in case["lines"].as_array().unwrap() {
                let tokens = line.as_str().unwrap().split_whitespace();
                for (column, token) in format.columns().iter().zip(tokens) {
                    if let Some(field) = column.field().filter(|_| token != "-") {
                        *seen.entry(field).or_default() += 1;
                    }
                }
            }
        }
    }
    let missing: Vec<&str> = Field::ALL.iter().filter(|f| !seen.contains_key(f)).map(|f| f.name()).collect();
    assert_eq!(missing, [""; 0]);
}
