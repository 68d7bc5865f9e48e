//! Reads the tokens of a condition, each with its place.

/// The reason why a condition is wrong, and the offset in bytes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Refused {
    pub(super) at: usize,
    pub(super) reason: String,
}

impl Refused {
    pub(super) fn new(at: usize, reason: impl Into<String>) -> Refused {
        Refused { at, reason: reason.into() }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Name(String),
    Text(String),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// The operators of conditions, longer ones first.
const SIGNS: [&str; 24] = [
    "===", "!==", "==", "!=", "<=", ">=", "&&", "||", "?.", "?:", "<", ">", "!", "?", ":", ".", ",", "(", ")", "[",
    "]", ";", "-", "=",
];

/// Painless's operators that conditions do not support.
const FOREIGN: [&str; 12] = ["=~", "==~", "++", "--", "->", "::", "<<", ">>", "+=", "-=", "&=", "|="];

pub(super) fn tokens(source: &str) -> Result<Vec<(usize, Token)>, Refused> {
    let mut tokens = Vec::new();
    let mut at = 0;
    // A number after a dot is the index of an item: `ctx.list.0`.
    let mut after_dot = false;
    while let Some(first) = source.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = source.get(at..).unwrap_or_default();
        let start = at;
        if first.is_ascii_whitespace() {
            at += 1;
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            at += rest.find("*/").ok_or_else(|| Refused::new(start, "the comment is not closed"))? + 2;
            continue;
        }
        let token = if first == '\'' || first == '"' {
            let (text, length) = text(rest, first).map_err(|(within, reason)| Refused::new(start + within, reason))?;
            at += length;
            Token::Text(text)
        } else if first.is_ascii_digit() {
            let is_more = |c: char| c.is_ascii_alphanumeric() || (c == '.' && !after_dot);
            let mut length = rest.find(|c: char| !is_more(c)).unwrap_or(rest.len());
            // In 1e-3, the sign belongs to the number.
            let mantissa = rest.get(..length).unwrap_or_default();
            if mantissa.ends_with(['e', 'E'])
                && !after_dot
                && rest.get(length..).is_some_and(|r| r.starts_with(['-', '+']))
            {
                let exponent = rest.get(length + 1..).unwrap_or_default();
                length += 1 + exponent.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(exponent.len());
            }
            at += length;
            number(rest.get(..length).unwrap_or_default()).map_err(|reason| Refused::new(start, reason))?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            at += length;
            Token::Name(rest.get(..length).unwrap_or_default().to_owned())
        } else if let Some(sign) = FOREIGN.into_iter().find(|sign| rest.starts_with(sign)) {
            return Err(Refused::new(start, format!("\"{sign}\" is not supported in conditions")));
        } else if let Some(sign) = SIGNS.into_iter().find(|sign| rest.starts_with(sign)) {
            at += sign.len();
            Token::Sign(sign)
        } else {
            let shown: String = first.escape_debug().collect();
            return Err(Refused::new(start, format!("\"{shown}\" is not supported in conditions")));
        };
        after_dot = matches!(token, Token::Sign("." | "?."));
        tokens.push((start, token));
    }
    tokens.push((source.len(), Token::End));
    Ok(tokens)
}

/// Reads a text in quotes. Returns it with its length in bytes.
fn text(rest: &str, quote: char) -> Result<(String, usize), (usize, String)> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some((_, escaped)) if escaped == quote || escaped == '\\' => text.push(escaped),
                _ => return Err((at, format!("after a backslash only {quote} and \\ can stand"))),
            },
            end if end == quote => return Ok((text, at + 1)),
            other => text.push(other),
        }
    }
    Err((0, "the text is not closed".into()))
}

fn number(text: &str) -> Result<Token, String> {
    let wrong = || format!("the number {text} is not supported in conditions");
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Java reads 010 as 8.
    if text.len() > 1 && text.starts_with('0') && text.as_bytes().get(1).is_some_and(u8::is_ascii_alphanumeric) {
        return Err(wrong());
    }
    if is_digits(text) {
        return text.parse().map(Token::Int).map_err(|_| format!("the number {text} is not an int: write {text}L"));
    }
    match text.strip_suffix(['l', 'L']) {
        Some(digits) if is_digits(digits) => return digits.parse().map(Token::Long).map_err(|_| wrong()),
        _ => {}
    }
    let is_decimal =
        |text: &str| text.starts_with(|c: char| c.is_ascii_digit()) && !text.ends_with(['f', 'F', 'd', 'D']);
    if let Some(digits) = text.strip_suffix(['f', 'F']).filter(|digits| is_decimal(digits)) {
        return digits.parse().map(Token::Float).map_err(|_| wrong());
    }
    let digits = text.strip_suffix(['d', 'D']).unwrap_or(text);
    if digits.ends_with('.') || !is_decimal(digits) {
        return Err(wrong());
    }
    digits.parse().map(Token::Double).map_err(|_| wrong())
}
