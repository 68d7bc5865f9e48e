//! Finds the layers that do not show themselves, by evidence over lines. They are the fewest that leave records of a
//! format, with the shapes of its values, of nine lines in ten.

use crate::base::tokens::{Tokens, is_blank};
use crate::format::presets::{PRESETS, Preset};
use crate::format::{Column, Format};
use crate::layers::{Layer, MAX_TOKENS, Peel, Peeled, Peeler, Piece, blank_len, each, outer, shows_json, texts};
use crate::record::{self, Record};
use crate::value::Kind;

/// The most lines whose first pieces suggest layers.
const MAX_SEEDS: usize = 3;

/// The most stacks of as many layers that are tried.
const MAX_STACKS: usize = 200;

/// The most bytes that are peeled to try stacks, in the lines that are looked at first: 16 MiB.
const MAX_WORK: usize = 16 * 1024 * 1024;

/// The lines that are looked at first.
const FEW_LINES: usize = 20;

/// Returns the layers of lines around records of given formats or, without them, of presets; `None` if they have none, or
/// two stacks of layers fit.
pub(crate) fn find(lines: &[&[u8]], formats: &[Format], max_layers: usize) -> Option<Vec<Layer>> {
    let presets: Vec<Format>;
    let formats = match formats {
        [] => {
            presets = PRESETS.iter().map(Preset::format).collect();
            &presets
        }
        given => given,
    };
    let mut record = Record::default();
    let fits = &mut |tokens: &Tokens| {
        formats
            .iter()
            .filter(|format| format.columns().len() == tokens.count())
            .any(|format| record::read(format, tokens, &mut record).is_ok() && shows_record(format, tokens))
    };
    let mut stacks = vec![Vec::new()];
    let bytes: usize = few(lines).iter().map(|line| line.len()).sum();
    let mut work = 0_usize;
    for _ in 0..max_layers {
        let mut longer: Vec<Vec<Layer>> = Vec::new();
        for stack in &stacks {
            for layer in suggestions(stack, lines) {
                let stack = [stack.as_slice(), &[layer]].concat();
                if longer.len() < MAX_STACKS && !longer.contains(&stack) {
                    longer.push(stack);
                }
            }
        }
        let mut found: Vec<&Vec<Layer>> = Vec::new();
        for stack in &longer {
            work = work.saturating_add(bytes);
            if work > MAX_WORK {
                break;
            }
            if holds(stack, few(lines), fits) && numbers_show_themselves(stack, lines) && holds(stack, lines, fits) {
                found.push(stack);
            }
        }
        // A part of a record, or of a header, may fit as well as the whole.
        if let Some(least) = found.iter().map(|stack| dropped(stack)).min() {
            let mut found = found.into_iter().filter(|stack| dropped(stack) == least);
            let first = found.next()?;
            // The same layers in another order leave the same.
            let is_alone = found.all(|other| first.iter().all(|layer| other.contains(layer)));
            return is_alone.then(|| first.clone());
        }
        stacks = longer;
    }
    None
}

/// Returns the tokens of a transport that all lines have before or after records of any format: a prefix that starts with
/// one, and ends with the last one. Other tokens in it must be the same in all lines, and must not show a record. `None` if
/// there are none.
pub(crate) fn find_tokens(lines: &[&[u8]]) -> Option<Vec<Layer>> {
    let (texts, _) = texts(lines.iter().copied(), &[]);
    let rows: Vec<Vec<&[u8]>> =
        texts.iter().map(|text| outer::tokens(text).collect()).filter(|row: &Vec<&[u8]>| !row.is_empty()).collect();
    let nearly_all = |is_so: &dyn Fn(&Vec<&[u8]>) -> bool| {
        let count = rows.iter().filter(|row| is_so(row)).count();
        count * 10 >= rows.len() * 9 && count > 0
    };
    let first = rows.first()?;
    let token = |row: &Vec<&[u8]>, index: usize, from_end: bool| {
        let index = if from_end { row.len().checked_sub(index + 1) } else { Some(index) };
        index.and_then(|index| row.get(index)).copied().unwrap_or_default().to_vec()
    };
    let count = |from_end: bool| {
        let mut count = 0;
        for index in 0..MAX_TOKENS.min(first.len().saturating_sub(2)) {
            let is_outer = nearly_all(&|row| outer::is_of_transport(&token(row, index, from_end)));
            let word = token(first, index, from_end);
            let is_constant = nearly_all(&|row| token(row, index, from_end) == word) && !outer::may_be_value(&word);
            match (is_outer, index) {
                (true, _) => count = index + 1,
                (false, 1..) if is_constant || nearly_all(&|row| is_day(row, index)) => {}
                (false, _) => break,
            }
        }
        count
    };
    let mut layers = Vec::new();
    match count(false) {
        0 => {}
        before => layers.push(Layer::Prefix(before)),
    }
    match count(true) {
        0 => {}
        after => layers.push(Layer::Suffix(after)),
    }
    (!layers.is_empty()).then_some(layers)
}

