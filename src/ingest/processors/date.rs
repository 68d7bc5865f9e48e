//! `date`: reads a date in one of several formats, and writes it in one.
//!
//! Formats are `UNIX` (seconds), `UNIX_MS`, `ISO8601`, `TAI64N`, Java's patterns, and Elasticsearch's basic and strict
//! names of patterns, except those with weeks. Other names are refused, as are named zones. The locale is English.

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::date::{Moment, Pattern, zone};
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::mustache::Template;
use crate::ingest::number::{decimal, number_format};
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct Date {
    field: String,
    target_field: String,
    formats: Vec<Format>,
    timezone: Option<Template>,
    output: Pattern,
}

#[derive(Debug)]
enum Format {
    Unix,
    UnixMs,
    Tai64n,
    Pattern(Pattern),
}

/// The format of Elasticsearch's own dates.
const OUTPUT: &str = "yyyy-MM-dd'T'HH:mm:ss.SSSXXX";

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let field = config.text("field")?;
    let target_field = config.text_or("target_field", "@timestamp")?;
    let timezone = match config.optional_text("timezone")? {
        None => None,
        Some(text) => {
            // A zone without templates is checked when the pipeline is built.
            if !text.contains("{{") {
                zone(&text).map_err(|failure| config.failure(Some("timezone"), failure.reason()))?;
            }
            Some(Template::compile(&text)?)
        }
    };
    if let Some(locale) = config.optional_text("locale")? {
        let language = locale.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        if !["", "en", "root"].contains(&language.as_str()) {
            let reason = format!("[{locale}] is not supported: names of months and days are English");
            return Err(config.failure(Some("locale"), reason));
        }
    }
    let items = config.list("formats")?;
    let mut formats = Vec::new();
    for text in config.texts("formats", items)? {
        formats.push(match text.as_str() {
            "UNIX" => Format::Unix,
            "UNIX_MS" => Format::UnixMs,
            "TAI64N" => Format::Tai64n,
            name if is_unknown_name(name) => {
                let reason = format!("the named format [{name}] is not supported: write its pattern");
                return Err(config.failure(Some("formats"), reason));
            }
            pattern => match Pattern::of(pattern) {
                Ok(pattern) => Format::Pattern(pattern),
                Err(refused) => {
                    return Err(config.failure(Some("formats"), format!("Invalid format: [{text}]: {refused}")));
                }
            },
        });
    }
    let output = config.text_or("output_format", OUTPUT)?;
    let output = Pattern::compile(&output).map_err(|refused| {
        config.failure(Some("output_format"), format!("invalid output format [{output}]: {refused}"))
    })?;
    Ok(Box::new(Date { field, target_field, formats, timezone, output }))
}

/// True if a text has the form of Elasticsearch's names of formats.
fn is_unknown_name(text: &str) -> bool {
    let is_name = text.contains('_') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name && Pattern::named(text).is_none()
}

impl Processor for Date {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let value = document.get(&self.field)?;
        context.spend(value.weight())?;
        let text = value.to_java_string();
        let is_null = value.is_null();
        let unable = |failure| Failure::illegal_argument(format!("unable to parse date [{text}]")).caused_by(failure);
        let offset = match &self.timezone {
            None => 0,
            Some(template) => zone(&template.render(document, context)?).map_err(unable)?,
        };
        let mut failure: Option<Failure> = None;
        for format in &self.formats {
            match format.read(&text, is_null, offset, context) {
                Ok(moment) => {
                    document.set(&self.target_field, Value::String(self.output.format(moment)))?;
                    return Ok(Outcome::Continue);
                }
                Err(next) => {
                    failure = Some(match failure {
                        None => next,
                        Some(first) => first.suppressing(next),
                    });
                }
            }
        }
        Err(match failure {
            Some(failure) => unable(failure),
            None => Failure::illegal_argument(format!("unable to parse date [{text}]")),
        })
    }
}

impl Format {
    fn read(&self, text: &str, is_null: bool, offset: i32, context: &Context<'_>) -> Result<Moment, Failure> {
        match self {
            Format::Unix if is_null => {
                let reason = "Cannot invoke \"String.trim()\" because \"in\" is null";
                Err(Failure::new("null_pointer_exception", reason))
            }
            Format::Unix => unix(text).map(|millis| Moment::new(millis, offset)),
            Format::UnixMs if is_null => Err(Failure::new("number_format_exception", "Cannot parse null string: null")),
            Format::UnixMs => {
                let millis: i64 = text.parse().map_err(|_| number_format(text))?;
                Ok(Moment::new(millis, offset))
            }
            Format::Tai64n => tai64n(text).map(|millis| Moment::new(millis, offset)),
            Format::Pattern(_) if is_null => Err(Failure::illegal_argument("cannot parse empty date")),
            Format::Pattern(_) if text.is_empty() => Err(Failure::illegal_argument("cannot parse empty date")),
            Format::Pattern(pattern) => {
                let now = Moment::new(i64::try_from((context.clock())()).unwrap_or(0), 0);
                let year = Pattern::compile("u").map_or(String::new(), |pattern| pattern.format(now));
                pattern.parse(text, offset, year.parse().unwrap_or(1970))
            }
        }
    }
}

/// Reads seconds, possibly with a fraction, and returns milliseconds.
fn unix(text: &str) -> Result<i64, Failure> {
    let seconds = decimal(text)?.double;
    // Java casts towards 0, and clamps a value that is too large.
    Ok((seconds * 1000.0) as i64)
}

/// Reads a TAI64N label. It has seconds in hexadecimal, shifted by 2^62 and by the leap seconds until 1972, then
/// nanoseconds.
fn tai64n(text: &str) -> Result<i64, Failure> {
    let digits = text.strip_prefix('@').unwrap_or(text);
    let out_of_bounds = || {
        let length = text.encode_utf16().count();
        Failure::new("string_index_out_of_bounds_exception", format!("begin 1, end 16, length {length}"))
    };
    let seconds = digits.get(1..16).ok_or_else(out_of_bounds)?;
    let seconds = i64::from_str_radix(seconds, 16).map_err(|_| number_format(seconds))?;
    let nanos = digits.get(16..24).ok_or_else(out_of_bounds)?;
    let nanos = i64::from_str_radix(nanos, 16).map_err(|_| number_format(nanos))?;
    seconds
        .checked_mul(1000)
        .and_then(|millis| millis.checked_add(nanos / 1_000_000 - 10_000))
        .ok_or_else(|| Failure::new("arithmetic_exception", "long overflow"))
}
