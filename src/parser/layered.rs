//! Lines with layers around their records: peeled, and read piece by piece.

use super::lines::RawLine;
use super::{Line, Parser, Sink};
use crate::base::output::Output;
use crate::error::{Error, ErrorCode};
use crate::format::Format;
use crate::format::inferred::Inferred;
use crate::layers::{self, Path, Peel, Peeled, Piece, SEPARATOR};
use crate::options::{Found, Layers};
use crate::record::transport::Transport;
use crate::record::{Located, envelope};

/// Finds the layers of lines around records of given formats or, without them, of presets, up to a number of layers, in
/// words.
pub(crate) type Finder = fn(&[u8], &[Format], usize) -> Option<String>;

/// Makes a peeler of layers in words, which keeps the values of the transport or not.
pub(crate) type MakePeeler = fn(&str, bool) -> Result<Box<dyn Peel>, Error>;

/// The layers of an input.
#[derive(Debug)]
pub(super) struct Around {
    option: Found,
    /// True if documents have the values of the transport.
    has_transport: bool,
    make_peeler: MakePeeler,
    /// The peeler of the layers. It is made for the first line that needs it.
    peeler: Option<Box<dyn Peel>>,
    /// The words of the layers that were given or found.
    layers: String,
    /// True if there are any: lines that do not start as JSON are peeled, too.
    has_layers: bool,
    /// The words of the layers around the first record that had any.
    pub(super) found: String,
    /// The lines of this input that have been searched for layers without success.
    searched: usize,
}

/// The lines of an input that are searched one by one.
const MAX_SEARCHED: usize = 8;

/// The most layers that are found in several lines.
pub(super) const MAX_LAYERS: usize = 3;

/// The most layers that are found in one line, which may be one of many that are read one by one.
const MAX_LAYERS_OF_ONE: usize = 2;

/// The usual layer.
const MESSAGE: Path<'_> = Path { words: "json message", shows_itself: true, is_object: false };

impl Around {
    /// Returns the layers of an option.
    ///
    /// # Errors
    /// `invalid_option`, with the words that are not a layer.
    pub(super) fn new(option: Layers, has_transport: bool, make_peeler: MakePeeler) -> Result<Around, Error> {
        let mut around = Around {
            option: option.0,
            has_transport,
            make_peeler,
            peeler: None,
            layers: String::new(),
            has_layers: false,
            found: String::new(),
            searched: 0,
        };
        around.reset();
        if !around.layers.is_empty() {
            around.peeler = Some(make_peeler(&around.layers, has_transport)?);
        }
        Ok(around)
    }

    /// Returns to the start of an input. The layers that were found stay known until its first line.
    pub(super) fn reset(&mut self) {
        self.set(if let Found::Given(layers) = &self.option { layers.join(SEPARATOR) } else { String::new() });
        self.searched = 0;
    }

    /// Sets the layers.
    fn set(&mut self, layers: String) {
        self.has_layers = !layers.is_empty();
        self.layers = layers;
        self.peeler = None;
    }

    /// True if lines may have layers.
    pub(super) fn may_peel(&self) -> bool {
        self.option != Found::Off
    }

    /// True if a line is peeled.
    #[inline]
    pub(super) fn peels(&self, line: RawLine<'_>) -> bool {
        if line.plain {
            return self.has_layers;
        }
        self.may_peel() && (self.has_layers || layers::starts_as_json(line.bytes()))
    }
}

