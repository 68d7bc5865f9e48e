//! `community_id`: the Community ID of a flow, version 1.
//!
//! Source: the Community ID flow hashing specification, and how Elasticsearch's processor applies it.

use crate::base::base64::{STANDARD, base64};
use crate::base::sha1::{LANES, sha1_of_blocks};
use crate::document::community_id::{End, Flow, ICMP, ICMP6, SCTP, TCP, UDP};
use crate::ingest::address;
use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct CommunityId {
    source_ip: String,
    source_port: String,
    destination_ip: String,
    destination_port: String,
    iana_number: String,
    transport: String,
    icmp_type: String,
    icmp_code: String,
    target_field: String,
    seed: u16,
    ignores_missing: bool,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let seed = config.optional_int("seed")?.unwrap_or(0);
    let seed = u16::try_from(seed).map_err(|_| config.failure(Some("seed"), "must be a value between 0 and 65535"))?;
    Ok(Box::new(CommunityId {
        source_ip: config.text_or("source_ip", "source.ip")?,
        source_port: config.text_or("source_port", "source.port")?,
        destination_ip: config.text_or("destination_ip", "destination.ip")?,
        destination_port: config.text_or("destination_port", "destination.port")?,
        iana_number: config.text_or("iana_number", "network.iana_number")?,
        transport: config.text_or("transport", "network.transport")?,
        icmp_type: config.text_or("icmp_type", "icmp.type")?,
        icmp_code: config.text_or("icmp_code", "icmp.code")?,
        target_field: config.text_or("target_field", "network.community_id")?,
        seed,
        ignores_missing: config.flag("ignore_missing", true)?,
    }))
}

/// The protocols with names, and their numbers.
const TRANSPORTS: [(&str, u8); 11] = [
    ("icmp", ICMP),
    ("igmp", 2),
    ("tcp", TCP),
    ("udp", UDP),
    ("gre", 47),
    ("ipv6-icmp", ICMP6),
    ("icmpv6", ICMP6),
    ("eigrp", 88),
    ("ospf", 89),
    ("pim", 103),
    ("sctp", SCTP),
];

impl Processor for CommunityId {
    fn run(&self, document: &mut Document, _: &mut Context<'_>) -> Result<Outcome, Failure> {
        match self.flow(document)? {
            Some(flow) => {
                let [hash, ..] = sha1_of_blocks([&flow.message(self.seed).block; LANES]);
                let hash = base64(&hash, STANDARD);
                document.set(&self.target_field, Value::String(format!("1:{}", String::from_utf8_lossy(&hash))))?;
            }
            None if self.ignores_missing => {}
            None => return Err(Failure::illegal_argument("unable to construct flow from document")),
        }
        Ok(Outcome::Continue)
    }
}

impl CommunityId {
    fn flow(&self, document: &Document) -> Result<Option<Flow>, Failure> {
        let Some(source) = document.get_text(&self.source_ip, self.ignores_missing)? else { return Ok(None) };
        let Some(destination) = document.get_text(&self.destination_ip, self.ignores_missing)? else { return Ok(None) };
        let ends = [address::parse(source)?, address::parse(destination)?].map(End::from);
        let number = document.get_or_null(&self.iana_number, true)?;
        let protocol = if number.is_null() { document.get_or_null(&self.transport, true)? } else { number };
        if protocol.is_null() {
            return Ok(None);
        }
        let protocol = transport(protocol)?;
        let value = |field: &str| document.get_or_null(field, self.ignores_missing);
        let (ports, one_way) = match protocol {
            TCP | UDP | SCTP => {
                let source = port(value(&self.source_port)?, "source port")?;
                let destination = port(value(&self.destination_port)?, "destination port")?;
                (Some([source, destination]), false)
            }
            ICMP | ICMP6 => {
                let kind = integer(value(&self.icmp_type)?, "icmp type")?;
                let code = integer(value(&self.icmp_code)?, "icmp code")?;
                match partner(protocol, kind) {
                    Some(partner) => (Some([kind as u16, partner]), false),
                    None => (Some([kind as u16, code as u16]), true),
                }
            }
            _ => (None, false),
        };
        Ok(Some(Flow::new(ends, protocol, ports, one_way)))
    }
}

fn transport(value: &Value) -> Result<u8, Failure> {
    let number = match value {
        Value::String(text) => {
            let lower = text.to_ascii_lowercase();
            match (TRANSPORTS.into_iter().find(|(name, _)| *name == lower), text.parse::<i64>()) {
                (Some((_, number)), _) => i64::from(number),
                (None, Ok(number)) => number,
                (None, Err(_)) => {
                    let reason = format!("could not convert string [{text}] to transport protocol");
                    return Err(Failure::illegal_argument(reason));
                }
            }
        }
        other => match whole(other) {
            Some(number) => number,
            None => {
                let found = other.java_type();
                let reason = format!("could not convert value of type [{found}] to transport protocol");
                return Err(Failure::illegal_argument(reason));
            }
        },
    };
    u8::try_from(number)
        .ok()
        .filter(|number| *number < 255)
        .ok_or_else(|| Failure::illegal_argument(format!("invalid transport protocol number [{number}]")))
}

/// Returns a number as Java's `intValue` does.
fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Float(number) => Some(*number as i64),
        Value::Double(number) => Some(*number as i64),
        Value::BigInteger(number) => Some(*number as i64),
        other => other.as_i64(),
    }
}

/// Reads a number, or the text of a number. Null counts as 0.
fn integer(value: &Value, what: &str) -> Result<i64, Failure> {
    let number = match value {
        Value::Null => Some(0),
        Value::String(text) => text.parse::<i32>().ok().map(i64::from),
        other => whole(other),
    };
    number.ok_or_else(|| Failure::illegal_argument(format!("unable to parse {what} [{}]", value.to_java_string())))
}

fn port(value: &Value, what: &str) -> Result<u16, Failure> {
    let number = integer(value, what)?;
    u16::try_from(number).map_err(|_| Failure::illegal_argument(format!("invalid {what} [{number}]")))
}

/// Returns the type of the message that answers one of this type, or that it answers.
fn partner(protocol: u8, kind: i64) -> Option<u16> {
    Some(match (protocol, kind) {
        (ICMP, 0) => 8,
        (ICMP, 8) => 0,
        (ICMP, 9) => 10,
        (ICMP, 10) => 9,
        (ICMP, 13) => 14,
        (ICMP, 14) => 13,
        (ICMP, 15) => 16,
        (ICMP, 17) => 18,
        (ICMP, 18) => 17,
        (ICMP6, 128) => 129,
        (ICMP6, 129) => 128,
        (ICMP6, 130) => 131,
        (ICMP6, 133) => 134,
        (ICMP6, 134) => 133,
        (ICMP6, 135) => 136,
        (ICMP6, 136) => 135,
        (ICMP6, 139) => 140,
        (ICMP6, 140) => 139,
        (ICMP6, 144) => 145,
        (ICMP6, 145) => 144,
        _ => return None,
    })
}
