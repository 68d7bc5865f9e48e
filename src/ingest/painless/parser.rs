//! Parses tokens to an expression, with Painless's precedence.

use super::lexer::{Refused, Token, tokens};
use crate::ingest::value::Value;

/// An expression, with the places that failures report, in bytes.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Ctx,
    Literal(Value),
    List(Vec<Expr>),
    /// `of.name`; with `?.`, the member of null is null.
    Member {
        of: Box<Expr>,
        name: String,
        null_safe: bool,
        at: usize,
    },
    /// `of[key]`.
    Item {
        of: Box<Expr>,
        key: Box<Expr>,
        at: usize,
    },
    Call {
        of: Box<Expr>,
        method: Method,
        arguments: Vec<Expr>,
        null_safe: bool,
        at: usize,
    },
    Not(Box<Expr>),
    And(Vec<Expr>),
    Or(Vec<Expr>),
    Equal {
        left: Box<Expr>,
        right: Box<Expr>,
        negated: bool,
        identity: bool,
    },
    Compare {
        left: Box<Expr>,
        right: Box<Expr>,
        sign: &'static str,
    },
    InstanceOf(Box<Expr>, &'static str),
    Choose(Box<Expr>, Box<Expr>, Box<Expr>),
    Elvis(Box<Expr>, Box<Expr>),
}

/// A method that conditions may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Contains,
    StartsWith,
    EndsWith,
    Length,
    ToLowerCase,
    ToUpperCase,
    Trim,
    Equals,
    EqualsIgnoreCase,
    IsEmpty,
    ContainsKey,
    Get,
    Size,
}

/// The methods, with their numbers of arguments.
pub(super) const METHODS: [(&str, Method, usize); 13] = [
    ("contains", Method::Contains, 1),
    ("startsWith", Method::StartsWith, 1),
    ("endsWith", Method::EndsWith, 1),
    ("length", Method::Length, 0),
    ("toLowerCase", Method::ToLowerCase, 0),
    ("toUpperCase", Method::ToUpperCase, 0),
    ("trim", Method::Trim, 0),
    ("equals", Method::Equals, 1),
    ("equalsIgnoreCase", Method::EqualsIgnoreCase, 1),
    ("isEmpty", Method::IsEmpty, 0),
    ("containsKey", Method::ContainsKey, 1),
    ("get", Method::Get, 1),
    ("size", Method::Size, 0),
];

/// The types that `instanceof` supports.
const TYPES: [&str; 12] =
    ["String", "List", "Map", "Collection", "Number", "Integer", "Long", "Float", "Double", "Boolean", "Object", "def"];

/// The limit of levels of expressions.
const MAX_DEPTH: usize = 100;

/// The limit of member accesses and calls in a row, which are levels, too.
const MAX_CHAIN: usize = 200;

pub(super) fn parse(source: &str) -> Result<Expr, Refused> {
    let mut parser = Parser { tokens: tokens(source)?, next: 0, depth: 0 };
    if parser.peek() == &Token::Name("return".into()) {
        parser.next += 1;
    }
    let start = parser.at();
    let expr = parser.choice()?;
    let _ = parser.takes(";");
    if parser.peek() != &Token::End {
        return Err(parser.unexpected("the end"));
    }
    boolean(expr, start)
}

/// The type of a value, as far as it is known without a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An unknown type, which is Painless's `def`.
    Any,
    Boolean,
    Number,
    Text,
    Null,
    List,
    Ctx,
}

