//! Lines with layers around their records: peeled, and read piece by piece.

use super::lines::RawLine;
use super::{Line, Parser, Sink};
use crate::base::output::Output;
use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::layers::{self, Layer, Peeled, Peeler, Piece};
use crate::options::{Found, Layers};
use crate::record::Located;

/// Finds the layers of lines around records of given formats or, without them, of presets, up to a number of layers.
pub(crate) type Finder = fn(&[u8], &[Format], usize) -> Option<Vec<Layer>>;

/// The layers of an input.
#[derive(Debug)]
pub(super) struct Around {
    option: Found,
    pub(super) peeler: Peeler,
    /// The layers around the first record that had any.
    pub(super) found: Vec<Layer>,
    /// The lines of this input that have been searched for layers without success.
    searched: usize,
}

/// The lines of an input that are searched one by one.
const MAX_SEARCHED: usize = 8;

/// The most layers that are found in several lines.
pub(super) const MAX_LAYERS: usize = 3;

/// The most layers that are found in one line, which may be one of many that are read one by one.
const MAX_LAYERS_OF_ONE: usize = 2;

impl Around {
    pub(super) fn new(option: Layers) -> Around {
        let mut around = Around { option: option.0, peeler: Peeler::default(), found: Vec::new(), searched: 0 };
        around.reset();
        around
    }

    /// Returns to the start of an input. The layers that were found stay known until its first line.
    pub(super) fn reset(&mut self) {
        let given = if let Found::Given(layers) = &self.option { layers.as_slice() } else { &[] };
        self.peeler = Peeler::new(given);
        self.searched = 0;
    }

    /// True if lines may have layers.
    pub(super) fn may_peel(&self) -> bool {
        self.option != Found::Off
    }

    /// True if a line is peeled.
    #[inline]
    pub(super) fn peels(&self, line: RawLine<'_>) -> bool {
        if line.plain && !matches!(line.text.first(), Some(b'{' | b'[')) {
            return self.peeler.has_layers();
        }
        self.may_peel() && (self.peeler.has_layers() || layers::starts_as_json(line.bytes()))
    }
}

/// The state of a line that is peeled.
#[derive(Default)]
struct Progress {
    /// The pieces that have been peeled.
    pieces: usize,
    /// True if the layers of the line are not known yet.
    is_open: bool,
    /// The error that ends the input.
    failure: Option<Error>,
}

impl Parser {
    /// Reads the pieces of a line, and appends their documents. If it may search, layers that are not known yet are found
    /// first.
    #[inline(never)]
    pub(super) fn take_layers(
        &mut self,
        line: RawLine<'_>,
        may_search: bool,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let mut progress = Progress::default();
        let mut peeler = std::mem::take(&mut self.around.peeler);
        let peeled = peeler.peel(line.bytes(), &mut |peeled, path| {
            progress.pieces += 1;
            let start = sink.out.len();
            let read = match peeled {
                Peeled::Header(format) => match self.reader.choice.set_header(format) {
                    // The members of an object are not a line of their own.
                    Ok(()) if path.last() == Some(&Layer::Fields) => {
                        progress.pieces -= 1;
                        return true;
                    }
                    Ok(()) => Ok(Line::Header),
                    Err(error) => Err(error.at(self.lines.position(None, None)).with_input(line.bytes())),
                },
                Peeled::Piece(piece) => self.read_piece(line, piece, path, sink.out),
            };
            if let Err(error) = &read
                && may_search
                && progress.pieces == 1
                && self.may_search(error)
            {
                progress.is_open = true;
                return false;
            }
            progress.failure = self.finish(read, start, sink).err();
            progress.failure.is_none()
        });
        self.around.peeler = peeler;
        if progress.is_open {
            if self.search(line) {
                return self.take_line(line, sink);
            }
            return self.take_layers(line, false, sink);
        }
        let result = match peeled {
            // A line that lacks the layers of the others may be a record all the same.
            Err(located) => {
                let error = self.locate(line, located);
                let start = sink.out.len();
                let read = self.read_bare(line, error, sink.out);
                self.finish(read, start, sink)
            }
            Ok(_) if progress.pieces == 0 => self.finish(Ok(Line::Blank), sink.out.len(), sink),
            Ok(_) => progress.failure.map_or(Ok(()), Err),
        };
        self.lines.pass(line);
        self.stats.lines += 1;
        result
    }

