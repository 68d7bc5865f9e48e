//! Detection of a log's format from its lines.
//!
//! The format is that of a header, or a documented layout that nearly every line fits. Otherwise it is inferred from
//! the values of each column and the relations between columns. Many formats have the same number of tokens, so that
//! number alone does not determine one. Columns that the lines leave open are listed ([`Candidate::unresolved`]), not
//! guessed.

mod assign;
mod candidates;
mod doubts;
mod layers;
mod likelihood;
mod order;
mod relation;
mod sample;
mod table;

use self::candidates::{MARGIN, distinct, example, inferred, is_outdated, layout_bonus, layouts, of_header};
use self::sample::{Sample, lines, not_a_flow_log};
use self::table::Table;
use crate::base::sorted::largest_first;
use crate::error::{Error, quoted};
use crate::field::Field;
use crate::format::Format;
pub use crate::format::inferred::Bounds;
use crate::format::inferred::Inferred;
use crate::layers::{Layer, SEPARATOR, each, texts};

/// The origin of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A header line.
    Header,
    /// A documented layout, the preset of that name.
    Preset(&'static str),
    /// The columns' values.
    Inferred,
}

/// A format that a log may have.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The format. A column that is not a documented field, or is absent in every line, is named `column-N`.
    pub format: Format,
    /// The origin of the format.
    pub origin: Origin,
    /// The probability that every column is right, as far as the lines show it: 0 to 1.
    pub confidence: f64,
    /// The evidence for the format, in sentences.
    pub evidence: Vec<String>,
    /// The columns that the lines leave open.
    pub unresolved: Vec<Unresolved>,
    /// For each column, the documented fields that its values can be, the likeliest first, whatever the other columns are.
    /// An absent column can be any. A column can also be none of them: an unknown one.
    pub choices: Vec<Vec<Field>>,
    /// The first line that fits it, or fits it except for one value; its tokens are separated by single spaces. Empty if
    /// there is none.
    pub example: String,
}

/// A column that the lines leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// Index of the column in the format, from 0.
    pub index: usize,
    /// Its field in the candidate's format; `None` for a column that is not a documented field or is always absent.
    pub field: Option<Field>,
    /// The other fields that it may be; empty if nothing is known of it.
    pub alternatives: Vec<Field>,
}

/// The result of detection.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The formats, the likeliest first; at least one.
    pub candidates: Vec<Candidate>,
    /// The number of lines that were read, including headers and blank lines.
    pub lines: usize,
    /// The number of tokens that most lines have.
    pub token_count: usize,
    /// The layers around the records, from outside in, in the words of [`Parser::layers`](crate::Parser::layers).
    pub layers: Vec<String>,
}

/// Detects the format of a log.
///
/// ```
/// use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
///
/// let log = "ACCEPT 10.0.1.5 443 6 OK\nREJECT 10.0.1.9 22 6 OK\n";
/// let detection = detect_format(log.as_bytes(), Bounds::default())?;
/// let best = &detection.candidates[0];
/// assert_eq!(best.origin, Origin::Inferred);
/// assert!(best.format.to_string().starts_with("${action} ${dstaddr} "));
/// assert!(!best.unresolved.is_empty(), "nothing tells source and destination apart here");
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
///
/// # Errors
/// `not_a_flow_log`, with the reason in the message.
pub fn detect_format(sample: &[u8], bounds: Bounds) -> Result<Detection, Error> {
    let lines = lines(sample, bounds);
    let detection = detect(&lines, &[]);
    let origin = detection.as_ref().ok().and_then(|found| found.candidates.first()).map(|best| best.origin);
    if matches!(origin, Some(Origin::Header | Origin::Preset(_))) {
        return detection;
    }
    match layers::find(&lines, &[], MAX_LAYERS) {
        Some(layers) => detect(&lines, &layers),
        None => detection,
    }
}

/// The most layers that are found.
const MAX_LAYERS: usize = 3;