impl Kind {
    fn of(expr: &Expr) -> Kind {
        match expr {
            Expr::Ctx => Kind::Ctx,
            Expr::List(_) => Kind::List,
            Expr::Literal(Value::Null) => Kind::Null,
            Expr::Literal(Value::Bool(_)) => Kind::Boolean,
            Expr::Literal(Value::String(_)) => Kind::Text,
            Expr::Literal(_) => Kind::Number,
            Expr::Member { .. } | Expr::Item { .. } => Kind::Any,
            Expr::Call { of, .. } if Kind::of(of) == Kind::Any => Kind::Any,
            Expr::Call { method, .. } => match method {
                Method::Length | Method::Size => Kind::Number,
                Method::ToLowerCase | Method::ToUpperCase | Method::Trim => Kind::Text,
                Method::Get => Kind::Any,
                _ => Kind::Boolean,
            },
            Expr::Not(_) | Expr::And(_) | Expr::Or(_) => Kind::Boolean,
            Expr::Equal { .. } | Expr::Compare { .. } | Expr::InstanceOf(..) => Kind::Boolean,
            Expr::Choose(_, one, other) | Expr::Elvis(one, other) => match (Kind::of(one), Kind::of(other)) {
                (one, other) if one == other => one,
                _ => Kind::Any,
            },
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::Any => "a value",
            Kind::Boolean => "a boolean",
            Kind::Number => "a number",
            Kind::Text => "a text",
            Kind::Null => "null",
            Kind::List => "a list",
            Kind::Ctx => "ctx",
        }
    }

    /// True if a value of the type may have the method.
    fn has(self, method: Method) -> bool {
        match self {
            Kind::Any => true,
            Kind::Boolean | Kind::Number | Kind::Null => false,
            Kind::Text => !matches!(method, Method::ContainsKey | Method::Get | Method::Size),
            Kind::List => {
                matches!(method, Method::Contains | Method::Equals | Method::IsEmpty | Method::Get | Method::Size)
            }
            Kind::Ctx => {
                matches!(method, Method::ContainsKey | Method::Equals | Method::IsEmpty | Method::Get | Method::Size)
            }
        }
    }
}

