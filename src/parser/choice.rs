//! The choice of a line's format: the header's, a given one, a documented layout that it fits, or one that was
//! inferred. A line that two of them would read differently is an error that names both, never a guess.

use super::candidate::{Candidate, Compiler, Fit, Readings, best_fit};
use super::layouts::{Layouts, either};
use crate::base::tokens::Tokens;
use crate::document::Settings;
use crate::error::{Error, ErrorCode, quoted};
use crate::field::Field;
use crate::format::Format;
use crate::format::presets::PRESETS;
use crate::options::{Options, Precedence};
use crate::record::envelope::NO_TEXT;
use crate::record::{self, Located, Misfit};
use crate::schema::Outputs;

/// The formats that lines may have.
#[derive(Debug)]
pub(super) struct Choice {
    compiler: Compiler,
    strict: bool,
    /// The given formats.
    given: Vec<Candidate>,
    precedence: Precedence,
    header: Header,
    /// The inferred format, if there are neither a header nor a given format, and lines fit no documented layout.
    inferred: Option<Candidate>,
    layouts: Layouts,
    /// The warnings of given formats and headers, each once.
    pub(super) warnings: Vec<String>,
}

/// The most warnings that are kept: files of ever other headers must not fill the memory.
const MAX_WARNINGS: usize = 100;

/// The last header line.
#[derive(Debug)]
enum Header {
    None,
    Of(Box<Candidate>),
    /// Its names cannot be used, so the lines after it cannot be read.
    Unusable(String),
}

/// True if a line would be a header if it were in small letters.
fn names_in_capitals(line: &Tokens) -> bool {
    let starts_so = line.texts().next().is_some_and(|text| text.first().is_some_and(u8::is_ascii_uppercase));
    starts_so && {
        let names: Vec<Vec<u8>> = line.texts().map(<[u8]>::to_ascii_lowercase).collect();
        let names: Vec<&[u8]> = names.iter().map(Vec::as_slice).collect();
        names.iter().all(|name| may_be_name(name)) && Format::of_header(&names).is_some_and(|format| format.is_ok())
    }
}

impl Choice {
    /// Compiles the options' formats.
    pub(super) fn new(options: &Options, settings: &Settings) -> Result<Choice, Error> {
        let compiler = Compiler { outputs: Outputs::of(options.schema, options.mode), settings: settings.clone() };
        let several = options.formats.len() > 1;
        let given = options.formats.iter().enumerate().map(|(index, format)| {
            let preset = PRESETS.iter().find(|preset| several && preset.format() == *format);
            let text = preset.map_or_else(|| format.to_string(), |preset| preset.name.to_owned());
            let name = format!("format {} ({})", index + 1, quoted(&text));
            compiler.compile(name, format.clone())
        });
        let given: Vec<Candidate> = given.collect::<Result<_, Error>>()?;
        if given.is_empty() {
            // Layouts are compiled when they occur. Options that do not compile with every field are refused now.
            compiler.compile(String::new(), Format::of_fields(Field::ALL.iter().copied()))?;
        }
        let names = if given.is_empty() { options.schema.facts().layouts } else { None };
        let mut choice = Choice {
            compiler,
            strict: options.strict,
            given,
            precedence: options.precedence,
            header: Header::None,
            inferred: None,
            layouts: Layouts::new(names),
            warnings: Vec::new(),
        };
        for format in &options.formats {
            format.warnings().into_iter().for_each(|warning| choice.warn(warning));
        }
        Ok(choice)
    }

