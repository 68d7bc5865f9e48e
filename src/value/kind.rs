//! The kinds of values.
//!
//! Source of the facts: the type, range and examples of each field in AWS's *Flow log records*.

use crate::base::time::MAX_SECONDS;

/// A kind of values: their type, their range, and their shape.
///
/// Numbers, addresses, times and closed words are checked in every record. The shapes of texts (`eni-...`, an ARN) only
/// serve as evidence for choosing between formats: no record is refused for the shape of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A decimal integer from 0.
    Integer {
        /// The largest value.
        max: u64,
    },
    /// An IPv4 or IPv6 address.
    Address,
    /// Unix time in seconds.
    Time,
    /// One of a closed set of words.
    Word(&'static [&'static str]),
    /// An account number, or `unknown`.
    Account,
    /// An identifier with this prefix, e.g. `eni-`.
    Id(&'static str),
    /// `arn:...`
    Arn,
    /// A name that is not an ARN.
    Name,
    /// An identifier that Amazon ECS or a container runtime makes, e.g. `65920fa69f83df30c675adcec1975f35`.
    Uid,
    /// A region code, e.g. `ap-southeast-2`.
    Region,
    /// An Availability Zone ID, e.g. `apse2-az3`.
    AzId,
    /// A code in capitals, e.g. `GLOBALACCELERATOR`.
    Upper,
    /// A code in small letters, e.g. `nat_gateway`.
    Lower,
    /// A word that starts with a capital, e.g. `TransitGateway`.
    Camel,
    /// A tag's value, percent-encoded.
    Tag,
    /// Any text.
    Text,
}

/// The largest 32-bit and 64-bit signed integers: AWS types the numbers of a record as INT_32 and INT_64.
const INT_32: u64 = i32::MAX as u64;
const INT_64: u64 = i64::MAX as u64;

impl Kind {
    pub(crate) const VERSION: Kind = Kind::Integer { max: INT_32 };
    pub(crate) const INTEGER: Kind = Kind::Integer { max: INT_32 };
    pub(crate) const LONG: Kind = Kind::Integer { max: INT_64 };
    pub(crate) const PORT: Kind = Kind::Integer { max: 65_535 };
    pub(crate) const PROTOCOL: Kind = Kind::Integer { max: 255 };

    /// Returns the name of the type: `integer`, `long`, `timestamp`, `ip` or `string`.
    pub fn type_name(self) -> &'static str {
        match self.value_type() {
            Type::Integer { max: INT_64 } => "long",
            Type::Integer { .. } => "integer",
            Type::Address => "ip",
            Type::Time => "timestamp",
            Type::Word(_) | Type::Text => "string",
        }
    }

    /// Returns the type of the values.
    pub(crate) fn value_type(self) -> Type {
        match self {
            Kind::Integer { max } => Type::Integer { max },
            Kind::Address => Type::Address,
            Kind::Time => Type::Time,
            Kind::Word(words) => Type::Word(words),
            Kind::Account
            | Kind::Id(_)
            | Kind::Arn
            | Kind::Name
            | Kind::Uid
            | Kind::Region
            | Kind::AzId
            | Kind::Upper
            | Kind::Lower
            | Kind::Camel
            | Kind::Tag
            | Kind::Text => Type::Text,
        }
    }

    /// Returns the name of the kind: `address`, `port`, `protocol`, `integer`, `time`, `word`, `account`, `id`, `arn`,
    /// `name`, `region`, `az_id`, `code`, `tag` or `text`.
    ///
    /// Codes in capitals, small letters and camel case are all `code`; names and generated identifiers are `name`.
    ///
    /// ```
    /// use vpcflow_ecs::Field;
    /// assert_eq!(Field::InstanceTag.kind().name(), "tag");
    /// assert_eq!(Field::Srcport.kind().name(), "port");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Kind::PORT => "port",
            Kind::PROTOCOL => "protocol",
            Kind::Integer { .. } => "integer",
            Kind::Address => "address",
            Kind::Time => "time",
            Kind::Word(_) => "word",
            Kind::Account => "account",
            Kind::Id(_) => "id",
            Kind::Arn => "arn",
            Kind::Name | Kind::Uid => "name",
            Kind::Region => "region",
            Kind::AzId => "az_id",
            Kind::Upper | Kind::Lower | Kind::Camel => "code",
            Kind::Tag => "tag",
            Kind::Text => "text",
        }
    }

    /// Describes the values for a message that expects one.
    pub fn expected(self) -> String {
        if let Kind::Id(prefix) = self {
            return format!("{prefix}...");
        }
        if self == Kind::Account {
            return "12 digits or unknown".into();
        }
        match self.value_type() {
            Type::Integer { max } => format!("0 to {max}"),
            Type::Address => "an IPv4 or IPv6 address".into(),
            Type::Time => format!("Unix seconds, 0 to {MAX_SECONDS}"),
            Type::Word([words @ .., last]) if !words.is_empty() => format!("{} or {last}", words.join(", ")),
            Type::Word(_) | Type::Text => "text".into(),
        }
    }
}

/// The type of values: the way in which tokens are read and checked. Kinds of the type text differ in their shapes only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// A decimal integer from 0 to `max`.
    Integer { max: u64 },
    /// An IPv4 or IPv6 address.
    Address,
    /// Unix time.
    Time,
    /// One of these words.
    Word(&'static [&'static str]),
    /// Any text.
    Text,
}