/// Refuses an expression that is never a boolean.
fn boolean(expr: Expr, at: usize) -> Result<Expr, Refused> {
    match Kind::of(&expr) {
        Kind::Any | Kind::Boolean => Ok(expr),
        other => Err(Refused::new(at, format!("expected a boolean, found {}", other.name()))),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    /// Returns the offset of the next token.
    fn at(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(0, |(at, _)| *at)
    }

    fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.next += usize::from(found);
        found
    }

    fn takes_one_of(&mut self, signs: &[&str]) -> Option<&'static str> {
        let Token::Sign(found) = *self.peek() else { return None };
        signs.contains(&found).then(|| {
            self.next += 1;
            found
        })
    }

    fn expect(&mut self, sign: &'static str) -> Result<(), Refused> {
        if self.takes(sign) { Ok(()) } else { Err(self.unexpected(&format!("\"{sign}\""))) }
    }

    fn unexpected(&self, expected: &str) -> Refused {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            // Painless may accept it.
            Token::Sign(sign @ ("-" | "=")) => {
                return Refused::new(self.at(), format!("\"{sign}\" is not supported in conditions"));
            }
            Token::Sign(sign) => format!("\"{sign}\""),
            Token::Name(name) => format!("\"{name}\""),
            Token::Text(_) => "a text".to_owned(),
            _ => "a number".to_owned(),
        };
        Refused::new(self.at(), format!("expected {expected}, found {found}"))
    }

    fn nested<T>(&mut self, parse: impl FnOnce(&mut Parser) -> Result<T, Refused>) -> Result<T, Refused> {
        if self.depth == MAX_DEPTH {
            return Err(Refused::new(self.at(), format!("expected at most {MAX_DEPTH} levels of nesting")));
        }
        self.depth += 1;
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    fn choice(&mut self) -> Result<Expr, Refused> {
        let start = self.at();
        let condition = self.or()?;
        if self.takes("?") {
            let condition = boolean(condition, start)?;
            let then = self.nested(Parser::choice)?;
            self.expect(":")?;
            let otherwise = self.nested(Parser::choice)?;
            return Ok(Expr::Choose(Box::new(condition), Box::new(then), Box::new(otherwise)));
        }
        if self.takes("?:") {
            let otherwise = self.nested(Parser::choice)?;
            return Ok(Expr::Elvis(Box::new(condition), Box::new(otherwise)));
        }
        Ok(condition)
    }

    fn or(&mut self) -> Result<Expr, Refused> {
        self.operands("||", Parser::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Expr, Refused> {
        self.operands("&&", Parser::equality, Expr::And)
    }

    fn operands(
        &mut self,
        sign: &str,
        parse: impl Fn(&mut Parser) -> Result<Expr, Refused>,
        join: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> Result<Expr, Refused> {
        let start = self.at();
        let first = parse(self)?;
        if !matches!(self.peek(), Token::Sign(found) if *found == sign) {
            return Ok(first);
        }
        let mut operands = vec![boolean(first, start)?];
        while self.takes(sign) {
            let start = self.at();
            let operand = parse(self)?;
            operands.push(boolean(operand, start)?);
        }
        Ok(join(operands))
    }

    fn equality(&mut self) -> Result<Expr, Refused> {
        let mut left = self.instance()?;
        let mut count = 0;
        loop {
            let at = self.at();
            let Some(sign) = self.takes_one_of(&["==", "!=", "===", "!=="]) else { return Ok(left) };
            count += 1;
            if count > MAX_DEPTH {
                return Err(Refused::new(at, format!("expected at most {MAX_DEPTH} comparisons in a row")));
            }
            let right = self.instance()?;
            let kinds = (Kind::of(&left), Kind::of(&right));
            let comparable = match kinds {
                (Kind::Null, Kind::Null) => false,
                (Kind::Boolean | Kind::Number, Kind::Null) | (Kind::Null, Kind::Boolean | Kind::Number) => false,
                (Kind::Any | Kind::Null, _) | (_, Kind::Any | Kind::Null) => true,
                (left, right) => left == right,
            };
            if !comparable {
                let (left, right) = (kinds.0.name(), kinds.1.name());
                return Err(Refused::new(at, format!("{left} and {right} cannot be compared")));
            }
            let (negated, identity) = (sign.starts_with('!'), sign.len() == 3);
            left = Expr::Equal { left: Box::new(left), right: Box::new(right), negated, identity };
        }
    }

    fn instance(&mut self) -> Result<Expr, Refused> {
        let mut value = self.relation()?;
        while self.peek() == &Token::Name("instanceof".into()) {
            self.next += 1;
            let at = self.at();
            let Token::Name(name) = self.peek() else { return Err(self.unexpected("a type")) };
            let Some(known) = TYPES.into_iter().find(|known| known == name) else {
                return Err(Refused::new(at, format!("the type \"{name}\" is not supported in conditions")));
            };
            self.next += 1;
            if matches!(value, Expr::InstanceOf(..)) {
                return Err(Refused::new(at, "a boolean has no other type"));
            }
            value = Expr::InstanceOf(Box::new(value), known);
        }
        Ok(value)
    }

    fn relation(&mut self) -> Result<Expr, Refused> {
        let left = self.unary()?;
        let at = self.at();
        let Some(sign) = self.takes_one_of(&["<", "<=", ">", ">="]) else { return Ok(left) };
        let right = self.unary()?;
        let kinds = [Kind::of(&left), Kind::of(&right)];
        let is_fine = match kinds {
            [Kind::Any, other] | [other, Kind::Any] => !matches!(other, Kind::Null | Kind::List | Kind::Ctx),
            both => both == [Kind::Number, Kind::Number],
        };
        if !is_fine {
            return Err(Refused::new(at, format!("\"{sign}\" is for numbers")));
        }
        Ok(Expr::Compare { left: Box::new(left), right: Box::new(right), sign })
    }

    fn unary(&mut self) -> Result<Expr, Refused> {
        if self.takes("!") {
            let start = self.at();
            let operand = self.nested(Parser::unary)?;
            return Ok(Expr::Not(Box::new(boolean(operand, start)?)));
        }
        let at = self.at();
        if self.takes("-") {
            let value = match self.peek() {
                Token::Int(number) => Value::Integer(-number),
                Token::Long(number) => Value::Long(-number),
                Token::Float(number) => Value::Float(-number),
                Token::Double(number) => Value::Double(-number),
                _ => return Err(Refused::new(at, "\"-\" is not supported in conditions")),
            };
            self.next += 1;
            return Ok(Expr::Literal(value));
        }
        self.postfix()
    }

    fn postfix(&mut self) -> Result<Expr, Refused> {
        let mut value = self.primary()?;
        let mut links = 0;
        loop {
            let at = self.at();
            links += 1;
            if links > MAX_CHAIN {
                return Err(Refused::new(at, format!("expected at most {MAX_CHAIN} members in a row")));
            }
            if self.takes("[") {
                let key = self.nested(Parser::choice)?;
                self.expect("]")?;
                value = Expr::Item { of: Box::new(value), key: Box::new(key), at };
                continue;
            }
            let Some(sign) = self.takes_one_of(&[".", "?."]) else { return Ok(value) };
            let null_safe = sign == "?.";
            if null_safe && matches!(Kind::of(&value), Kind::Boolean | Kind::Number) {
                return Err(Refused::new(at, format!("{} is never null", Kind::of(&value).name())));
            }
            let name_at = self.at();
            let name = match self.peek() {
                Token::Name(name) => name.clone(),
                Token::Int(index) => index.to_string(),
                _ => return Err(self.unexpected("a name")),
            };
            self.next += 1;
            value = if self.takes("(") {
                let arguments = self.arguments(")")?;
                let Some((_, method, count)) = METHODS.into_iter().find(|(known, ..)| *known == name) else {
                    let reason = format!("the method \"{name}\" is not supported in conditions");
                    return Err(Refused::new(name_at, reason));
                };
                if arguments.len() != count {
                    let plural = if count == 1 { "" } else { "s" };
                    let found = arguments.len();
                    let reason = format!("the method \"{name}\" takes {count} argument{plural}, found {found}");
                    return Err(Refused::new(name_at, reason));
                }
                if !Kind::of(&value).has(method) {
                    let reason = format!("{} has no method \"{name}\"", Kind::of(&value).name());
                    return Err(Refused::new(name_at, reason));
                }
                Expr::Call { of: Box::new(value), method, arguments, null_safe, at }
            } else if matches!(Kind::of(&value), Kind::Any | Kind::Ctx | Kind::List) {
                Expr::Member { of: Box::new(value), name, null_safe, at }
            } else {
                let reason = format!("{} has no member \"{name}\"", Kind::of(&value).name());
                return Err(Refused::new(name_at, reason));
            };
        }
    }

    fn arguments(&mut self, end: &'static str) -> Result<Vec<Expr>, Refused> {
        let mut arguments = Vec::new();
        if self.takes(end) {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.nested(Parser::choice)?);
            if self.takes(end) {
                return Ok(arguments);
            }
            self.expect(",")?;
        }
    }

    fn primary(&mut self) -> Result<Expr, Refused> {
        let at = self.at();
        let token = self.peek().clone();
        let literal = match token {
            Token::Name(name) => match name.as_str() {
                "ctx" => {
                    self.next += 1;
                    return Ok(Expr::Ctx);
                }
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                _ => {
                    let reason = format!("\"{name}\" is not supported in conditions: only \"ctx\" is known");
                    return Err(Refused::new(at, reason));
                }
            },
            Token::Text(text) => Value::String(text),
            Token::Int(number) => Value::Integer(number),
            Token::Long(number) => Value::Long(number),
            Token::Float(number) => Value::Float(number),
            Token::Double(number) => Value::Double(number),
            Token::Sign("(") => {
                self.next += 1;
                let inner = self.nested(Parser::choice)?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Sign("[") => {
                self.next += 1;
                return Ok(Expr::List(self.arguments("]")?));
            }
            Token::Sign(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.next += 1;
        Ok(Expr::Literal(literal))
    }
}
