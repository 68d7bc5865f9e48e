//! What format a log has, read off its lines: by its header, by a documented layout that every line fits, or else by
//! what the values of each column are and how the columns go together.
//!
//! Counting tokens cannot tell formats apart, since many have the same count. What the lines do not tell is said
//! ([`Candidate::unresolved`]), not guessed.

mod assign;
mod likelihood;
mod relation;
mod table;

use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

use self::assign::{Assignment, NEXT_HOPS, Problem};
use self::relation::RELATIONS;
use self::table::Table;
use crate::base::tokens::Tokens;
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::Format;
use crate::format::inferred::LOOK_AHEAD_BYTES;
use crate::format::inferred::LOOK_AHEAD_LINES;
use crate::format::inferred::ReadOff;
use crate::format::presets::PRESETS;
use crate::record::envelope;
use crate::record::plural;
use crate::value::Kind;

/// How much of a log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Lines, at most: 2,000 by default.
    pub max_lines: usize,
    /// Bytes, at most: 4 MiB by default.
    pub max_bytes: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { max_lines: 2_000, max_bytes: 4 * 1024 * 1024 }
    }
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A header line.
    Header,
    /// A documented layout: the preset of that name.
    Layout(&'static str),
    /// The columns' values.
    Inferred,
}

/// A format that a log may have.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The format. A column that is no documented field, or absent in every line, is named `column-N`.
    pub format: Format,
    /// Where it comes from.
    pub origin: Origin,
    /// How likely it is that every column is right, as far as the lines tell: 0 to 1.
    pub confidence: f64,
    /// What speaks for it, in sentences.
    pub evidence: Vec<String>,
    /// The columns that the lines leave open.
    pub unresolved: Vec<Unresolved>,
    /// The first line that fits it, its tokens separated by single spaces; empty if none does.
    pub example: String,
}

/// A column that may be another field as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// The column, from 0.
    pub column: usize,
    /// What the candidate's format takes it for; `None` for a column that is no documented field or always absent.
    pub field: Option<Field>,
    /// What it may be as well; empty if nothing is known of it.
    pub alternatives: Vec<Field>,
}

/// What a log may be.
#[derive(Clone, Debug)]
pub struct Detection {
    /// The formats, the likeliest first; at least one.
    pub candidates: Vec<Candidate>,
    /// How many lines were read, headers and blank ones included.
    pub lines: usize,
    /// The number of tokens that most lines have.
    pub token_count: usize,
}

/// Readings that are less likely by less than this, in nats, are left open.
const MARGIN: f64 = 8.0;

/// What a documented layout that nearly every line fits has in its favour over an arbitrary order of columns, in nats:
/// something for being documented, and something for each column that fits its place.
fn layout_bonus(columns: usize) -> f64 {
    25.0 + 4.0 * columns as f64
}

/// A relation that speaks against a documented layout by so many nats, some ten records that break a law, rules it out.
const OUT_OF_LAW: f64 = 30.0;

