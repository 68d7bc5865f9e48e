//! The values of one record, its line in a format, and formats at random.

use std::fmt::{Display, Write};

use vpcflow_ecs::Field;

use super::random::Random;

/// The kind of resource that a flow log records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// A VPC, a subnet, an interface, or a regional NAT gateway.
    Vpc,
    /// A transit gateway or one of its attachments.
    Tgw,
}

impl Log {
    /// Returns the fields that such a log can have, in AWS's order.
    pub fn fields(self) -> Vec<Field> {
        let has = |field: &Field| match self {
            Log::Vpc => field.facts().vpc,
            Log::Tgw => field.facts().tgw,
        };
        Field::ALL.iter().copied().filter(has).collect()
    }
}

pub const FIELDS: usize = Field::ALL.len();

/// One record: a value, or none, for each field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The values, one after the other.
    text: String,
    /// From where to where each field's value goes; nowhere if it is absent.
    places: [(u16, u16); FIELDS],
}

impl Record {
    pub fn new() -> Record {
        Record { text: String::new(), places: [(0, 0); FIELDS] }
    }

    pub fn set(&mut self, field: Field, value: impl Display) {
        let start = self.text.len() as u16;
        let _ = write!(self.text, "{value}");
        self.places[field as usize] = (start, self.text.len() as u16);
    }

    pub fn set_some(&mut self, field: Field, value: Option<impl Display>) {
        if let Some(value) = value {
            self.set(field, value);
        }
    }

    /// Returns the value; that of `version` depends on the format and is the highest that its log can have here.
    pub fn get(&self, field: Field) -> Option<&str> {
        let (start, end) = self.places[field as usize];
        self.text.get(start.into()..end.into()).filter(|text| !text.is_empty())
    }

    /// Returns the line of a format, without line end. Its `version` is the highest among the fields.
    pub fn line(&self, fields: &[Field]) -> String {
        let mut line = String::with_capacity(16 * fields.len());
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                line.push(' ');
            }
            match field {
                Field::Version => {
                    let version = fields.iter().map(|field| field.facts().version).max().unwrap_or(2);
                    let _ = write!(line, "{version}");
                }
                _ => line += self.get(*field).unwrap_or("-"),
            }
        }
        line
    }
}

/// Fields of the log in any order: three to all of them, ten to 35 mostly. Half of the formats have the common fields
/// among them, as far as they hold so many.
pub fn random_format(random: &mut Random, log: &Log) -> Vec<Field> {
    use Field::*;
    let mut fields = log.fields();
    let all = fields.len() as u64;
    let size = match random.below(100) {
        0..15 => random.within(3, 9),
        15..85 => random.within(10, 35),
        _ => random.within(36, all),
    };
    random.shuffle(&mut fields);
    if random.chance(50) {
        let mut common = match log {
            Log::Vpc => vec![
                Version, AccountId, InterfaceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Start,
                End, Action, LogStatus,
            ],
            Log::Tgw => vec![
                Version, AccountId, TgwId, TgwAttachmentId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets,
                Bytes, Start, End, LogStatus,
            ],
        };
        random.shuffle(&mut common);
        fields.retain(|field| !common.contains(field));
        fields.splice(0..0, common);
    }
    fields.truncate(size as usize);
    random.shuffle(&mut fields);
    fields
}

/// Returns fields in an order that people use, up to some version and with fields left out. It is AWS's table, the
/// console's list, which is sorted by name, or that of a template for infrastructure.
pub fn usual_format(random: &mut Random, log: &Log) -> Vec<Field> {
    use Field::*;
    if *log == Log::Vpc && random.chance(25) {
        return random.pick(TEMPLATES).to_vec();
    }
    let versions: &[u8] = if *log == Log::Vpc { &[2, 3, 4, 5, 7, 8, 9, 10, 11] } else { &[6] };
    let version = *random.pick(versions);
    let mut fields = log.fields();
    fields.retain(|field| field.facts().version <= version);
    match random.below(4) {
        0 => {}
        // One or a few fields are left out.
        1 => {
            for _ in 0..random.within(1, 4) {
                fields.remove(random.below(fields.len()));
            }
        }
        // Some versions' fields are left out, but not those of version 2, nor of the highest.
        2 => {
            let out: Vec<u8> =
                versions.iter().copied().filter(|out| (3..version).contains(out) && random.chance(50)).collect();
            fields.retain(|field| !out.contains(&field.facts().version));
        }
        _ => fields.retain(|field| *field != Version),
    }
    if random.chance(40) {
        fields.sort_by_key(|field| field.name());
    }
    fields
}

/// Orders of public templates that no preset has.
const TEMPLATES: &[&[Field]] = {
    use Field::*;
    &[
        &[
            Version, AccountId, InterfaceId, Srcaddr, Dstaddr, Srcport, Dstport, Protocol, Packets, Bytes, Start, End,
            Action, LogStatus, VpcId, SubnetId, InstanceId, TcpFlags, Type, PktSrcaddr, PktDstaddr, Region, AzId,
        ],
        &[
            InstanceId, InterfaceId, Type, Srcaddr, Dstaddr, Srcport, Dstport, PktSrcaddr, PktDstaddr, Protocol, Bytes,
            Packets, Start, End, Action, TcpFlags, LogStatus,
        ],
        &[
            Version, AccountId, Action, Bytes, Dstaddr, End, InstanceId, InterfaceId, LogStatus, Packets, PktDstaddr,
            PktSrcaddr, Protocol, Region, Srcaddr, Srcport, Dstport, Start, VpcId, SubnetId, TcpFlags,
        ],
        &[
            LogStatus, AzId, InstanceId, VpcId, SubnetId, Start, End, FlowDirection, Action, PktSrcAwsService,
            PktDstAwsService, Srcaddr, PktSrcaddr, Srcport, Dstaddr, Dstport, PktDstaddr, Protocol, Type, Packets,
            Bytes,
        ],
    ]
};
