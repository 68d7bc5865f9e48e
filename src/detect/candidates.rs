//! The formats that a sample may have: those of its headers, of documented layouts, and the one inferred from its
//! columns.

use std::collections::HashSet;

use super::assign::{Assignment, Problem};
use super::relation::RELATIONS;
use super::table::Table;
use super::{Candidate, Origin, doubts};
use crate::field::Field;
use crate::format::Format;
use crate::format::presets::PRESETS;
use crate::record::plural;
use crate::value::Kind;

/// The margin below the likeliest assignment within which others leave a column open, in nats.
pub(super) const MARGIN: f64 = 8.0;

/// Returns the advantage of a documented layout over an arbitrary order of columns, in nats.
///
/// It has a part for being documented, and a part for each column whose values fit it.
pub(super) fn layout_bonus(columns: usize) -> f64 {
    25.0 + 4.0 * columns as f64
}

/// The nats by which a relation rules a documented layout out: those of some ten records that break a law.
const OUT_OF_LAW: f64 = 30.0;

/// Returns the format of a header line.
pub(super) fn of_header(line: usize, format: &Format, rows: &[Vec<&[u8]>]) -> Candidate {
    let fits = |row: &&Vec<&[u8]>| {
        row.len() == format.columns().len()
            && format
                .columns()
                .iter()
                .zip(row.iter())
                .all(|(column, token)| column.field().is_none_or(|field| field.kind().read(token).is_ok()))
    };
    let fitting = rows.iter().filter(fits).count();
    let evidence = vec![format!("line {line} is a header"), format!("{fitting} of {} lines fit it", rows.len())];
    Candidate {
        format: format.clone(),
        origin: Origin::Header,
        confidence: if rows.is_empty() { 1.0 } else { fitting as f64 / rows.len() as f64 },
        evidence,
        unresolved: Vec::new(),
        example: example(rows.iter().find(fits)),
    }
}

/// Returns the documented layouts that nearly all lines fit, the likeliest first, with their scores.
pub(super) fn layouts(rows: &[Vec<&[u8]>], token_count: usize) -> Vec<(Candidate, f64)> {
    let mut fitting: Vec<(Candidate, f64)> = Vec::new();
    let mut most = 0;
    for preset in PRESETS.iter().filter(|preset| preset.field_count() == token_count) {
        let format = preset.format();
        if fitting.iter().any(|(candidate, _)| candidate.format == format) {
            continue;
        }
        let fits = |row: &&Vec<&[u8]>| {
            format.columns().iter().zip(row.iter()).all(|(column, token)| {
                column.field().is_none_or(|field| field.kind().read(token).is_ok() && field.kind().looks_right(token))
            })
        };
        // A few broken lines must not hide what a log is, not even in a short one.
        let lines: Vec<&Vec<&[u8]>> = rows.iter().filter(fits).collect();
        if lines.is_empty() || lines.len() * 10 < rows.len() * 8 || lines.len() < most {
            continue;
        }
        let table = Table::new(&distinct(lines.iter().copied()), token_count);
        let problem = Problem::new(&table, |_| true);
        let assignment: Assignment = preset.fields().into_iter().map(Some).collect();
        // Every value fits its column; but relations between columns may speak against the layout.
        let Some(score) = problem.score(&assignment).filter(|_| problem.worst_relation(&assignment) > -OUT_OF_LAW)
        else {
            continue;
        };
        // Only those that fit most lines can be compared: each is scored on the lines that it fits.
        if lines.len() > most {
            most = lines.len();
            fitting.clear();
        }
        let mut evidence = vec![format!("{} of {} lines fit it: {}", lines.len(), rows.len(), preset.description)];
        evidence.extend(relations(&problem, &assignment));
        let example = example(lines.first().copied());
        let origin = Origin::Preset(preset.name);
        fitting.push((Candidate { format, origin, confidence: 1.0, evidence, unresolved: Vec::new(), example }, score));
    }
    fitting.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    if let Some(best) = fitting.first().map(|(_, score)| *score) {
        fitting.retain(|(_, score)| best - score < MARGIN);
    }
    fitting
}

/// Returns the likeliest order of the fields of one kind of log, with its score.
pub(super) fn inferred(table: &Table<'_>) -> Option<(Candidate, f64)> {
    let vpc = Problem::new(table, |field| field.facts().vpc);
    let tgw = Problem::new(table, |field| field.facts().tgw);
    let of_vpc = vpc.solve();
    let of_tgw = tgw.solve();
    let (problem, (assignment, score)) = if of_tgw.1 > of_vpc.1 { (&tgw, of_tgw) } else { (&vpc, of_vpc) };
    let columns = assignment.len();
    let empty = |column: usize| table.columns.get(column).is_none_or(|data| data.present().next().is_none());
    let named = assignment.iter().flatten().count();
    let filled = (0..columns).filter(|column| !empty(*column)).count();
    // Any text may be a tag or a name. The other kinds make a flow log.
    let is_specific = |field: &&Field| !matches!(field.kind(), Kind::Text | Kind::Tag | Kind::Name | Kind::Lower);
    let specific = assignment.iter().flatten().filter(is_specific).count();
    let is_mark = |field: &Field| matches!(field.kind(), Kind::Address | Kind::Id(_) | Kind::Word(_) | Kind::Account);
    if specific * 2 < filled || !assignment.iter().flatten().any(is_mark) {
        return None;
    }

    let alternatives = problem.alternatives(&assignment, MARGIN);
    let unresolved = doubts::unresolved(table, problem, &assignment, &alternatives);
    let confidence = 1.0 / (1.0 + alternatives.iter().map(|alternative| (-alternative.less).exp()).sum::<f64>());

    let names: Vec<String> = assignment
        .iter()
        .enumerate()
        .map(|(column, field)| field.map_or_else(|| format!("column-{}", column + 1), |field| field.name().to_owned()))
        .collect();
    let format = Format::from_names(&names).ok()?;
    let mut evidence = vec![format!(
        "the values of {named} of {columns} {} are those of documented fields, in {} different lines",
        plural(columns),
        table.rows
    )];
    evidence.extend(relations(problem, &assignment));
    let candidate =
        Candidate { format, origin: Origin::Inferred, confidence, evidence, unresolved, example: String::new() };
    Some((candidate, score))
}

/// Returns each distinct line once: a repeated line is one piece of evidence.
pub(super) fn distinct<'a, 'r>(rows: impl Iterator<Item = &'r Vec<&'a [u8]>>) -> Vec<Vec<&'a [u8]>>
where
    'a: 'r,
{
    let mut seen: HashSet<&[&[u8]]> = HashSet::new();
    rows.filter(|row| seen.insert(row.as_slice())).cloned().collect()
}

/// Returns a line as an example for people.
pub(super) fn example(row: Option<&Vec<&[u8]>>) -> String {
    row.map(|row| String::from_utf8_lossy(&row.join(&b' ')).into_owned()).unwrap_or_default()
}

/// Returns a sentence for each relation that speaks for an assignment.
fn relations(problem: &Problem<'_>, assignment: &Assignment) -> Vec<String> {
    let mut sentences = Vec::new();
    for (index, relation) in RELATIONS.iter().enumerate() {
        if let Some((_, columns)) = problem.relation(index, assignment).filter(|(score, _)| *score > 1.0) {
            let columns: Vec<String> = columns.iter().map(|column| (column + 1).to_string()).collect();
            sentences.push(format!("columns {}: {}", columns.join(", "), relation.says));
        }
    }
    sentences
}