/// Takes what is peeled, and the layers around it.
type Take<'t> = dyn FnMut(&mut Parser, Peeled<'_>, Path<'_>) -> bool + 't;

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
    /// Peels a line, and hands each piece over.
    fn peel(&mut self, line: RawLine<'_>, take: &mut Take<'_>) -> Result<bool, Located> {
        let content = envelope::open(line.bytes())?;
        // The wrapper of most logs needs no peeler.
        if !self.around.has_layers
            && let Some(text) = layers::simply_wrapped(content.text)
            && !layers::shows_json(text)
        {
            let offset = content.offset.map(|offset| offset + content.text.len() - text.len() - 2);
            let piece =
                Piece { text, len: text.len(), cells: None, offset, outer_time: None, transport: Transport::NONE };
            return Ok(take(self, Peeled::Piece(piece), MESSAGE));
        }
        let mut peeler = match self.around.peeler.take() {
            Some(peeler) => peeler,
            None => (self.around.make_peeler)(&self.around.layers, self.around.has_transport)?,
        };
        let peeled = peeler.peel(line.text, line.len, &mut |peeled, path| take(self, peeled, path));
        self.around.peeler = Some(peeler);
        peeled
    }

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
        let peeled = self.peel(line, &mut |parser, peeled, path| {
            progress.pieces += 1;
            let start = sink.out.len();
            let read = match peeled {
                Peeled::Header(names) => match parser.set_names(names, path.is_object) {
                    // The members of an object are not a line of their own.
                    Ok(()) if path.is_object => {
                        progress.pieces -= 1;
                        return true;
                    }
                    Ok(()) => Ok(Line::Header),
                    Err(error) => Err(error.at(parser.lines.position(None, None)).with_input(line.bytes())),
                },
                Peeled::Piece(piece) => parser.read_piece(line, piece, path, sink.out),
            };
            if let Err(error) = &read
                && may_search
                && progress.pieces == 1
                && parser.may_search(error)
            {
                progress.is_open = true;
                return false;
            }
            progress.failure = parser.finish(read, start, sink).err();
            progress.failure.is_none()
        });
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
        let mut peeled = self.peel(line, &mut |parser, peeled, path| {
            match peeled {
                Peeled::Header(names) => read = parser.set_names(names, path.is_object).map(|()| Line::Header),
                Peeled::Piece(_) => pieces += 1,
            }
            read.is_ok()
        });
        if pieces > 1 {
            let detail = "expected one record, found several; read them as a whole input, not as a line";
            read = Err(Error::sentence(ErrorCode::SeveralLines, detail));
        } else if pieces == 1 && peeled.is_ok() && read.is_ok() {
            peeled = self.peel(line, &mut |parser, peeled, path| {
                if let Peeled::Piece(piece) = peeled {
                    read = parser.read_piece(line, piece, path, out);
                }
                true
            });
        }
        let error = match (peeled, read) {
            (Ok(_), Ok(read)) => return Ok(read),
            (Ok(_), Err(error)) if error.position().line.is_some() => return Err(error),
            (Ok(_), Err(error)) => Located { start: None, error },
            (Err(located), _) => located,
        };
        let error = self.locate(line, error);
        self.read_bare(line, error, out)
    }

    /// Sets the names of the columns of rows.
    fn set_names(&mut self, names: &str, is_object: bool) -> Result<(), Error> {
        let names: Vec<&str> = names.split(' ').collect();
        let owner = if is_object { "the objects" } else { "the header" };
        self.reader.choice.set_header(Format::from_names(&names), owner)
    }

    /// Reads a piece of a line; if that is in vain, the line as it is.
    #[inline(never)]
    fn read_piece(
        &mut self,
        line: RawLine<'_>,
        piece: Piece<'_>,
        path: Path<'_>,
        out: &mut Output,
    ) -> Result<Line, Error> {
        let Parser { lines, reader, writer, .. } = self;
        let read = reader.read_piece(piece, path.is_object, lines.is_at_first(), |reading| writer.write(reading, out));
        match read {
            Ok(read) => {
                if matches!(read, Line::Record | Line::Omitted) && self.around.found.is_empty() {
                    path.words.clone_into(&mut self.around.found);
                }
                Ok(read)
            }
            Err(_) if layers::is_comment(piece.text) => Ok(Line::Blank),
            Err(Located { start, error }) => {
                // A line of JSON with a message is what it was; other layers are named.
                let error = if path == MESSAGE { error } else { error.with_note(format!("in {}", path.words)) };
                let error = self.locate(line, Located { start, error });
                if path.shows_itself { Err(error) } else { self.read_bare(line, error, out) }
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
            && !self.around.has_layers
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

    /// Finds the layers of lines; without a number of layers, the tokens of a transport around records of any format. True
    /// if there are any.
    pub(super) fn find_layers(&mut self, lines: &[u8], max_layers: usize) -> bool {
        if self.around.option != Found::ByEvidence || self.reader.choice.reads_like_elastic() {
            return false;
        }
        let found = (self.services.find_layers)(lines, &self.reader.choice.formats(), max_layers);
        match found {
            Some(layers) => self.around.set(layers),
            None => self.around.searched += 1,
        }
        self.around.has_layers
    }

    /// Infers the format of records in the layers of lines, which are dropped if there is none.
    pub(super) fn infer_inside(&mut self, lines: &[u8]) -> Option<Inferred> {
        let mut texts = Vec::new();
        for line in lines.split(|byte| *byte == b'\n') {
            let line = RawLine { text: line, len: line.len(), dropped: 0, plain: false };
            let _ = self.peel(line, &mut |_, peeled, _| {
                if let Peeled::Piece(Piece { text, len, cells: None, .. }) = peeled {
                    texts.extend_from_slice(text.get(..len).unwrap_or_default());
                    texts.push(b'\n');
                }
                true
            });
        }
        let inferred = (self.services.infer)(&texts);
        if inferred.is_none() {
            self.around.set(String::new());
        }
        inferred
    }
}