/// Reads the format off the lines of a log.
///
/// ```
/// use vpcflow_ecs::detect::{Bounds, Origin, detect_format};
///
/// let log = "ACCEPT 10.0.1.5 443 6 OK\nREJECT 10.0.1.9 22 6 OK\n";
/// let detection = detect_format(log.as_bytes(), Bounds::default())?;
/// let best = &detection.candidates[0];
/// assert_eq!(best.origin, Origin::Inferred);
/// assert!(best.format.to_string().starts_with("${action} ${srcaddr} "));
/// assert!(!best.unresolved.is_empty(), "nothing tells source from destination here");
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
///
/// # Errors
/// `not_a_flow_log`, with the reason.
pub fn detect_format(sample: &[u8], bounds: Bounds) -> Result<Detection, Error> {
    let texts = texts(sample, bounds);
    let sample = Sample::read(&texts)?;
    let rows: Vec<Vec<&[u8]>> =
        sample.rows.iter().filter(|row| row.len() == sample.token_count).map(|row| row.to_vec()).collect();
    let mut candidates = Vec::new();
    for (line, format) in &sample.headers {
        candidates.push((of_header(*line, format, &sample.rows), 0.0));
    }
    candidates.sort_by(|(left, _), (right, _)| right.confidence.total_cmp(&left.confidence));
    if sample.headers.is_empty() {
        let table = Table::new(&distinct(rows.iter()), sample.token_count);
        candidates.extend(layouts(&rows, sample.token_count));
        let best = candidates.first().map_or(f64::NEG_INFINITY, |(_, score): &(Candidate, f64)| *score);
        let is_new = |candidate: &Candidate| candidates.iter().all(|(other, _)| other.format != candidate.format);
        if let Some((candidate, score)) = inferred(&table).filter(|(candidate, _)| is_new(candidate)) {
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
        let sentence = format!("{others} of {} lines have another number of tokens", sample.rows.len());
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
    Ok(Detection { candidates, lines: sample.lines, token_count: sample.token_count })
}

/// The lines without those that come again: a line that does is one piece of evidence.
fn distinct<'a, 'r>(rows: impl Iterator<Item = &'r Vec<&'a [u8]>>) -> Vec<Vec<&'a [u8]>>
where
    'a: 'r,
{
    let mut seen: HashSet<&[&[u8]]> = HashSet::new();
    rows.filter(|row| seen.insert(row.as_slice())).cloned().collect()
}

/// A line for people to look at.
fn example(row: Option<&Vec<&[u8]>>) -> String {
    row.map(|row| String::from_utf8_lossy(&row.join(&b' ')).into_owned()).unwrap_or_default()
}

/// The lines of a sample.
struct Sample<'a> {
    rows: Vec<Vec<&'a [u8]>>,
    lines: usize,
    token_count: usize,
    /// The different header lines, and the number of the first of each from 1.
    headers: Vec<(usize, Format)>,
}

/// The texts of the lines within the bounds.
fn texts(sample: &[u8], bounds: Bounds) -> Vec<Cow<'_, [u8]>> {
    let kept = sample.get(..bounds.max_bytes.min(sample.len())).unwrap_or_default();
    let mut lines: Vec<&[u8]> = kept.split(|byte| *byte == b'\n').take(bounds.max_lines.saturating_add(1)).collect();
    if lines.len() > bounds.max_lines {
        lines.truncate(bounds.max_lines);
    } else if (kept.len() < sample.len() && lines.len() > 1) || lines.last().is_some_and(|line| line.is_empty()) {
        // What the bound cuts off is no line, nor is what follows the last line end.
        lines.pop();
    }
    lines.into_iter().map(envelope::inside).collect()
}

impl<'a> Sample<'a> {
    fn read(lines: &'a [Cow<'_, [u8]>]) -> Result<Sample<'a>, Error> {
        let mut tokens = Tokens::default();
        let (mut rows, mut headers, mut odd) = (Vec::new(), Vec::<(usize, Format)>::new(), None);
        for (index, text) in lines.iter().enumerate() {
            let text: &[u8] = text;
            if std::str::from_utf8(text).is_err() || text.contains(&0) {
                odd.get_or_insert((index, "it is binary data"));
                continue;
            }
            if let Some(what) = other_log(text) {
                odd.get_or_insert((index, what));
                continue;
            }
            tokens.split(text);
            let row: Vec<&[u8]> = tokens.spans().iter().map(|span| span.of(text)).collect();
            match Format::of_header(&row) {
                _ if row.is_empty() || tokens.count() > MAX_TOKENS => {}
                // A single name is a header in the first line only.
                Some(Ok(format)) if row.len() > 1 || index == 0 => {
                    if headers.len() < MAX_HEADERS && headers.iter().all(|(_, other)| *other != format) {
                        headers.push((index + 1, format));
                    }
                }
                _ => rows.push(row),
            }
        }
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for row in &rows {
            *counts.entry(row.len()).or_default() += 1;
        }
        let token_count = counts.iter().max_by_key(|(_, lines)| **lines).map_or(0, |(count, _)| *count);
        let regular = counts.get(&token_count).copied().unwrap_or(0);
        match (headers.first(), odd) {
            (_, Some((index, what))) if regular * 2 < lines.len() => {
                return Err(not_a_flow_log(&format!("{what}, as in line {}", index + 1)));
            }
            (Some((_, format)), _) if rows.is_empty() => {
                let token_count = format.columns().len();
                return Ok(Sample { rows, lines: lines.len(), token_count, headers });
            }
            (None, _) if rows.is_empty() => return Err(not_a_flow_log("it has no line with text")),
            (None, _) if token_count < 2 => return Err(not_a_flow_log("its lines have one token only")),
            (None, _) if regular * 2 < rows.len() => {
                return Err(not_a_flow_log("its lines have ever other numbers of tokens"));
            }
            _ => {}
        }
        Ok(Sample { rows, lines: lines.len(), token_count, headers })
    }
}