/// Detects the format of the records in layers.
fn detect(lines: &[&[u8]], layers: &[Layer]) -> Result<Detection, Error> {
    let (texts, layers) = texts(lines.iter().copied(), layers);
    let sample = Sample::read(&texts)?;
    let rows: Vec<Vec<&[u8]>> =
        sample.rows.iter().filter(|row| row.len() == sample.token_count).map(|row| row.to_vec()).collect();
    let mut candidates = Vec::new();
    for (line, format) in &sample.headers {
        candidates.push((of_header(*line, format, &sample.rows), 0.0));
    }
    let mut candidates = largest_first(candidates, |(candidate, _)| candidate.confidence);
    if sample.headers.is_empty() {
        let table = Table::new(&distinct(rows.iter()), sample.token_count);
        let fits = likelihood::fits(&table);
        let found = inferred(&table, &fits);
        // A newer version has fields that an old layout does not have, unless the values say the same.
        let is_contradicted = |layout: &Candidate, score: f64| {
            let is_other = |(other, of_other): &(Candidate, f64)| other.format != layout.format && *of_other >= score;
            is_outdated(&table, &layout.format) && found.as_ref().is_some_and(is_other)
        };
        let of_layouts = layouts(&rows, &table, &fits).into_iter();
        candidates.extend(of_layouts.filter(|(layout, score)| !is_contradicted(layout, *score)));
        let best = candidates.first().map_or(f64::NEG_INFINITY, |(_, score): &(Candidate, f64)| *score);
        let is_new = |candidate: &Candidate| candidates.iter().all(|(other, _)| other.format != candidate.format);
        if let Some((candidate, score)) = found.filter(|(candidate, _)| is_new(candidate)) {
            // A documented layout that nearly every line fits explains better what the lines leave open.
            if candidates.is_empty() {
                candidates.push((Candidate { example: example(rows.first()), ..candidate }, score));
            } else if score > best + layout_bonus(sample.token_count) {
                candidates.push((Candidate { example: example(rows.first()), ..candidate }, best - MARGIN));
            }
        }
    }
    if candidates.is_empty() {
        return Err(not_a_flow_log("no column looks like a field of a flow log"));
    }
    let others = sample.rows.len() - rows.len();
    if others > 0 && sample.headers.is_empty() {
        let sentence = format!("{others} of {} lines have a different number of tokens", sample.rows.len());
        candidates.iter_mut().for_each(|(candidate, _)| candidate.evidence.push(sentence.clone()));
    }
    // Each is as likely as it is among the others, and as it is settled in itself.
    let best = candidates.iter().map(|(_, score)| *score).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = candidates.iter().map(|(_, score)| (score - best).exp()).sum();
    let shared = |(mut candidate, score): (Candidate, f64)| {
        if candidate.origin != Origin::Header {
            candidate.confidence *= (score - best).exp() / total;
        }
        candidate
    };
    let candidates = candidates.into_iter().map(shared).collect();
    let layers = each(&layers).map(str::to_owned).collect();
    Ok(Detection { candidates, lines: lines.len(), token_count: sample.token_count, layers })
}

impl Candidate {
    /// True if no open column would change a document; columns that are absent in every line do not. Most lines must
    /// fit a header, too.
    pub fn is_settled(&self) -> bool {
        let fits = self.origin != Origin::Header || self.confidence > 0.5;
        fits && self.unresolved.iter().all(|open| open.field.is_none() && open.alternatives.is_empty())
    }

    /// Returns a clause about the first column that the lines leave open, with the fields that it may be.
    pub fn problem(&self) -> Option<String> {
        let open = self.unresolved.iter().find(|open| !open.alternatives.is_empty())?;
        let name = open.field.map_or("no documented field", Field::name);
        let others: Vec<String> = open.alternatives.iter().map(|field| quoted(field.name())).collect();
        Some(format!("column {} may be {} or {}", open.index + 1, quoted(name), others.join(" or ")))
    }
}

/// Finds the layers of lines around records of given formats or, without them, of presets, in words. Without a number of
/// layers, only the tokens of a transport are looked for, around records of any format.
pub(crate) fn find_layers(lines: &[u8], formats: &[Format], max_layers: usize) -> Option<String> {
    let lines: Vec<&[u8]> = lines.split(|byte| *byte == b'\n').collect();
    let layers = if max_layers == 0 { layers::find_tokens(&lines) } else { layers::find(&lines, formats, max_layers) }?;
    let words: Vec<String> = layers.iter().map(Layer::to_string).collect();
    Some(words.join(SEPARATOR))
}

/// Infers the format of the lines that a parser holds back; `None` if they have a documented layout or are not a flow
/// log.
pub(crate) fn infer(lines: &[u8]) -> Option<Inferred> {
    // If it is not a flow log, its lines are read one by one, and each has its own error.
    let candidate = detect(&self::lines(lines, Bounds::LOOK_AHEAD), &[]).ok()?.candidates.into_iter().next()?;
    if candidate.origin != Origin::Inferred {
        return None;
    }
    let problem = (!candidate.is_settled()).then(|| {
        let problem = candidate.problem().unwrap_or_else(|| "it is not settled".into());
        let more = candidate.unresolved.len().saturating_sub(1);
        let more = if more > 0 { format!(" (and {more} more are open)") } else { String::new() };
        format!(
            "the lines do not determine the format: {problem}{more}; give the format, for example by correcting {}",
            candidate.format
        )
    });
    Some(Inferred { format: candidate.format, problem })
}
