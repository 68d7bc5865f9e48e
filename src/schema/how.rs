//! The ways to make a value, and their words in the documentation.

use super::protocol::elastic_names;
use crate::record::transport::TransportKey;

/// A way to make a value. Unless it says otherwise, a field that is absent makes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// This JSON text, always.
    Constant(&'static str),
    /// This JSON text, if any of the fields is present.
    ConstantIfAny(&'static str),
    /// The text as it stands; a tag's value percent-decoded.
    Text,
    /// The text as it stands, and `-` where the field is absent.
    TextOrDash,
    /// By the field's type: integers as JSON numbers, times as RFC 3339, everything else as text.
    Typed,
    /// The integer as a string of digits.
    Digits,
    /// The text in lower case.
    Lower,
    /// RFC 3339 in UTC with milliseconds.
    Time,
    /// The time of the event: that of the first field that is present, else the time of its envelope, else the time of
    /// parsing.
    EventTime,
    /// `event.type`: `connection`, and `allowed` or `denied`.
    EventType,
    /// The first text for ACCEPT, the second for REJECT.
    Outcome(&'static str, &'static str),
    /// The protocol's keyword.
    Transport(Keywords),
    /// `ipv4` or `ipv6`.
    NetworkType(Family),
    /// The Community ID, version 1, seed 0.
    CommunityId,
    /// The addresses.
    RelatedIp(Addresses),
    /// The names of the TCP flags that are set.
    FlagNames {
        /// True if a record without a flag has an empty list.
        empty: bool,
    },
    /// The address's geographic location, an object, with option `geo`.
    Geo,
    /// The address's autonomous system, an object, with option `geo`.
    As,
    /// An object that is kept, even if empty, when the format has one of the fields (or, naming none, always).
    Object,
    /// A value from an option or from the occasion.
    Given(Setting),
}

/// The protocols that have a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keywords {
    /// All that IANA names.
    Iana,
    /// Those that Elastic's software names.
    Elastic,
    /// The same, for a number without leading zeros only.
    ElasticByText,
    /// TCP and UDP, for a number without leading zeros only.
    TcpUdp,
}

impl Keywords {
    /// True if the protocol of that number has a keyword here, provided that IANA has one.
    pub(crate) fn has(self, number: u8) -> bool {
        match self {
            Keywords::Iana => true,
            Keywords::Elastic | Keywords::ElasticByText => elastic_names(number),
            Keywords::TcpUdp => matches!(number, 6 | 17),
        }
    }

    /// True if a number with leading zeros does not have a keyword: Elastic's pipelines compare the token's text.
    pub(crate) fn is_by_text(self) -> bool {
        match self {
            Keywords::ElasticByText | Keywords::TcpUdp => true,
            Keywords::Iana | Keywords::Elastic => false,
        }
    }
}

/// The basis of `network.type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// AWS's type of traffic, else the source address, else the destination address.
    TypeThenAddress,
    /// The source address; IPv6 if it has a colon.
    SourceColon,
    /// The source address; IPv4 if it has a dot.
    SourceDot,
}

/// The addresses of `related.ip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Each once.
    Unique,
    /// Each once, in the format's order.
    UniqueInFormatOrder,
    /// Both or none, even if they are equal.
    Pair,
}

/// A value that an option or the occasion puts into a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The record's line, with option `preserveOriginal`.
    Original,
    /// The record's line, always.
    Line,
    /// `data_stream.type`, with option `dataStream`.
    DataStreamType,
    /// `data_stream.dataset`, with option `dataStream`.
    DataStreamDataset,
    /// `data_stream.namespace`, with option `dataStream`.
    DataStreamNamespace,
    /// `"aws"`, with option `dataStream`.
    Module,
    /// The time of parsing, with option `ingested`.
    Ingested,
    /// The time of parsing, always.
    Now,
    /// Options `tags` and `preserveOriginal`.
    Tags,
    /// The version of ECS in the schema's documents.
    EcsVersion,
    /// A value of the record's transport, with option `transport`, unless a field has the key.
    Transport(TransportKey),
    /// The error's message.
    ErrorMessage,
    /// The error's code.
    ErrorCode,
}