/// Different headers that are kept.
const MAX_HEADERS: usize = 16;

/// Tokens that a line may have to be looked at: more than any format has columns.
const MAX_TOKENS: usize = 200;

/// What a line of another kind of log is.
fn other_log(text: &[u8]) -> Option<&'static str> {
    let has = |needle: &[u8]| text.windows(needle.len()).take(4_096).any(|window| window == needle);
    let start = text.trim_ascii_start();
    match start.first() {
        Some(b'{' | b'[') if has(b"\"eventVersion\"") || has(b"\"Records\"") => {
            Some("it is JSON such as AWS CloudTrail writes")
        }
        Some(b'{' | b'[') => Some("it is JSON, but not {\"message\":\"...\"}"),
        Some(b'<') => Some("it is XML or HTML"),
        _ if [&b"http "[..], b"https ", b"h2 ", b"grpcs ", b"ws ", b"wss "]
            .iter()
            .any(|kind| start.starts_with(kind)) =>
        {
            Some("it is the access log of a load balancer")
        }
        _ if has(b" \"GET ") || has(b" \"POST ") || has(b"HTTP/1.1\"") => Some("it is an access log of HTTP requests"),
        _ => None,
    }
}

fn not_a_flow_log(reason: &str) -> Error {
    Error::sentence(ErrorCode::NotAFlowLog, format!("this is not a flow log: {reason}"))
}

fn of_header(line: usize, format: &Format, rows: &[Vec<&[u8]>]) -> Candidate {
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

/// The documented layouts that nearly all lines fit, the likeliest first, with their scores.
fn layouts(rows: &[Vec<&[u8]>], token_count: usize) -> Vec<(Candidate, f64)> {
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
        // No value is out of place; but what the columns say of each other may speak against it.
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
        let origin = Origin::Layout(preset.name);
        fitting.push((Candidate { format, origin, confidence: 1.0, evidence, unresolved: Vec::new(), example }, score));
    }
    fitting.sort_by(|(_, left), (_, right)| right.total_cmp(left));
    if let Some(best) = fitting.first().map(|(_, score)| *score) {
        fitting.retain(|(_, score)| best - score < MARGIN);
    }
    fitting
}

/// The likeliest order of the fields of one kind of log, with its score.
fn inferred(table: &Table<'_>) -> Option<(Candidate, f64)> {
    let vpc = Problem::new(table, |field| field.facts().vpc);
    let tgw = Problem::new(table, |field| field.facts().tgw);
    let of_vpc = vpc.solve();
    let of_tgw = tgw.solve();
    let (problem, (assignment, score)) = if of_tgw.1 > of_vpc.1 { (&tgw, of_tgw) } else { (&vpc, of_vpc) };
    let columns = assignment.len();
    let empty = |column: usize| table.columns.get(column).is_none_or(|data| data.present().next().is_none());
    let named = assignment.iter().flatten().count();
    let filled = (0..columns).filter(|column| !empty(*column)).count();
    // Any text may be a tag or a name. What makes a flow log is the rest.
    let is_telling = |field: &&Field| !matches!(field.kind(), Kind::Text | Kind::Tag | Kind::Name | Kind::Lower);
    let telling = assignment.iter().flatten().filter(is_telling).count();
    let is_mark = |field: &Field| matches!(field.kind(), Kind::Address | Kind::Id(_) | Kind::Word(_) | Kind::Account);
    if telling * 2 < filled || !assignment.iter().flatten().any(is_mark) {
        return None;
    }

    let alternatives = problem.alternatives(&assignment, MARGIN);
    let mut open: BTreeMap<usize, Vec<Field>> = BTreeMap::new();
    for alternative in &alternatives {
        for (column, field) in &alternative.changes {
            let others = open.entry(*column).or_default();
            others.extend(field.iter().filter(|field| !others.contains(field)).copied().collect::<Vec<Field>>());
        }
    }
    // What is told by an address is as open as the address is.
    let side_is_open =
        OWN_SIDES.into_iter().flat_map(|(left, right)| [(left, right), (right, left)]).any(|(side, other)| {
            let place = assignment.iter().position(|field| *field == Some(side));
            place.and_then(|column| open.get(&column)).is_some_and(|others| others.contains(&other))
        });
    let services = [Field::PktSrcAwsService, Field::PktDstAwsService];
    for (service, other) in services.into_iter().zip(services.into_iter().rev()).filter(|_| side_is_open) {
        if let Some(column) = assignment.iter().position(|field| *field == Some(service)) {
            let others = open.entry(column).or_default();
            if !others.contains(&other) {
                others.push(other);
            }
        }
    }
    for (column, others) in doubts(table, problem, &assignment) {
        let known = open.entry(column).or_default();
        known.extend(others.into_iter().filter(|other| !known.contains(other)).collect::<Vec<Field>>());
    }
    for (column, field) in assignment.iter().enumerate() {
        if field.is_none() {
            open.entry(column).or_default();
        }
    }
    let unresolved = open.into_iter().map(|(column, alternatives)| Unresolved {
        column,
        field: assignment.get(column).copied().flatten(),
        alternatives,
    });
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
    let candidate = Candidate {
        format,
        origin: Origin::Inferred,
        confidence,
        evidence,
        unresolved: unresolved.collect(),
        example: String::new(),
    };
    Some((candidate, score))
}