/// True if the token of an index is a day, with a clock after it.
fn is_day(row: &[&[u8]], index: usize) -> bool {
    let is_number = |token: &&&[u8]| token.len() <= 2 && token.iter().all(u8::is_ascii_digit);
    row.get(index).filter(is_number).is_some() && row.get(index + 1).is_some_and(|token| outer::is_of_transport(token))
}

/// Returns the number of tokens that a stack of layers drops.
fn dropped(stack: &[Layer]) -> usize {
    let count = |layer: &Layer| match layer {
        Layer::Prefix(count) | Layer::Suffix(count) => *count,
        Layer::Label | Layer::Number => 1,
        _ => 0,
    };
    stack.iter().map(count).sum()
}

fn few<'l, 'a>(lines: &'l [&'a [u8]]) -> &'l [&'a [u8]] {
    lines.get(..FEW_LINES).unwrap_or(lines)
}

/// Returns the layers that the first lines may have inside a stack.
fn suggestions(stack: &[Layer], lines: &[&[u8]]) -> Vec<Layer> {
    let mut layers = Vec::new();
    let mut peeler = Peeler::new(stack);
    let mut seeds = 0;
    for line in few(lines).iter().filter(|line| line.len() > 1) {
        let peeled = peeler.peel(line, line.len(), &mut |peeled, path| {
            if let Peeled::Piece(piece) = peeled
                && piece.cells.is_none()
            {
                let around = each(path.words).last().and_then(Layer::named);
                suggest(piece.text.get(..piece.len).unwrap_or_default(), around.as_ref(), &mut layers);
                seeds += 1;
            }
            false
        });
        if peeled.is_err() && !stack.is_empty() && seeds == 0 {
            break;
        }
        if seeds >= MAX_SEEDS {
            break;
        }
    }
    layers
}

/// Adds the layers that a text may have.
fn suggest(text: &[u8], around: Option<&Layer>, layers: &mut Vec<Layer>) {
    let mut add = |layer: Layer| {
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    };
    let trimmed = text.trim_ascii();
    if (0..text.len()).any(|index| text.get(index..).and_then(blank_len).is_some()) {
        return add(Layer::Spaces);
    }
    if matches!(trimmed.first(), Some(b'"' | b'\'' | b'[')) && around != Some(&Layer::Quotes) {
        add(Layer::Quotes);
    }
    if outer::syslog(trimmed).is_some() {
        return add(Layer::Syslog);
    }
    if outer::first_number(trimmed).is_some() && around != Some(&Layer::Number) {
        add(Layer::Number);
    }
    if let Some(end @ (b',' | b';')) = trimmed.last() {
        add(Layer::End(*end));
    }
    let count = |wanted: u8| trimmed.iter().filter(|byte| **byte == wanted).count();
    if count(b'\t') > 0 && around != Some(&Layer::Tabs) {
        add(Layer::Tabs);
    }
    for delimiter in [b',', b';', b'\t', b'|'] {
        if count(delimiter) > 0 {
            add(Layer::Cells(delimiter));
        }
    }
    let count = outer::tokens(trimmed).count();
    let mut counts: Vec<usize> = PRESETS.iter().map(Preset::field_count).collect();
    counts.dedup();
    for fields in counts {
        // Those with spaces between them, and those without.
        if !trimmed.contains(&b'\t')
            && count > fields
            && (count.is_multiple_of(fields) || (count - 1).is_multiple_of(fields - 1))
        {
            add(Layer::Records(fields));
        }
    }
    let tokens: Vec<&[u8]> = outer::tokens(trimmed).take(MAX_TOKENS + 1).collect();
    let first = tokens.first().copied().unwrap_or_default();
    let has_mark = |token: &[u8]| matches!(token, [_, middle @ .., _] if middle.iter().any(|byte| matches!(byte, b':' | b'=' | b'|')));
    if has_mark(first) && around != Some(&Layer::Label) {
        add(Layer::Label);
    }
    // Where the prefix ends is known, if JSON or quotes follow it.
    let opens = |token: &[u8]| shows_json(token) || token.starts_with(b"\"");
    if !matches!(around, Some(Layer::Prefix(_) | Layer::Suffix(_))) {
        let mut has_outer = false;
        let ends = tokens.iter().skip(1).position(|token| opens(token)).map(|end| end + 1);
        for (index, token) in tokens.iter().enumerate().take(MAX_TOKENS) {
            has_outer |= outer::is_of_transport(token);
            if has_outer && index + 1 < tokens.len() && ends.is_none_or(|end| index + 1 == end) {
                add(Layer::Prefix(index + 1));
            }
        }
    }
    if !matches!(around, Some(Layer::Suffix(_))) {
        let last: Vec<&[u8]> = trimmed.rsplit(|byte| is_blank(*byte)).take(4).collect();
        let mut has_outer = false;
        let mut closes = false;
        for (index, token) in last.iter().enumerate() {
            closes |= token.ends_with(b"]") || token.ends_with(b")") || token.ends_with(b"}");
            // A bracket that nothing closes is a part of a damaged record.
            let is_open = matches!(token, [b'[' | b'(' | b'{', ..]) && !closes;
            has_outer |= outer::is_of_transport(token) && !is_open;
            if has_outer {
                add(Layer::Suffix(index + 1));
            }
        }
    }
}