/// The relation of a value to the fields that it is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The value of one field: the field needs no other key.
    Field,
    /// A fact that follows from fields, or from none.
    Derived,
    /// A fact from a database.
    LookedUp,
}

use How::*;

impl How {
    /// Returns the relation of the value to its fields.
    pub(crate) fn content(self) -> Content {
        match self {
            Text | TextOrDash | Typed | Digits | Lower | Time => Content::Field,
            Constant(_)
            | ConstantIfAny(_)
            | EventTime
            | EventType
            | Outcome(..)
            | Transport(_)
            | NetworkType(_)
            | CommunityId
            | RelatedIp(_)
            | FlagNames { .. }
            | Object
            | Given(_) => Content::Derived,
            Geo | As => Content::LookedUp,
        }
    }

    /// Returns the documentation's words for it.
    pub fn describe(self) -> String {
        match self {
            Constant(json) => format!("`{json}`"),
            ConstantIfAny(json) => format!("`{json}` if present"),
            Text => "text".into(),
            TextOrDash => "text, `-` included".into(),
            Typed => "by its type".into(),
            Digits => "digits, as a string".into(),
            Lower => "text in lower case".into(),
            Time => "RFC 3339, milliseconds".into(),
            EventTime => "the first of them that is present, else the time of parsing".into(),
            EventType => "`connection`, and `allowed` or `denied`".into(),
            Outcome(accept, reject) => format!("ACCEPT `{accept}`, REJECT `{reject}`"),
            Transport(Keywords::Iana) => "IANA's keyword, for every protocol that has one".into(),
            Transport(Keywords::Elastic | Keywords::ElasticByText) => {
                let numbers: Vec<String> = (0..=255).filter(|n| elastic_names(*n)).map(|n| n.to_string()).collect();
                format!("the keyword of protocols {}", numbers.join(", "))
            }
            Transport(Keywords::TcpUdp) => "`tcp` or `udp`".into(),
            NetworkType(Family::TypeThenAddress) => "`ipv4` or `ipv6`, by the first of them that shows it".into(),
            NetworkType(Family::SourceColon) => "`ipv6` if it has a colon, else `ipv4`".into(),
            NetworkType(Family::SourceDot) => "`ipv4` if it has a dot, else `ipv6`".into(),
            CommunityId => "Community ID, version 1, seed 0".into(),
            RelatedIp(Addresses::Unique) => "each address once".into(),
            RelatedIp(Addresses::UniqueInFormatOrder) => "each address once, in the format's order".into(),
            RelatedIp(Addresses::Pair) => "both addresses or none".into(),
            FlagNames { empty: false } => "names of the flags that are set; no empty list".into(),
            FlagNames { empty: true } => "names of the flags that are set; an empty list for 0".into(),
            Geo => "the location, an object, with `geo`".into(),
            As => "the autonomous system, an object, with `geo`".into(),
            Object => "an object, even if empty".into(),
            Given(setting) => setting.describe().into(),
        }
    }
}

impl Setting {
    fn describe(self) -> &'static str {
        match self {
            Setting::Original => "the line, with `preserveOriginal` (in an error's event always)",
            Setting::Line => "the line",
            Setting::DataStreamType | Setting::DataStreamDataset | Setting::DataStreamNamespace => "with `dataStream`",
            Setting::Module => "`\"aws\"`, with `dataStream`",
            Setting::Ingested => "the time of parsing, with `ingested`",
            Setting::Now => "the time of parsing",
            Setting::Tags => "`tags`, and `preserve_original_event` with `preserveOriginal`",
            Setting::EcsVersion => "as in the schema's documents",
            Setting::Transport(key) => key.describe(),
            Setting::ErrorMessage => "the error's message",
            Setting::ErrorCode => "the error's code",
        }
    }
}