/// What no relation settles, however well the rest fits: columns, and what they may be as well.
fn doubts(table: &Table<'_>, problem: &Problem<'_>, assignment: &Assignment) -> Vec<(usize, Vec<Field>)> {
    let place = |field: Field| assignment.iter().position(|other| *other == Some(field));
    let often_absent = |column: usize| table.columns.get(column).is_some_and(|data| data.absent() * 50 > table.rows);
    let mut doubts = Vec::new();
    // Whether the records speak for a relation.
    let speaks = |fields: &[Field]| {
        let index = RELATIONS.iter().position(|relation| relation.fields == fields);
        index.and_then(|index| problem.relation(index, assignment)).is_some_and(|(score, _)| score > 1.0)
    };
    // The identifier of a container instance, but for the ARN that ends with it, may be that of a container.
    if !speaks(&[Field::EcsContainerInstanceArn, Field::EcsContainerInstanceId])
        && let Some(column) = place(Field::EcsContainerInstanceId)
    {
        doubts.push((column, vec![Field::EcsContainerId, Field::EcsSecondContainerId, Field::EcsTaskId]));
    }
    // Flags that neither keep to TCP nor have an acknowledgement among them may be other small numbers; those of transit
    // gateways may in any case be packets lost.
    if let Some(column) = place(Field::TcpFlags).filter(|_| !speaks(&[Field::Protocol, Field::TcpFlags])) {
        let is_ack = |number: u64| (16..=31).contains(&number);
        let is_tgw = assignment.iter().flatten().any(|field| !field.facts().vpc);
        if is_tgw || !table.columns.get(column).is_some_and(|data| data.present().filter_map(|v| v.number).any(is_ack))
        {
            let vpc = [Field::TrafficPath, Field::EncryptionStatus];
            let tgw = Field::ALL.iter().copied().filter(|field| field.facts().tgw && field.kind() == Kind::LONG);
            let others = tgw.chain(vpc).filter(|field| place(*field).is_none());
            doubts.push((column, others.collect()));
        }
    }
    // What only one pair of addresses says may be the interface's or the packet's.
    let pairs = [(Field::Srcaddr, Field::PktSrcaddr), (Field::Dstaddr, Field::PktDstaddr)];
    if version(table, assignment) != Some(2) {
        for (interface, packet) in pairs {
            match (place(interface), place(packet)) {
                (Some(column), None) => doubts.push((column, vec![packet])),
                (None, Some(column)) => doubts.push((column, vec![interface])),
                _ => {}
            }
        }
    }
    // A service without both addresses may be either's.
    let is_pair = |(left, right): (Field, Field)| place(left).is_some() && place(right).is_some();
    if !OWN_SIDES.into_iter().take(2).any(is_pair) {
        doubts.extend(place(Field::PktSrcAwsService).map(|column| (column, vec![Field::PktDstAwsService])));
        doubts.extend(place(Field::PktDstAwsService).map(|column| (column, vec![Field::PktSrcAwsService])));
    }
    // A record says its version, and what else is in question came with version 11.
    if version(table, assignment).is_some_and(|version| version < 11) {
        return doubts;
    }
    // A tag may hold the instance's identifier.
    if let Some(column) = place(Field::InstanceId) {
        let tags = Field::ALL.iter().copied().filter(|field| field.kind() == Kind::Tag && place(*field).is_none());
        doubts.push((column, tags.collect()));
    }
    // The next hop is an interface like the recorded one; where only one of them is there, it may be either.
    for (own, next) in NEXT_HOPS {
        match (place(own), place(next)) {
            (None, Some(column)) => doubts.push((column, vec![own])),
            (Some(column), None) if often_absent(column) => doubts.push((column, vec![next])),
            // Only what belongs to the interface tells them apart.
            (Some(one), Some(two)) if own != Field::InterfaceId && !speaks(&[Field::InterfaceId, own]) => {
                doubts.push((one, vec![next]));
                doubts.push((two, vec![own]));
            }
            _ => {}
        }
    }
    // And then it may be either side that is the interface's own.
    let interface = place(Field::InterfaceId).or_else(|| place(Field::NextHopInterfaceId));
    if doubts.iter().any(|(column, _)| Some(*column) == interface) {
        for (left, right) in OWN_SIDES.into_iter().chain(NEXT_HOPS) {
            doubts.extend(place(left).map(|column| (column, vec![right])));
            doubts.extend(place(right).map(|column| (column, vec![left])));
        }
    }
    doubts
}

