//! The fields' values: those that all records of an interface share, and those of a conversation.

use std::net::IpAddr;

use vpcflow_ecs::Field;

use super::super::addresses::aws_service;
use super::super::random::Random;
use super::super::record::Record;
use super::super::services::TCP;
use super::super::talk::{Share, Talk};
use super::{Connection, Crossing, Hop, Interface, Network, Role, Subnet, TAGS, TagKey, Verdict, Vpc};

impl Network {
    /// Returns the common parts of the records of an interface: of those with data, and of those without.
    pub(super) fn metadata(&self, random: &mut Random, role: Role, subnet: usize, id: &str) -> (Record, Record) {
        let Subnet { id: subnet_id, zone, sublocation, .. } = &self.subnets[subnet];
        let vpc = &self.vpcs[self.subnets[subnet].vpc];
        let regional = role == Role::RegionalNatGateway;
        // Tasks run on instances, or on Fargate without any.
        let has_instance = match role {
            Role::Instance | Role::Appliance => true,
            Role::Task => random.chance(35),
            _ => false,
        };
        let instance = has_instance.then(|| self.id(random, "i"));

        let mut record = Record::new();
        record.set(Field::Version, 11);
        let made_by_aws = !has_instance && !matches!(role, Role::Task | Role::RegionalNatGateway);
        if made_by_aws && self.managed_are_unknown {
            record.set(Field::AccountId, "unknown");
        } else {
            record.set(Field::AccountId, &vpc.account);
        }
        record.set(Field::VpcId, &vpc.id);
        record.set(Field::Region, vpc.region.0);
        if !regional {
            record.set(Field::InterfaceId, id);
            record.set(Field::SubnetId, subnet_id);
            record.set_some(Field::InstanceId, instance.as_deref());
        }
        if sublocation.is_none() && (!regional || self.regional_zone) {
            record.set(Field::AzId, zone);
        }
        let mut silent = record.clone();

        if let Some((kind, id)) = sublocation {
            record.set(Field::SublocationType, kind);
            record.set(Field::SublocationId, id);
        }
        record.set_some(Field::InterfaceType, role.interface_type());
        if regional {
            record.set(Field::ResourceId, self.id(random, "nat"));
        }
        let in_group = has_instance && random.chance(60);
        for (field, key) in TAGS.iter().zip(self.tags) {
            let taggable = match field {
                Field::InstanceTag | Field::InstanceTag2 => has_instance,
                Field::InterfaceTag | Field::InterfaceTag2 => !regional && random.chance(70),
                _ => in_group,
            };
            let Some(key) = key.filter(|_| taggable && random.chance(90)) else { continue };
            if key == TagKey::Name && matches!(field, Field::AsgTag | Field::AsgTag2) {
                record.set(*field, random.pick(&["web-asg", "api-asg", "Batch%20workers"]));
            } else {
                record.set_some(*field, tag(random, key, instance.as_deref()));
            }
        }
        if self.silent_keep_all {
            silent = record.clone();
        }
        if role == Role::Task {
            self.set_task(random, vpc, has_instance, &mut record);
        }
        (record, silent)
    }

    pub(super) fn set_task(&self, random: &mut Random, vpc: &Vpc, on_instance: bool, record: &mut Record) {
        let cluster = random.pick(&self.clusters);
        let arn = format!("arn:{}:ecs:{}:{}", vpc.region.2, vpc.region.0, vpc.account);
        let task = random.hex(32);
        let name = *random.pick(&["checkout", "web", "api-gateway", "search_indexer", "image-resizer", "nightly"]);
        record.set(Field::EcsClusterArn, format_args!("{arn}:cluster/{cluster}"));
        record.set(Field::EcsClusterName, cluster);
        if on_instance {
            let id = random.hex(32);
            record.set(Field::EcsContainerInstanceArn, format_args!("{arn}:container-instance/{cluster}/{id}"));
            record.set(Field::EcsContainerInstanceId, id);
        }
        let container = |random: &mut Random| match on_instance {
            true => random.hex(64),
            false => format!("{task}-{}", random.within(1_000_000, 4_294_967_295)),
        };
        record.set(Field::EcsContainerId, container(random));
        if random.chance(40) {
            record.set(Field::EcsSecondContainerId, container(random));
        }
        if random.chance(85) {
            record.set(Field::EcsServiceName, format_args!("{name}-service"));
        }
        let revision = random.heavy(7);
        record.set(Field::EcsTaskDefinitionArn, format_args!("{arn}:task-definition/{name}:{revision}"));
        record.set(Field::EcsTaskArn, format_args!("{arn}:task/{cluster}/{task}"));
        record.set(Field::EcsTaskId, task);
    }

