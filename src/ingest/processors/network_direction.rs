//! `network_direction`: determines whether a flow is `inbound`, `outbound`, `internal` or `external`, given the
//! internal networks.
//!
//! Source of the addresses in named networks: answers of Elasticsearch 9.5's own class.

use std::net::{IpAddr, Ipv4Addr};

use crate::ingest::address;
use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::{Document, cannot_cast};
use crate::ingest::failure::Failure;
use crate::ingest::mustache::Template;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct NetworkDirection {
    source_ip: String,
    destination_ip: String,
    target_field: String,
    networks: Networks,
    ignores_missing: bool,
}

#[derive(Debug)]
enum Networks {
    Listed(Vec<Template>),
    /// The field that has the list.
    InField(String),
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let source_ip = config.text_or("source_ip", "source.ip")?;
    let destination_ip = config.text_or("destination_ip", "destination.ip")?;
    let target_field = config.text_or("target_field", "network.direction")?;
    let ignores_missing = config.flag("ignore_missing", true)?;
    let listed = config.optional_list("internal_networks")?;
    let networks = match (listed, config.optional_text("internal_networks_field")?) {
        (Some(items), None) => {
            let texts = config.texts("internal_networks", items)?;
            Networks::Listed(texts.iter().map(|text| Template::compile(text)).collect::<Result<_, _>>()?)
        }
        (None, Some(field)) => Networks::InField(field),
        (None, None) => {
            let reason = "or [internal_networks_field] must be specified";
            return Err(config.failure(Some("internal_networks"), reason));
        }
        (Some(_), Some(_)) => {
            let reason = "and [internal_networks_field] cannot both be used in the same processor";
            return Err(config.failure(Some("internal_networks"), reason));
        }
    };
    Ok(Box::new(NetworkDirection { source_ip, destination_ip, target_field, networks, ignores_missing }))
}

impl Processor for NetworkDirection {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        match self.direction(document, context)? {
            Some(direction) => document.set(&self.target_field, Value::String(direction.into()))?,
            None if self.ignores_missing => {}
            None => {
                return Err(Failure::illegal_argument("unable to calculate network direction from document"));
            }
        }
        Ok(Outcome::Continue)
    }
}

impl NetworkDirection {
    fn direction(&self, document: &Document, context: &mut Context<'_>) -> Result<Option<&'static str>, Failure> {
        let networks = match &self.networks {
            Networks::Listed(templates) => {
                templates.iter().map(|template| template.render(document, context)).collect::<Result<Vec<_>, _>>()?
            }
            Networks::InField(field) => match document.get_or_null(field, self.ignores_missing)? {
                Value::Null => return Ok(None),
                Value::List(items) => {
                    context.spend(64 * items.len())?;
                    items.iter().map(Value::to_java_string).collect()
                }
                other => return Err(cannot_cast(field, other, "java.util.ArrayList")),
            },
        };
        let Some(source) = document.get_text(&self.source_ip, self.ignores_missing)? else { return Ok(None) };
        let Some(destination) = document.get_text(&self.destination_ip, self.ignores_missing)? else { return Ok(None) };
        let internal = |text: &str| -> Result<bool, Failure> {
            for network in &networks {
                if contains(network, address::parse(text)?)? {
                    return Ok(true);
                }
            }
            Ok(false)
        };
        Ok(Some(match (internal(source)?, internal(destination)?) {
            (true, true) => "internal",
            (true, false) => "outbound",
            (false, true) => "inbound",
            (false, false) => "external",
        }))
    }
}

/// True if an address is in a named network, in a range, or equals an address.
fn contains(network: &str, ip: IpAddr) -> Result<bool, Failure> {
    Ok(match network {
        "loopback" => ip.is_loopback(),
        "global_unicast" | "unicast" => is_unicast(ip),
        "link_local_unicast" => is_link_local(ip),
        "interface_local_multicast" => has_scope(ip, 1),
        "link_local_multicast" => is_link_local_multicast(ip),
        "multicast" => ip.is_multicast(),
        "unspecified" => ip.is_unspecified(),
        "private" => is_private(ip),
        "public" => is_public(ip),
        range => address::in_range(ip, range)?,
    })
}

fn is_unicast(ip: IpAddr) -> bool {
    let is_broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || is_link_local(ip) || is_broadcast)
}

fn is_link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

fn is_link_local_multicast(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => matches!(v4.octets(), [224, 0, 0, _]),
        IpAddr::V6(_) => has_scope(ip, 2),
    }
}

/// True if an address is a multicast address of IPv6 with this scope.
fn has_scope(ip: IpAddr, scope: u8) -> bool {
    matches!(ip, IpAddr::V6(v6) if matches!(v6.octets(), [0xff, second, ..] if second & 0x0f == scope))
}

/// True if an address is a unique local address of IPv6 that was assigned locally.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.octets().first() == Some(&0xfd),
    }
}

fn is_public(ip: IpAddr) -> bool {
    let is_local = ip.is_loopback() || ip.is_unspecified() || is_link_local(ip) || is_private(ip);
    let is_broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    !(is_local || is_broadcast || is_link_local_multicast(ip) || has_scope(ip, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of Elasticsearch 9.5's class.
    #[test]
    fn named_networks_contain_what_they_contain_in_elasticsearch() {
        let addresses = [
            "10.0.0.1", "127.0.0.1", "0.0.0.0", "169.254.0.1", "192.168.1.1", "172.16.0.1", "172.32.0.1", "224.0.0.1",
            "239.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "ff01::1", "ff02::1", "fc00::1",
            "fd00::1", "2001:db8::1", "::ffff:10.0.0.1",
        ];
        let unicast =
            "10.0.0.1 192.168.1.1 172.16.0.1 172.32.0.1 192.0.2.1 fc00::1 fd00::1 2001:db8::1 ::ffff:10.0.0.1";
        let networks = [
            ("loopback", "127.0.0.1 ::1"),
            ("unicast", unicast),
            ("global_unicast", unicast),
            ("link_local_unicast", "169.254.0.1 fe80::1"),
            ("interface_local_multicast", "ff01::1"),
            ("link_local_multicast", "224.0.0.1 ff02::1"),
            ("multicast", "224.0.0.1 239.0.0.1 ff01::1 ff02::1"),
            ("unspecified", "0.0.0.0 ::"),
            ("private", "10.0.0.1 192.168.1.1 172.16.0.1 fd00::1 ::ffff:10.0.0.1"),
            ("public", "172.32.0.1 239.0.0.1 192.0.2.1 fc00::1 2001:db8::1"),
            ("10.0.0.0/8", "10.0.0.1 ::ffff:10.0.0.1"),
            ("10.0.0.1", "10.0.0.1 ::ffff:10.0.0.1"),
        ];
        for (network, expected) in networks {
            let holds = |text: &&str| address::parse(text).and_then(|ip| contains(network, ip)) == Ok(true);
            let found: Vec<&str> = addresses.into_iter().filter(holds).collect();
            assert_eq!(found.join(" "), expected, "{network}");
        }
    }
}
