//! The documented layouts, each compiled when the first line with its number of fields occurs.

use super::candidate::{Candidate, Compiler};
use crate::base::sorted::sorted_by;
use crate::error::{Error, ErrorCode, quoted};
use crate::format::MAX_COLUMNS;
use crate::format::presets::{PRESETS, Preset};
use crate::record::{Misfit, plural};

/// The documented layouts that lines may have.
#[derive(Debug)]
pub(super) struct Layouts {
    /// The names of the presets that Elastic's integration knows, if there are no others.
    names: Option<&'static [&'static str]>,
    /// The compiled layouts, by their number of fields.
    compiled: Vec<(usize, Vec<Candidate>)>,
    /// The numbers of fields of all layouts, for messages.
    counts: String,
}

impl Layouts {
    /// Returns the layouts of some presets, or of all.
    pub(super) fn new(names: Option<&'static [&'static str]>) -> Layouts {
        let counts = either(presets(names).map(Preset::field_count));
        Layouts { names, compiled: Vec::new(), counts }
    }

    /// True if the layouts are those of Elastic's integration.
    #[inline]
    pub(super) fn are_of_integration(&self) -> bool {
        self.names.is_some()
    }

    /// Compiles the layouts of a number of fields, if they are not compiled yet.
    ///
    /// # Errors
    /// As of [`Compiler::compile`].
    pub(super) fn compile(&mut self, count: usize, compiler: &Compiler) -> Result<(), Error> {
        if count > MAX_COLUMNS || self.compiled.iter().any(|(compiled, _)| *compiled == count) {
            return Ok(());
        }
        let mut layouts: Vec<Candidate> = Vec::new();
        for preset in presets(self.names).filter(|preset| preset.field_count() == count) {
            let format = preset.format();
            if layouts.iter().all(|layout| layout.format != format) {
                layouts.push(compiler.compile(quoted(preset.name), format)?);
            }
        }
        // That there are none is kept, too: lines with errors may have any number of fields.
        self.compiled.push((count, layouts));
        Ok(())
    }

    /// Returns the compiled layouts of a number of fields.
    pub(super) fn of(&self, count: usize) -> &[Candidate] {
        let compiled = self.compiled.iter().find(|(compiled, _)| *compiled == count);
        compiled.map(|(_, layouts)| layouts.as_slice()).unwrap_or_default()
    }

    /// Returns the error of a line that fits none of the layouts with its number of fields.
    pub(super) fn not_fitting(&self, nearest: &Candidate, misfit: &Misfit) -> Error {
        let fields = nearest.format.columns().len();
        let (layout, layouts) = (self.name(), self.of(fields).len());
        let among = match layouts {
            1 => format!("the {layout} of {fields} fields"),
            _ => format!("any of the {layouts} {layout}s of {fields} fields"),
        };
        let (name, problem) = (&nearest.name, misfit.error.problem());
        let detail = format!("does not fit {among}: as {name}, {problem}; {ADVICE}");
        let error = Error::sentence(ErrorCode::UnknownLayout, detail).by_format(nearest.format.to_string());
        match misfit.error.expected().zip(misfit.error.found()) {
            Some((expected, found)) => error.expecting(expected, found),
            None => error,
        }
    }

    /// Returns the error of a line whose number of fields no layout has.
    pub(super) fn none_of(&self, count: usize) -> Error {
        let (layout, counts, plural) = (self.name(), &self.counts, plural(count));
        let detail = format!("no {layout} has {count} {plural}: they have {counts}; {ADVICE}");
        Error::sentence(ErrorCode::UnknownLayout, detail).expecting(format!("{counts} fields"), count.to_string())
    }

    /// Returns the name of such a layout in messages.
    fn name(&self) -> &'static str {
        if self.are_of_integration() { "layout of Elastic's integration" } else { "documented layout" }
    }
}

/// The advice for a line that fits no layout.
const ADVICE: &str = "give the format, or the log's header line first";

/// Returns the presets of some names, or all.
fn presets(names: Option<&'static [&'static str]>) -> impl Iterator<Item = &'static Preset> {
    PRESETS.iter().filter(move |preset| names.is_none_or(|names| names.contains(&preset.name)))
}

/// Returns numbers as a phrase: `6, 8 or 14`.
pub(super) fn either(counts: impl Iterator<Item = usize>) -> String {
    let counts = sorted_by(counts, |count| *count);
    let words: Vec<String> = counts.iter().map(usize::to_string).collect();
    match words.as_slice() {
        [most @ .., last] if !most.is_empty() => format!("{} or {last}", most.join(", ")),
        _ => words.concat(),
    }
}