/// What the interface's own side is told by.
const OWN_SIDES: [(Field, Field); 3] = [
    (Field::Srcaddr, Field::Dstaddr),
    (Field::PktSrcaddr, Field::PktDstaddr),
    (Field::PktSrcAwsService, Field::PktDstAwsService),
];

/// What the version column says.
fn version(table: &Table<'_>, assignment: &Assignment) -> Option<u64> {
    let column = assignment.iter().position(|field| *field == Some(Field::Version))?;
    table.columns.get(column)?.present().next()?.number
}

/// What the columns say of each other, as far as it speaks for an assignment.
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

/// The format's text for a message or a command line.
impl Candidate {
    /// Whether nothing that the lines leave open would change a document (as columns that are absent in every line do not),
    /// and, of a header, whether most lines fit it.
    pub fn is_settled(&self) -> bool {
        let fits = self.origin != Origin::Header || self.confidence > 0.5;
        fits && self.unresolved.iter().all(|open| open.field.is_none() && open.alternatives.is_empty())
    }

    /// One sentence on the columns that the lines leave open.
    pub fn open_question(&self) -> Option<String> {
        let open = self.unresolved.iter().find(|open| !open.alternatives.is_empty())?;
        let name = open.field.map_or("no documented field", Field::name);
        let others: Vec<String> = open.alternatives.iter().map(|field| quoted(field.name())).collect();
        Some(format!("column {} may be {} or {}", open.column + 1, quoted(name), others.join(" or ")))
    }
}

/// What the lines that wait in a parser tell of their format, if they have no documented layout.
pub(crate) fn read_off(lines: &[u8]) -> Option<ReadOff> {
    let bounds = Bounds { max_lines: LOOK_AHEAD_LINES, max_bytes: LOOK_AHEAD_BYTES };
    // If it is no flow log, its lines are read one by one, and each says what is wrong with it.
    let candidate = detect_format(lines, bounds).ok()?.candidates.into_iter().next()?;
    if candidate.origin != Origin::Inferred {
        return None;
    }
    let question = (!candidate.is_settled()).then(|| {
        let question = candidate.open_question().unwrap_or_else(|| "it is not settled".into());
        let more = candidate.unresolved.len().saturating_sub(1);
        let more = if more > 0 { format!(" (and {more} more are open)") } else { String::new() };
        format!(
            "the lines do not tell the format: {question}{more}; give the format, for example by correcting {}",
            candidate.format
        )
    });
    Some(ReadOff { format: candidate.format, question })
}