    /// Returns the record, without times, of the packets that one side sent past an interface.
    pub(super) fn record(
        &self,
        talk: &Connection,
        crossing: &Crossing,
        forward: bool,
        share: Share,
        accepted: bool,
    ) -> Record {
        let interface = &self.interfaces[crossing.on];
        let turned = |(client, server): (IpAddr, IpAddr)| if forward { (client, server) } else { (server, client) };
        let (source, destination) = turned(crossing.seen);
        let (packet_source, packet_destination) = turned(crossing.packet);
        let (client, server) = crossing.ports;
        let ports = if forward { (client, server) } else { (server, client) };
        let egress = crossing.enters != forward;
        let Talk { protocol, .. } = talk.talk;

        let mut record = interface.metadata.clone();
        record.set(Field::Srcaddr, source);
        record.set(Field::Dstaddr, destination);
        record.set(Field::Srcport, ports.0);
        record.set(Field::Dstport, ports.1);
        record.set(Field::Protocol, protocol);
        record.set(Field::Packets, share.packets);
        record.set(Field::Action, if accepted { "ACCEPT" } else { "REJECT" });
        record.set(Field::LogStatus, "OK");
        let flags = if protocol == TCP { Some(share.flags) } else { self.habits.flags_of_others };
        record.set_some(Field::TcpFlags, flags);
        let family = if packet_source.is_ipv4() { "IPv4" } else { "IPv6" };
        record.set(Field::Type, if talk.efa { "EFA" } else { family });
        record.set(Field::PktSrcaddr, packet_source);
        record.set(Field::PktDstaddr, packet_destination);
        record.set_some(Field::PktSrcAwsService, aws_service(packet_source));
        record.set_some(Field::PktDstAwsService, aws_service(packet_destination));
        record.set(Field::FlowDirection, if egress { "egress" } else { "ingress" });
        if egress && crossing.path > 0 {
            record.set(Field::TrafficPath, crossing.path);
        }
        let reason = match talk.verdict {
            Verdict::Rejected(_, reason) if !accepted => reason,
            _ => None,
        };
        record.set_some(Field::RejectReason, reason);
        if reason != Some("BPA") {
            record.set(Field::Bytes, share.bytes);
        }
        if self.encryption {
            record.set_some(Field::EncryptionStatus, crossing.encryption);
        }
        self.set_hop(&mut record, interface, crossing.hop, egress);
        record
    }

    pub(super) fn set_hop(&self, record: &mut Record, interface: &Interface, hop: Hop, egress: bool) {
        let index = match hop {
            Hop::Unknown => return,
            Hop::Foreign(zone) => return record.set(Field::NextHopAzId, &self.vpcs[interface.vpc].zones[zone]),
            Hop::To(index) => index,
        };
        let next = &self.interfaces[index];
        let (here, there) = (&self.vpcs[interface.vpc], &self.vpcs[next.vpc]);
        if here.region != there.region {
            return;
        }
        if !egress && matches!(next.role, Role::TransitGateway | Role::NetworkBalancer) {
            return;
        }
        let subnet = &self.subnets[next.subnet];
        if subnet.sublocation.is_none() && next.role != Role::RegionalNatGateway {
            record.set(Field::NextHopAzId, &subnet.zone);
        }
        if here.account != there.account {
            return;
        }
        if next.role != Role::RegionalNatGateway {
            record.set(Field::NextHopInterfaceId, &next.id);
            record.set(Field::NextHopSubnetId, &subnet.id);
        }
        record.set(Field::NextHopVpcId, &there.id);
        record.set_some(Field::NextHopInterfaceType, next.role.interface_type());
    }
}

/// Returns a tag's value, percent-encoded as AWS does it.
fn tag(random: &mut Random, key: TagKey, instance: Option<&str>) -> Option<String> {
    let names = ["web", "api", "worker", "bastion", "db-proxy", "Team%20Blue%2FEU", "caf%C3%A9", "etl%2Bload"];
    Some(match key {
        TagKey::Name => match random.below(4) {
            0 => (*random.pick(&names)).to_owned(),
            _ => format!("{}-{}", random.pick(&names), random.within(1, 40)),
        },
        TagKey::Environment => (*random.pick(&["prod", "prod", "prod", "staging", "dev", "Test"])).to_owned(),
        TagKey::CostCenter => random.pick(&[4_021, 4_100, 7_733, 90_210]).to_string(),
        TagKey::Owner => (*random.pick(&["ops%40example.com", "data%40example.com", "platform-team"])).to_owned(),
        TagKey::Instance => instance?.to_owned(),
    })
}
