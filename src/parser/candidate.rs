//! Formats that a line may have, and the one among several that it fits.

use crate::base::tokens::Tokens;
use crate::document::{Plan, Settings};
use crate::error::{Error, ErrorCode, quoted};
use crate::format::{Column, Format};
use crate::record::{self, Located, Misfit, Record};
use crate::schema::Outputs;
use crate::value::{Kind, Mismatch};

/// A format and its plan.
#[derive(Debug)]
pub(super) struct Candidate {
    /// The format's name in messages.
    pub(super) name: String,
    pub(super) format: Format,
    pub(super) plan: Plan,
}

/// The schema, mode and options that plans are compiled for.
#[derive(Debug)]
pub(super) struct Compiler {
    pub(super) outputs: Outputs,
    pub(super) settings: Settings,
}

impl Compiler {
    /// Compiles a format.
    ///
    /// # Errors
    /// As of [`Plan::compile`].
    pub(super) fn compile(&self, name: String, format: Format) -> Result<Candidate, Error> {
        let plan = Plan::compile(&format, self.outputs, &self.settings)?;
        Ok(Candidate { name, format, plan })
    }
}

impl Candidate {
    /// Reads a line by the format.
    #[inline]
    pub(super) fn read(&self, line: &Tokens, record: &mut Record) -> Result<(), Misfit> {
        record::read(&self.format, line, record)
    }

    /// Returns the columns, each with its token.
    fn columns<'a>(&'a self, line: &'a Tokens) -> impl Iterator<Item = (&'a Column, &'a [u8])> {
        self.format.columns().iter().zip(line.texts())
    }
}

/// The records that a line is read into.
///
/// Of several candidates, each is read into the spare one, which becomes the best one if the candidate is. So no line
/// is read twice by one format, and two records are enough for any number of candidates.
#[derive(Debug, Default)]
pub(super) struct Readings {
    /// The record of the candidate that was chosen.
    pub(super) best: Record,
    spare: Record,
}

/// The candidate among several that a line fits.
pub(super) enum Fit<'a> {
    /// This one; its record is the best of the readings.
    Fits(&'a Candidate),
    /// None; this one fits longest.
    Nearest(&'a Candidate, Misfit),
    /// None, and none has the line's number of fields.
    NoneOfThatCount,
}

/// Finds the candidate that a line fits by count and types and, if several do, by the shapes of its texts. If
/// `strictly`, the shapes must be right in any case, and at least one field must be present.
///
/// # Errors
/// `ambiguous_format`, if two fit that would read the line differently.
pub(super) fn best_fit<'a>(
    candidates: &'a [Candidate],
    line: &Tokens,
    readings: &mut Readings,
    strictly: bool,
) -> Result<Fit<'a>, Located> {
    // The first candidate that fits best, true if the shapes are right; and the others that fit as well as it.
    let mut best: Option<(&Candidate, bool)> = None;
    let mut equals: Vec<&Candidate> = Vec::new();
    let mut nearest: Option<(&Candidate, Misfit)> = None;
    let is_empty = line.texts().all(|text| text == b"-");
    for candidate in candidates.iter().filter(|candidate| candidate.format.columns().len() == line.count()) {
        match candidate.read(line, &mut readings.spare) {
            Ok(()) if strictly && is_empty => {
                let detail = "every field is absent, which shows no layout";
                let error = Error::sentence(ErrorCode::UnknownLayout, detail);
                nearest = Some((candidate, Misfit { index: 0, start: 0, error }));
            }
            Ok(()) => {
                let is_right = record::looks_right(&candidate.format, line);
                match best {
                    Some((_, true)) if !is_right => {}
                    Some((_, best_is_right)) if best_is_right == is_right => equals.push(candidate),
                    _ => {
                        best = Some((candidate, is_right));
                        equals.clear();
                        std::mem::swap(&mut readings.best, &mut readings.spare);
                    }
                }
            }
            Err(misfit) if nearest.as_ref().is_none_or(|(_, other)| misfit.index > other.index) => {
                nearest = Some((candidate, misfit));
            }
            Err(_) => {}
        }
    }
    match best {
        Some((candidate, is_right)) if is_right || !strictly => {
            match equals.into_iter().find(|other| !same_meaning(candidate, other, line)) {
                Some(other) => Err(ambiguous(candidate, other, line).into()),
                None => Ok(Fit::Fits(candidate)),
            }
        }
        _ => {
            let misshapen = best.and_then(|(candidate, _)| Some((candidate, misshapen(candidate, line)?)));
            Ok(match misshapen.or(nearest) {
                Some((candidate, misfit)) => Fit::Nearest(candidate, misfit),
                None => Fit::NoneOfThatCount,
            })
        }
    }
}

/// True if two formats give each field the same text of this line.
fn same_meaning(left: &Candidate, right: &Candidate, line: &Tokens) -> bool {
    // A name that a format has twice has one value in a line that was read, perhaps in two spellings: either counts.
    let is_in = |other: &Candidate, column: &Column, token: &[u8]| {
        token == b"-" || other.columns(line).any(|(same, text)| text == token && same.name() == column.name())
    };
    let both = left.columns(line).zip(right.format.columns());
    let mut differing = both.filter(|((column, _), other)| column.name() != other.name());
    differing.all(|((column, token), other)| is_in(right, column, token) && is_in(left, other, token))
}

/// Returns the error of a line that two formats would read differently.
fn ambiguous(first: &Candidate, other: &Candidate, line: &Tokens) -> Error {
    let mut columns = first.columns(line).zip(other.format.columns()).enumerate();
    let differs = columns.find(|(_, ((left, token), right))| left != right && *token != b"-");
    let differs = differs.map_or(String::new(), |(index, ((left, _), right))| {
        format!(" (column {} is {} or {})", index + 1, quoted(left.name()), quoted(right.name()))
    });
    let (first, other) = (&first.name, &other.name);
    let detail = format!("fits both {first} and {other}, which mean different things{differs}; give one format");
    Error::sentence(ErrorCode::AmbiguousFormat, detail)
}

/// Returns the error of the first account in cells that is not one: a table of numbers has changed it.
pub(super) fn lost_account(candidate: &Candidate, line: &Tokens) -> Option<Misfit> {
    let is_account =
        |text: &[u8]| matches!(text, b"-" | b"unknown") || (text.len() == 12 && text.iter().all(u8::is_ascii_digit));
    candidate.columns(line).enumerate().find_map(|(index, (column, token))| {
        let field = column.field().filter(|field| field.kind() == Kind::Account && !is_account(token))?;
        let error = record::mismatched(field, token, Mismatch::Kind);
        let is_number = token.iter().all(|byte| byte.is_ascii_digit() || b".+eE".contains(byte));
        let advice = "an account has 12 digits, some of which are lost where it is a number; write it as text";
        let error = if is_number { error.with_hint(advice) } else { error };
        Some(Misfit { index, start: line.slot(index).start, error })
    })
}

/// Returns the first value of a line that has a layout's types but not the shape of its field's values.
pub(super) fn misshapen(candidate: &Candidate, line: &Tokens) -> Option<Misfit> {
    candidate.columns(line).enumerate().find_map(|(index, (column, token))| {
        let field = column.field().filter(|field| !field.kind().looks_right(token))?;
        let error = record::mismatched(field, token, Mismatch::Kind);
        Some(Misfit { index, start: line.slot(index).start, error })
    })
}
