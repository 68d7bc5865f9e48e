//! The formats that a sample may have: those of its headers, of documented layouts, and the one inferred from its
//! columns.

use std::collections::HashSet;

use super::assign::{Assignment, Problem};
use super::likelihood::Fits;
use super::relation::RELATIONS;
use super::table::{ColumnData, Table};
use super::{Candidate, Origin, doubts, likelihood};
use crate::base::sorted::largest_first;
use crate::error::quoted;
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

/// The nats that a wrong value costs: more than the margin, so that a layout without one is likelier.
const WRONG_VALUE: f64 = 20.0;

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
    let has_its_length = |row: &&Vec<&[u8]>| row.len() == format.columns().len();
    let fitting = rows.iter().filter(fits).count();
    let table = Table::new(&distinct(rows.iter().filter(has_its_length)), format.columns().len());
    let evidence = vec![format!("line {line} is a header"), format!("{fitting} of {} lines fit it", rows.len())];
    Candidate {
        format: format.clone(),
        origin: Origin::Header,
        confidence: if rows.is_empty() { 1.0 } else { fitting as f64 / rows.len() as f64 },
        evidence,
        unresolved: Vec::new(),
        choices: choices(&table, &likelihood::fits(&table)),
        example: example(rows.iter().find(fits)),
    }
}

/// Returns the fields that each column's values can be, the likeliest first. An absent column may be any.
fn choices(table: &Table<'_>, fits: &[Fits]) -> Vec<Vec<Field>> {
    let of_column = |(column, fits): (&ColumnData<'_>, &Fits)| {
        let fields = largest_first(fits.fields.iter().copied(), |(_, fit)| *fit);
        let is_absent = column.present().next().is_none();
        if is_absent { Field::ALL.to_vec() } else { fields.into_iter().map(|(field, _)| field).collect() }
    };
    table.columns.iter().zip(fits).map(of_column).collect()
}

/// True if a token that a field cannot have is like its values: a number out of range, or a broken address.
fn is_like(field: Field, token: &[u8]) -> bool {
    let all = |allowed: fn(&u8) -> bool| token.iter().all(allowed);
    match field.kind() {
        Kind::Integer { .. } | Kind::Time | Kind::Account => all(u8::is_ascii_digit),
        Kind::Address => {
            token.iter().any(|byte| b".:".contains(byte))
                && all(|byte| byte.is_ascii_hexdigit() || b".:".contains(byte))
        }
        Kind::Word(_) => all(u8::is_ascii_alphabetic),
        Kind::Id(prefix) => token.starts_with(prefix.as_bytes()),
        _ => false,
    }
}

/// Returns the documented layouts that nearly all lines fit, the likeliest first, with their scores. The table is that of
/// all lines.
pub(super) fn layouts<'a, 'r>(rows: &'r [Vec<&'a [u8]>], table: &Table<'a>, fits: &[Fits]) -> Vec<(Candidate, f64)> {
    let token_count = table.columns.len();
    let mut fitting: Vec<(Candidate, f64)> = Vec::new();
    let mut most = 0;
    for preset in PRESETS.iter().filter(|preset| preset.field_count() == token_count) {
        let format = preset.format();
        if fitting.iter().any(|(candidate, _)| candidate.format == format) {
            continue;
        }
        let wrong = |row: &[&[u8]]| -> Vec<(usize, Field)> {
            let columns = format.columns().iter().zip(row).enumerate();
            let fields = columns.filter_map(|(index, (column, token))| Some((index, column.field()?, *token)));
            let wrong = fields
                .filter(|(_, field, token)| field.kind().read(token).is_err() || !field.kind().looks_right(token));
            wrong.map(|(index, field, _)| (index, field)).collect()
        };
        let wrongs: Vec<Vec<(usize, Field)>> = rows.iter().map(|row| wrong(row)).collect();
        // A column of which most values are those of another field is another one. A single one may be wrong.
        let mut mostly_wrong = vec![(0, 0, false); token_count];
        for (row, wrongs) in rows.iter().zip(&wrongs) {
            for (_, (_, present, _)) in row.iter().zip(&mut mostly_wrong).filter(|(token, _)| **token != b"-") {
                *present += 1;
            }
            for (index, field) in wrongs {
                if let Some((wrong, _, is_other)) = mostly_wrong.get_mut(*index) {
                    *wrong += 1;
                    *is_other |= *wrong > 1 || row.get(*index).is_some_and(|token| !is_like(*field, token));
                }
            }
        }
        if mostly_wrong.iter().any(|(wrong, present, is_other)| *is_other && *wrong * 2 > *present) {
            continue;
        }
        // A few broken lines must not hide what a log is, not even in a short one: one value may be wrong.
        let right = rows.iter().zip(&wrongs).filter(|(_, wrongs)| wrongs.is_empty());
        let mut lines: Vec<Vec<&[u8]>> = right.map(|(row, _)| row.clone()).collect();
        let mut broken = None;
        if lines.len() * 10 < rows.len() * 8 {
            let one_wrong = |(row, wrongs): (&'r Vec<&'a [u8]>, &Vec<(usize, Field)>)| match wrongs.as_slice() {
                [(index, field)] => {
                    let token = row.get(*index).copied().filter(|token| is_like(*field, token))?;
                    Some((row, *index, *field, token))
                }
                _ => None,
            };
            if let Some((row, index, field, token)) = rows.iter().zip(&wrongs).find_map(one_wrong) {
                let without = row.iter().enumerate().map(|(at, token)| if at == index { b"-" } else { *token });
                lines.push(without.collect());
                broken = Some((row, field, token));
            }
        }
        if lines.is_empty() || lines.len() * 10 < rows.len() * 8 || lines.len() < most {
            continue;
        }
        let of_some = (lines.len() < rows.len() || broken.is_some()).then(|| {
            let table = Table::new(&distinct(lines.iter()), token_count);
            let fits = likelihood::fits(&table);
            (table, fits)
        });
        let (table, fits) = of_some.as_ref().map_or((table, fits), |(table, fits)| (table, fits));
        let problem = Problem::new(table, fits, |_| true);
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
        let fitting_lines = lines.len() - usize::from(broken.is_some());
        let mut evidence = vec![format!("{fitting_lines} of {} lines fit it: {}", rows.len(), preset.description)];
        evidence.extend(broken.map(|(_, field, token)| {
            let token = String::from_utf8_lossy(token);
            format!("another line fits it except for the field {}, which is {}", quoted(field.name()), quoted(&token))
        }));
        evidence.extend(relations(&problem, &assignment));
        let candidate = Candidate {
            format,
            origin: Origin::Preset(preset.name),
            confidence: 1.0,
            evidence,
            unresolved: Vec::new(),
            choices: choices(table, fits),
            example: example(if fitting_lines > 0 { lines.first() } else { broken.map(|(row, ..)| row) }),
        };
        fitting.push((candidate, if broken.is_some() { score - WRONG_VALUE } else { score }));
    }
    let mut fitting = largest_first(fitting, |(_, score)| *score);
    if let Some(best) = fitting.first().map(|(_, score)| *score) {
        fitting.retain(|(_, score)| best - score < MARGIN);
    }
    fitting
}