    /// Adds a warning that has not been given yet.
    #[inline(never)]
    fn warn(&mut self, warning: String) {
        if self.warnings.len() < MAX_WARNINGS && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    /// Drops the formats of the last input: of its header, and the inferred one.
    pub(super) fn reset(&mut self) {
        self.header = Header::None;
        self.inferred = None;
    }

    /// True if lines are read as Elastic's integration does: by the number of texts between single spaces alone.
    pub(super) fn reads_like_elastic(&self) -> bool {
        self.layouts.are_of_integration()
    }

    /// True if the format of a line that fits nothing may be inferred.
    pub(super) fn may_infer(&self) -> bool {
        self.is_left_to_itself() && !self.reads_like_elastic()
    }

    /// Takes the format of a header line for the lines after it. True if the line is a header.
    ///
    /// # Errors
    /// The error of a header whose names cannot be used; the lines after it cannot be read then.
    pub(super) fn accept_header(&mut self, line: &Tokens, is_first: bool) -> Result<bool, Error> {
        let may_be = line.texts().next().is_some_and(|text| text.first().is_some_and(u8::is_ascii_lowercase));
        if !may_be || !line.texts().all(may_be_name) {
            return Ok(false);
        }
        let names: Vec<&[u8]> = line.texts().collect();
        let Some(format) = Format::of_header(&names) else { return Ok(false) };
        if let Ok(format) = &format {
            let is_given = self.given.iter().any(|candidate| candidate.format == *format);
            // A single word may be a stray one.
            if !is_given && names.len() == 1 && !is_first {
                return Ok(false);
            }
            if !is_given && let Some(warning) = self.disagreement(format) {
                self.warn(warning);
            }
            if self.reads_like_elastic() || matches!(&self.header, Header::Of(header) if header.format == *format) {
                return Ok(true);
            }
        }
        if self.skips_headers() {
            return Ok(true);
        }
        self.set_header(format, "the header").map(|()| true)
    }

    /// Sets the format of a header, or of something else that has names, for the lines after it.
    ///
    /// # Errors
    /// The error of names that cannot be used; the lines after it cannot be read then.
    pub(super) fn set_header(&mut self, format: Result<Format, Error>, owner: &str) -> Result<(), Error> {
        let compiled = format
            .and_then(|format| if self.strict { format.strict() } else { Ok(format) })
            .and_then(|format| self.compiler.compile(owner.to_owned(), format));
        match compiled {
            Ok(header) => {
                for warning in header.format.warnings() {
                    self.warn(format!("{owner}: {warning}"));
                }
                self.header = Header::Of(Box::new(header));
                Ok(())
            }
            Err(error) => {
                self.header = Header::Unusable(error.problem());
                Err(error)
            }
        }
    }

    /// True if the given formats count, and not those of headers.
    fn skips_headers(&self) -> bool {
        self.precedence == Precedence::Format && !self.given.is_empty()
    }

    /// Returns the warning of a header that has none of the given formats; `None` if there are none.
    #[inline(never)]
    fn disagreement(&self, header: &Format) -> Option<String> {
        let (first, several) = self.given.split_first()?;
        let differs = match several {
            [] => {
                let name = |format: &Format, index: usize| {
                    format.columns().get(index).map_or("nothing".to_owned(), |column| quoted(column.name()))
                };
                let (given, most) = (&first.format, header.columns().len().max(first.format.columns().len()));
                let index = (0..most).find(|index| header.columns().get(*index) != given.columns().get(*index))?;
                let (found, expected) = (name(header, index), name(given, index));
                format!("the header has {found} at position {}, and the given format has {expected}", index + 1)
            }
            _ => "the header is none of the given formats".to_owned(),
        };
        Some(match self.precedence {
            Precedence::Header => format!("{differs}: lines are read by the header; see the option precedence"),
            Precedence::Format => format!("{differs}: the header is skipped"),
        })
    }

    /// Sets the inferred format, which lines that fit no documented layout are read by.
    pub(super) fn infer(&mut self, format: Format) -> Result<(), Error> {
        self.inferred = Some(self.compiler.compile("the inferred format".into(), format)?);
        Ok(())
    }

    /// True if there is neither a given format nor a header.
    fn is_left_to_itself(&self) -> bool {
        self.given.is_empty() && matches!(self.header, Header::None)
    }

    /// Returns the formats that lines may have, except presets.
    pub(super) fn formats(&self) -> Vec<Format> {
        let header = if let Header::Of(header) = &self.header { Some(header.as_ref()) } else { None };
        header.into_iter().chain(&self.given).map(|candidate| candidate.format.clone()).collect()
    }

    /// Adds a hint to the error of a line that looks like something else: a text in another encoding, a header in
    /// capitals, or a documented layout.
    pub(super) fn with_hint(&mut self, error: Located, line: &Tokens, readings: &mut Readings) -> Located {
        if memchr::memchr(0, line.made()).is_some() {
            return error.with_hint(NO_TEXT);
        }
        if names_in_capitals(line) {
            let hint = "these are names of fields in capitals; a header has them as AWS writes them, in small letters";
            return error.with_hint(hint);
        }
        if self.is_left_to_itself() || self.layouts.compile(line.count(), &self.compiler).is_err() {
            return error;
        }
        // Most lines with an error fit nothing, which is found sooner without the error of each layout.
        if !self.layouts.of(line.count()).iter().any(|layout| record::fits(&layout.format, line)) {
            return error;
        }
        match best_fit(self.layouts.of(line.count()), line, readings, true) {
            Ok(Fit::Fits(layout)) => error.with_hint(format!("the line fits the preset {}", layout.name)),
            _ => error,
        }
    }

    /// Returns the candidate whose format a line has, with its record read.
    ///
    /// # Errors
    /// The error of a line that has none of the formats, with its offset.
    pub(super) fn choose(&mut self, line: &Tokens, readings: &mut Readings) -> Result<&Candidate, Located> {
        if self.is_left_to_itself() {
            self.layouts.compile(line.count(), &self.compiler)?;
        }
        self.choose_compiled(line, readings)
    }

    /// Chooses among the candidates that have been compiled.
    fn choose_compiled(&self, line: &Tokens, readings: &mut Readings) -> Result<&Candidate, Located> {
        let of_header = match &self.header {
            Header::None => None,
            Header::Unusable(_) if !self.given.is_empty() => None,
            Header::Unusable(reason) => {
                let detail = format!("the header before it cannot be used: {reason}");
                return Err(Error::sentence(ErrorCode::UnknownLayout, detail).into());
            }
            Header::Of(header) => match header.read(line, &mut readings.best) {
                Ok(()) => return Ok(header),
                Err(misfit) => Some(misfit),
            },
        };
        let of_given = match self.given.as_slice() {
            [] if of_header.is_some() => None,
            [] => return self.choose_layout(line, readings),
            [only] => match only.read(line, &mut readings.best) {
                Ok(()) => return Ok(only),
                Err(misfit) => Some(misfit),
            },
            several => match best_fit(several, line, readings, false)? {
                Fit::Fits(candidate) => return Ok(candidate),
                Fit::Nearest(candidate, misfit) => {
                    let Misfit { index, start, error } = misfit;
                    let (hint, format) = (format!("so it is not {}", candidate.name), candidate.format.to_string());
                    Some(Misfit { index, start, error: error.with_hint(hint).by_format(format) })
                }
                Fit::NoneOfThatCount => {
                    let counts = either(several.iter().map(|candidate| candidate.format.columns().len()));
                    let found = line.count();
                    let detail = format!("expected {counts} fields, found {found}");
                    let error = Error::sentence(ErrorCode::FieldCount, detail);
                    let error = error.expecting(format!("{counts} fields"), found.to_string());
                    return Err(error.into());
                }
            },
        };
        // Of two misfits, the one of a format with the line's number of fields says more.
        Err(match (of_header, of_given) {
            (Some(header), Some(_)) if header.error.code() != ErrorCode::FieldCount => header.into(),
            (_, Some(given)) => given.into(),
            (Some(header), None) => header.into(),
            (None, None) => self.layouts.none_of(line.count()).into(),
        })
    }

    fn choose_layout(&self, line: &Tokens, readings: &mut Readings) -> Result<&Candidate, Located> {
        let layouts = self.layouts.of(line.count());
        let misfit = match best_fit(layouts, line, readings, !self.reads_like_elastic())? {
            Fit::Fits(layout) => return Ok(layout),
            Fit::Nearest(layout, misfit) => Some((layout, misfit)),
            Fit::NoneOfThatCount => None,
        };
        if let Some(inferred) = &self.inferred {
            return match inferred.read(line, &mut readings.best) {
                Ok(()) => Ok(inferred),
                Err(misfit) => Err(misfit.into()),
            };
        }
        Err(match misfit {
            Some((layout, misfit)) => {
                let error = self.layouts.not_fitting(layout, &misfit);
                Located { start: Some(misfit.start), error }
            }
            None => self.layouts.none_of(line.count()).into(),
        })
    }
}

/// True if a token has only characters of fields' names.
fn may_be_name(token: &[u8]) -> bool {
    token.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
