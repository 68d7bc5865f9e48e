//! The processors: a file for each, or for a few of a kind.

mod append;
mod aws_vpcflow;
mod community_id;
mod convert;
mod date;
mod dissect;
mod dot_expander;
mod drop;
mod fail;
mod fingerprint;
mod geoip;
mod gsub;
mod json;
mod network_direction;
mod remove;
mod rename;
mod set;
mod split;
mod text;

use super::processor::BuildProcessor;

/// The processors, by type.
const PROCESSORS: [(&str, BuildProcessor); 21] = [
    ("append", append::build),
    ("aws_vpcflow", aws_vpcflow::build),
    ("community_id", community_id::build),
    ("convert", convert::build),
    ("date", date::build),
    ("dissect", dissect::build),
    ("dot_expander", dot_expander::build),
    ("drop", drop::build),
    ("fail", fail::build),
    ("fingerprint", fingerprint::build),
    ("geoip", geoip::build),
    ("gsub", gsub::build),
    ("json", json::build),
    ("lowercase", text::lowercase),
    ("network_direction", network_direction::build),
    ("remove", remove::build),
    ("rename", rename::build),
    ("set", set::build),
    ("split", split::build),
    ("trim", text::trim),
    ("uppercase", text::uppercase),
];

/// Returns the builder of a type of processor, or `None` if the type is unknown.
pub(super) fn named(kind: &str) -> Option<BuildProcessor> {
    PROCESSORS.iter().find(|(known, _)| *known == kind).map(|(_, build)| *build)
}