/// True if the records say a newer version than that of each field of a layout.
pub(super) fn is_outdated(table: &Table<'_>, layout: &Format) -> bool {
    let said = layout.index_of(Field::Version).and_then(|column| table.columns.get(column)?.most()?.number);
    said.is_some_and(|said| said > u64::from(layout.version()))
}

/// Returns the likeliest order of the fields of one kind of log, with its score.
pub(super) fn inferred(table: &Table<'_>, fits: &[Fits]) -> Option<(Candidate, f64)> {
    let vpc = Problem::new(table, fits, |field| field.facts().vpc);
    let tgw = Problem::new(table, fits, |field| field.facts().tgw);
    let of_vpc = vpc.solve();
    let of_tgw = tgw.solve();
    let (of_vpc, of_tgw) = ((&vpc, of_vpc), (&tgw, of_tgw));
    let is_tgw = of_tgw.1.score > of_vpc.1.score;
    let ((problem, solution), (other, of_other)) = if is_tgw { (of_tgw, of_vpc) } else { (of_vpc, of_tgw) };
    let assignment = &solution.assignment;
    let columns = assignment.len();
    let empty = |column: usize| table.columns.get(column).is_none_or(|data| data.present().next().is_none());
    let named = assignment.iter().flatten().count();
    let filled = (0..columns).filter(|column| !empty(*column)).count();
    // Any text may be a tag or a name. The other kinds make a flow log.
    let is_specific =
        |field: &&Field| !matches!(field.kind(), Kind::Text | Kind::Tag | Kind::Name | Kind::Uid | Kind::Lower);
    let specific = assignment.iter().flatten().filter(is_specific).count();
    let is_mark = |field: &Field| matches!(field.kind(), Kind::Address | Kind::Id(_) | Kind::Word(_) | Kind::Account);
    if specific * 2 < filled || !assignment.iter().flatten().any(is_mark) {
        return None;
    }

    let doubts = doubts::doubts(table, problem, assignment);
    let mut alternatives = problem.alternatives(&solution, &doubts);
    alternatives.extend(problem.alternatives_of(&solution, other, &of_other));
    let unresolved = doubts::unresolved(assignment, &alternatives, &doubts);
    let others = alternatives.iter().map(|other| (-other.less - other.less_usual).exp());
    let confidence = 1.0 / (1.0 + others.sum::<f64>());

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
    if problem.is_usual(assignment) {
        evidence.push("the fields are in an order that people use".into());
    }
    evidence.extend(relations(problem, assignment));
    let candidate = Candidate {
        format,
        origin: Origin::Inferred,
        confidence,
        evidence,
        unresolved,
        choices: choices(table, fits),
        example: String::new(),
    };
    Some((candidate, solution.score))
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