    /// Reads the only piece of a line, and appends its document without a line end.
    #[inline(never)]
    pub(super) fn parse_layers(&mut self, line: RawLine<'_>, out: &mut Output) -> Result<Line, Error> {
        let mut pieces = 0;
        let mut read = Ok(Line::Blank);
        let mut peeler = std::mem::take(&mut self.around.peeler);
        let mut count = |peeled: Peeled<'_>, _: &[Layer]| {
            match peeled {
                Peeled::Header(format) => read = self.reader.choice.set_header(format).map(|()| Line::Header),
                Peeled::Piece(_) => pieces += 1,
            }
            read.is_ok()
        };
        let mut peeled = peeler.peel(line.bytes(), &mut count);
        if pieces > 1 {
            let detail = "expected one record, found several; read them as a whole input, not as a line";
            read = Err(Error::sentence(ErrorCode::SeveralLines, detail));
        } else if pieces == 1 && peeled.is_ok() && read.is_ok() {
            peeled = peeler.peel(line.bytes(), &mut |peeled, path| {
                if let Peeled::Piece(piece) = peeled {
                    read = self.read_piece(line, piece, path, out);
                }
                true
            });
        }
        self.around.peeler = peeler;
        let error = match (peeled, read) {
            (Ok(_), Ok(read)) => return Ok(read),
            (Ok(_), Err(error)) if error.position().line.is_some() => return Err(error),
            (Ok(_), Err(error)) => Located { start: None, error },
            (Err(located), _) => located,
        };
        let error = self.locate(line, error);
        self.read_bare(line, error, out)
    }

    /// Reads a piece of a line; if that is in vain, the line as it is.
    #[inline(never)]
    fn read_piece(
        &mut self,
        line: RawLine<'_>,
        piece: Piece<'_>,
        path: &[Layer],
        out: &mut Output,
    ) -> Result<Line, Error> {
        let Parser { lines, reader, writer, .. } = self;
        let is_object = path.last() == Some(&Layer::Fields);
        let read = reader.read_piece(piece, is_object, lines.is_at_first(), |reading| writer.write(reading, out));
        match read {
            Ok(read) => {
                if matches!(read, Line::Record | Line::Omitted) && self.around.found.is_empty() {
                    self.around.found = path.to_vec();
                }
                Ok(read)
            }
            Err(_) if layers::is_comment(piece.text) => Ok(Line::Blank),
            Err(Located { start, error }) => {
                // A line of JSON with a message is what it was; other layers are named.
                let is_usual = matches!(path, [Layer::Json(key)] if key == "message");
                let error = if is_usual { error } else { error.with_note(format!("in {}", words(path))) };
                let error = self.locate(line, Located { start, error });
                if path.iter().all(Layer::shows_itself) { Err(error) } else { self.read_bare(line, error, out) }
            }
        }
    }

    /// Reads a line without the layers of the others. If that is in vain, the error is that of the line with them.
    #[inline(never)]
    fn read_bare(&mut self, line: RawLine<'_>, error: Error, out: &mut Output) -> Result<Line, Error> {
        if layers::starts_as_json(line.bytes()) {
            return Err(error);
        }
        let line = RawLine { plain: false, ..line };
        self.read_line(line, out).map_err(|_| error)
    }

    /// True if a line with this error may have layers that are not known yet.
    pub(super) fn may_search(&self, error: &Error) -> bool {
        let fits_nothing = error.code() == ErrorCode::UnknownLayout;
        let may_infer = self.reader.choice.may_infer() && fits_nothing && self.look_ahead.may_start();
        may_infer || self.may_search_line()
    }

    /// True if a line may be searched by itself: there has not been a record, and there is a format to compare with.
    fn may_search_line(&self) -> bool {
        self.around.option == Found::ByEvidence
            && !self.around.peeler.has_layers()
            && !self.reader.choice.reads_like_elastic()
            && self.stats.records == self.records_before
            && self.around.searched < MAX_SEARCHED
    }

    /// Finds the layers of a line by itself. True if it has any.
    pub(super) fn find_layers_of(&mut self, line: &[u8]) -> bool {
        self.may_search_line() && self.find_layers(line, MAX_LAYERS_OF_ONE)
    }

    /// Starts the look-ahead at a line, or searches it by itself. True if the line is to be taken again.
    pub(super) fn search(&mut self, line: RawLine<'_>) -> bool {
        if self.reader.choice.may_infer() && self.look_ahead.may_start() {
            self.look_ahead.start();
            return true;
        }
        self.find_layers_of(line.bytes())
    }

    /// Finds the layers of lines. True if there are any.
    pub(super) fn find_layers(&mut self, lines: &[u8], max_layers: usize) -> bool {
        if self.around.option != Found::ByEvidence || self.reader.choice.reads_like_elastic() {
            return false;
        }
        let found = (self.finder)(lines, &self.reader.choice.formats(), max_layers);
        match found {
            Some(layers) => self.around.peeler = Peeler::new(&layers),
            None => self.around.searched += 1,
        }
        self.around.peeler.has_layers()
    }
}

/// Returns the words of layers, from outside in.
fn words(path: &[Layer]) -> String {
    let words: Vec<String> = path.iter().map(Layer::to_string).collect();
    words.join(" › ")
}