/// The lines from which on numbers before the records show that they count the lines, or are times.
const ENOUGH_NUMBERS: usize = 5;

/// The seconds from the end of a record within which it is delivered.
const MAX_DELAY: u64 = 3_600;

/// True if the numbers before records, which a stack may have as a layer, are not fields. Either each is the next one of the
/// line before; no number of a flow log is so. Or they are Unix seconds between the start of their record and its delivery, and
/// not all the same: a record has no more such numbers than `start` and `end`.
fn numbers_show_themselves(stack: &[Layer], lines: &[&[u8]]) -> bool {
    let Some(at) = stack.iter().position(|layer| *layer == Layer::Number) else { return true };
    let mut peeler = Peeler::new(stack.get(..at).unwrap_or_default());
    let number = |token: &[u8]| std::str::from_utf8(token).ok().and_then(|token| token.parse::<u64>().ok());
    let (mut numbers, mut times, mut rows) = (Vec::new(), 0, 0);
    for line in lines {
        let _ = peeler.peel(line, line.len(), &mut |peeled, _| {
            let Peeled::Piece(Piece { text, len, cells: None, .. }) = peeled else { return true };
            let text = text.get(..len).unwrap_or_default();
            rows += usize::from(outer::tokens(text).next().is_some());
            let Some(first) = outer::first_number(text).and_then(number) else { return true };
            let seconds = || outer::tokens(text).skip(1).filter(|token| token.len() == 10).filter_map(number);
            let last = seconds().max().unwrap_or_default();
            let is_time = seconds().nth(1).is_some() && seconds().min() <= Some(first) && first <= last + MAX_DELAY;
            times += usize::from(is_time);
            numbers.push(first);
            true
        });
    }
    let counts =
        numbers.windows(2).filter(|pair| matches!(pair, [one, two] if one.checked_add(1) == Some(*two))).count();
    let differs = numbers.iter().any(|number| numbers.first() != Some(number));
    rows >= ENOUGH_NUMBERS && (counts + 1 == rows || (differs && times * 10 >= rows * 9))
}

/// True if nine lines in ten are records or headers inside a stack of layers, and at least one is a record.
fn holds(stack: &[Layer], lines: &[&[u8]], fits: &mut dyn FnMut(&Tokens) -> bool) -> bool {
    let mut peeler = Peeler::new(stack);
    let mut tokens = Tokens::default();
    let mut record = Record::default();
    let mut header: Option<Format> = None;
    let (mut records, mut others, mut headers) = (0_usize, 0_usize, 0_usize);
    for line in lines {
        let peeled = peeler.peel(line, line.len(), &mut |peeled, _| {
            let piece = match peeled {
                Peeled::Header(names) => {
                    header = Format::from_names(&names.split(' ').collect::<Vec<&str>>()).ok();
                    headers += 1;
                    return true;
                }
                Peeled::Piece(piece) => piece,
            };
            let text = piece.text.get(..piece.len).unwrap_or_default();
            match piece.cells {
                Some(cells) => tokens.set(piece.text, cells),
                None => tokens.split(text),
            }
            if tokens.count() == 0 {
                return true;
            }
            let names: Vec<&[u8]> = tokens.texts().collect();
            if piece.cells.is_none()
                && names.len() > 1
                && let Some(Ok(format)) = Format::of_header(&names)
            {
                header = Some(format);
                headers += 1;
                return true;
            }
            let of_header = header.as_ref().is_some_and(|format| {
                record::read(format, &tokens, &mut record).is_ok() && record::looks_right(format, &tokens)
            });
            // AWS quotes nothing: a quote in a text is a part of a layer.
            let is_bare = piece.cells.is_some() || !text.contains(&b'"');
            if is_bare && (of_header || fits(&tokens)) {
                records += 1;
            } else {
                others += 1;
            }
            true
        });
        if peeled.is_err() {
            others += 1;
        }
        // A few lines that do not fit are enough for nearly all stacks.
        if others > records + headers + MAX_SEEDS {
            return false;
        }
    }
    // A header of fields is evidence enough, if the lines end there.
    records + headers > 0 && others * 9 <= records
}

/// The values that show a record, without those that could be any text.
const MIN_SHOWN: usize = 3;

/// True if a line that a format reads is a record without any doubt: with the shapes of its values, and with enough of
/// them.
fn shows_record(format: &Format, tokens: &Tokens) -> bool {
    let shows = |(column, token): (&Column, &[u8])| {
        let is_free =
            matches!(column.kind(), Kind::Text | Kind::Name | Kind::Uid | Kind::Tag | Kind::Lower | Kind::Upper);
        !is_free && token != b"-"
    };
    let pairs = format.columns().iter().zip(tokens.texts());
    record::looks_right(format, tokens) && pairs.filter(|pair| shows(*pair)).count() >= MIN_SHOWN
}
