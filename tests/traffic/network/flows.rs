//! The ways that conversations take: which interfaces they pass, as whom, and what stops them.

use std::net::IpAddr;

use super::super::addresses::client_port;
use super::super::random::Random;
use super::super::services::{HTTPS, ICMP, KNOCKED, TCP, TIERS, UDP};
use super::super::talk::{Manner, Talk};
use super::{Connection, Crossing, Hop, Interface, Network, Role, Verdict};

impl Network {
    /// Interfaces of a VPC.
    pub(super) fn find(&self, vpc: usize, wanted: impl Fn(&Interface) -> bool) -> Vec<usize> {
        (0..self.interfaces.len())
            .filter(|&index| self.interfaces[index].vpc == vpc && wanted(&self.interfaces[index]))
            .collect()
    }

    /// Returns one of the interfaces that are wanted; some are busier than others.
    pub(super) fn one(&self, random: &mut Random, vpc: usize, wanted: impl Fn(&Interface) -> bool) -> Option<usize> {
        let found = self.find(vpc, |interface| !interface.spare && wanted(interface));
        if found.is_empty() { None } else { Some(found[random.skewed(found.len())]) }
    }

    pub(super) fn is_public(&self, interface: &Interface) -> bool {
        self.subnets[interface.subnet].public
    }

    /// Returns the number of the path out of the VPC; older instances know one for both gateways.
    pub(super) fn path_out(&self, on: usize, endpoint: bool) -> u8 {
        match (self.interfaces[on].nitro, endpoint) {
            (true, true) => 7,
            (true, false) => 8,
            (false, _) => 2,
        }
    }

    /// Returns one of the interface's own addresses, of the family.
    pub(super) fn own(&self, random: &mut Random, index: usize, v6: bool) -> IpAddr {
        let interface = &self.interfaces[index];
        match interface.v6 {
            Some(address) if v6 => address,
            _ if !interface.secondary.is_empty() && random.chance(60) => *random.pick(&interface.secondary),
            _ => interface.address,
        }
    }

    /// Packets from client to server pass an interface. In IPv4 it sees its own address instead of any that is its own
    /// in another way, or that it stands in for.
    pub(super) fn crossing(&self, on: usize, enters: bool, packet: (IpAddr, IpAddr), path: u8, hop: Hop) -> Crossing {
        let interface = &self.interfaces[on];
        let mut seen = packet;
        if packet.0.is_ipv4() && interface.role != Role::RegionalNatGateway {
            *if enters { &mut seen.1 } else { &mut seen.0 } = interface.address;
        }
        let encryption = match hop {
            _ if matches!(interface.role, Role::Appliance | Role::TransitGateway) => None,
            Hop::To(next) if interface.nitro && self.interfaces[next].nitro => Some(1),
            _ => Some(0),
        };
        Crossing { on, enters, seen, packet, ports: (0, 0), path, hop, encryption }
    }

    pub(super) fn push(&mut self, talk: Talk, mut crossings: Vec<Crossing>, verdict: Verdict) {
        for crossing in &mut crossings {
            if crossing.ports == (0, 0) {
                crossing.ports = talk.ports;
            }
            let to_endpoint = |index: usize| self.interfaces[index].role == Role::Endpoint;
            let on_path = to_endpoint(crossing.on) || matches!(crossing.hop, Hop::To(index) if to_endpoint(index));
            if talk.ports.1 == HTTPS.port && (on_path || crossing.path == 7) {
                // Assumed to be TLS.
                crossing.encryption = crossing.encryption.map(|status| status | 2);
            }
        }
        self.open.push(Connection { talk, crossings, verdict, efa: false });
    }

    /// Opens a conversation, with all that belongs to it.
    pub(super) fn open(&mut self, random: &mut Random) {
        let vpc = random.skewed(self.vpcs.len());
        if random.chance(self.scanned) {
            return self.scan(random, vpc);
        }
        let opened = match random.below(100) {
            0..16 => self.open_out(random, vpc),
            16..26 => self.open_in(random, vpc),
            26..36 => self.open_balanced(random, vpc),
            36..44 => self.open_network_balanced(random, vpc),
            44..50 => self.open_gateway_endpoint(random, vpc),
            50..57 => self.open_endpoint(random, vpc),
            57..65 => self.open_transit(random, vpc),
            65..70 => self.open_private_link(random, vpc),
            70..72 => self.open_blocked(random, vpc),
            72 => self.open_late(random, vpc),
            73 => self.open_efa(random, vpc),
            _ => None,
        };
        if opened.is_none() {
            self.open_inside(random, vpc);
        }
    }

    /// Opens a conversation between hosts of a VPC, maybe by way of an appliance, maybe stopped by a security group.
    pub(super) fn open_inside(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let server = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        if client == server {
            return None;
        }
        let v6 = self.interfaces[client].v6.is_some() && self.interfaces[server].v6.is_some() && random.chance(30);
        let service = random.pick(self.interfaces[server].serves);
        let mut talk = Talk::of_any(random, service, v6, false);
        let packet = (self.own(random, client, v6), self.own(random, server, v6));
        let appliance = self.one(random, vpc, |i| i.role == Role::Appliance).filter(|_| !v6 && random.chance(25));
        let crossings = match appliance {
            Some(between) => vec![
                self.crossing(client, false, packet, 1, Hop::To(between)),
                self.crossing(between, true, packet, 1, Hop::To(client)),
                self.crossing(between, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(between)),
            ],
            None => vec![
                self.crossing(client, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(client)),
            ],
        };
        let verdict = match random.below(100) {
            0..2 => Verdict::Rejected(0, None),
            2..5 => Verdict::Rejected(crossings.len() - 1, None),
            5 => Verdict::ReplyRejected,
            _ => Verdict::Accepted,
        };
        match verdict {
            Verdict::Rejected(..) if talk.ports != (0, 0) => {
                talk = Talk::knock(random, talk.protocol, talk.ports, v6);
            }
            Verdict::ReplyRejected => talk.lasts = 1,
            _ => {}
        }
        self.push(talk, crossings, verdict);
        Some(())
    }

    /// Opens a conversation from a host to the internet: by a NAT gateway, or directly.
    pub(super) fn open_out(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let (server, service) = self.servers[random.skewed(self.servers.len())];
        let in_sublocation = self.subnets[self.interfaces[client].subnet].sublocation.is_some();
        let path = if in_sublocation { 6 } else { self.path_out(client, false) };
        if let Some(own) = self.interfaces[client].v6.filter(|_| random.chance(25)) {
            let (server, service) = self.servers_v6[random.skewed(self.servers_v6.len())];
            let talk = Talk::of_any(random, service, true, true);
            let crossing = self.crossing(client, false, (own, server), path, Hop::Unknown);
            self.push(talk, vec![crossing], Verdict::Accepted);
            return Some(());
        }
        let talk = Talk::of_any(random, service, false, true);
        let packet = (self.own(random, client, false), server);
        if self.is_public(&self.interfaces[client]) {
            let crossing = self.crossing(client, false, packet, path, Hop::Unknown);
            self.push(talk, vec![crossing], Verdict::Accepted);
            return Some(());
        }
        let nat = self.one(random, vpc, |i| matches!(i.role, Role::NatGateway | Role::RegionalNatGateway))?;
        let translated = (self.interfaces[nat].address, server);
        let path = self.path_out(nat, false);
        let mut crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(nat)),
            self.crossing(nat, true, packet, 1, Hop::To(client)),
            self.crossing(nat, false, translated, path, Hop::Unknown),
        ];
        if talk.ports != (0, 0) {
            crossings[2].ports = (random.within(1_024, 65_535) as u16, talk.ports.1);
        }
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// Opens a conversation from the internet to a public host.
    pub(super) fn open_in(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let server = self.one(random, vpc, |i| i.role == Role::Instance && self.is_public(i))?;
        let service = random.pick(self.interfaces[server].serves);
        let v6 = self.interfaces[server].v6.is_some() && random.chance(35);
        let clients = if v6 { &self.clients_v6 } else { &self.clients };
        let packet = (clients[random.skewed(clients.len())], self.own(random, server, v6));
        let mut talk = Talk::of_any(random, service, v6, true);
        let in_sublocation = self.subnets[self.interfaces[server].subnet].sublocation.is_some();
        let path = if in_sublocation { 6 } else { self.path_out(server, false) };
        let crossing = self.crossing(server, true, packet, path, Hop::Unknown);
        let verdict = if random.chance(3) { Verdict::ReplyRejected } else { Verdict::Accepted };
        if verdict == Verdict::ReplyRejected {
            talk.lasts = 1;
        }
        self.push(talk, vec![crossing], verdict);
        Some(())
    }

    /// Opens a conversation from the internet to an application load balancer, and another from that to a target.
    pub(super) fn open_balanced(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let balancer = self.one(random, vpc, |i| i.role == Role::ApplicationBalancer)?;
        let target = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let v6 = self.interfaces[balancer].v6.is_some() && random.chance(35);
        let clients = if v6 { &self.clients_v6 } else { &self.clients };
        let packet = (clients[random.skewed(clients.len())], self.own(random, balancer, v6));
        let talk = Talk::new(random, &HTTPS, v6, true);
        let path = self.path_out(balancer, false);
        let crossing = self.crossing(balancer, true, packet, path, Hop::Unknown);
        self.push(talk, vec![crossing], Verdict::Accepted);

        let packet = (self.interfaces[balancer].address, self.own(random, target, false));
        let service = random.pick(self.interfaces[target].serves);
        let talk = Talk::new(random, service, false, false);
        let crossings = vec![
            self.crossing(balancer, false, packet, 1, Hop::To(target)),
            self.crossing(target, true, packet, 1, Hop::To(balancer)),
        ];
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// Opens a conversation from the internet by a network load balancer, which keeps the client's address.
    pub(super) fn open_network_balanced(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let balancer = self.one(random, vpc, |i| i.role == Role::NetworkBalancer)?;
        let target = self.one(random, vpc, |i| i.role == Role::Instance && !i.serves.is_empty())?;
        let client = self.clients[random.skewed(self.clients.len())];
        let service = random.pick(self.interfaces[target].serves);
        let talk = Talk::new(random, service, false, true);
        let front = (client, self.interfaces[balancer].address);
        let back = (client, self.own(random, target, false));
        let path = self.path_out(balancer, false);
        let mut crossings = vec![
            self.crossing(balancer, true, front, path, Hop::Unknown),
            self.crossing(balancer, false, back, 1, Hop::To(target)),
            self.crossing(target, true, back, 1, Hop::To(balancer)),
        ];
        // Its listener has a port of its own; a target's secondary address is that of its interface.
        crossings[0].ports = (talk.ports.0, HTTPS.port);
        crossings[1].seen.1 = self.interfaces[target].address;
        self.push(talk, crossings, Verdict::Accepted);
        Some(())
    }

    /// Opens a conversation from a host to S3 or DynamoDB by a gateway endpoint.
    pub(super) fn open_gateway_endpoint(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let [a, b] = *random.pick(&[[52, 216], [52, 216], [3, 5], [52, 94]]);
        let server = IpAddr::from([a, b, random.below(4) as u8, random.within(1, 254) as u8]);
        let packet = (self.own(random, client, false), server);
        let path = self.path_out(client, true);
        let crossing = self.crossing(client, false, packet, path, Hop::Unknown);
        self.push(Talk::new(random, &HTTPS, false, true), vec![crossing], Verdict::Accepted);
        Some(())
    }

    /// Opens a conversation from a host to a service by an interface endpoint, which may insist on encryption.
    pub(super) fn open_endpoint(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role.is_host())?;
        let endpoint = self.one(random, vpc, |i| i.role == Role::Endpoint)?;
        let packet = (self.own(random, client, false), self.interfaces[endpoint].address);
        let crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(endpoint)),
            self.crossing(endpoint, true, packet, 1, Hop::To(client)),
        ];
        if self.enforced && random.chance(25) {
            let ports = (client_port(random), 80);
            let talk = Talk::knock(random, TCP, ports, false);
            self.push(talk, crossings, Verdict::Rejected(1, Some("EC")));
        } else {
            self.push(Talk::new(random, &HTTPS, false, false), crossings, Verdict::Accepted);
        }
        Some(())
    }

    /// Opens a conversation through the transit gateway: to another VPC of the world, or from or to hosts beyond it.
    pub(super) fn open_transit(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let gateway = self.one(random, vpc, |i| i.role == Role::TransitGateway)?;
        let own = self.own(random, host, false);
        let other = (vpc + 1) % self.vpcs.len();
        let far_gateway = self.one(random, other, |i| i.role == Role::TransitGateway).filter(|_| other != vpc);
        let far_host = self.one(random, other, |i| i.role.is_host() && !i.serves.is_empty());
        if let Some((far_gateway, server)) = far_gateway.zip(far_host) {
            let service = random.pick(self.interfaces[server].serves);
            let talk = Talk::of_any(random, service, false, false);
            let packet = (own, self.own(random, server, false));
            let crossings = vec![
                self.crossing(host, false, packet, 1, Hop::To(gateway)),
                self.crossing(gateway, true, packet, 1, Hop::To(host)),
                self.crossing(far_gateway, false, packet, 1, Hop::To(server)),
                self.crossing(server, true, packet, 1, Hop::To(far_gateway)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
            return Some(());
        }
        let remote = self.premises[random.skewed(self.premises.len())];
        if random.chance(50) {
            let service = random.pick(TIERS[2]);
            let talk = Talk::of_any(random, service, false, true);
            let packet = (own, remote);
            let crossings = vec![
                self.crossing(host, false, packet, 1, Hop::To(gateway)),
                self.crossing(gateway, true, packet, 1, Hop::To(host)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
        } else {
            let service = random.pick(self.interfaces[host].serves);
            let talk = Talk::of_any(random, service, false, true);
            let packet = (remote, own);
            let crossings = vec![
                self.crossing(gateway, false, packet, 1, Hop::To(host)),
                self.crossing(host, true, packet, 1, Hop::To(gateway)),
            ];
            self.push(talk, crossings, Verdict::Accepted);
        }
        Some(())
    }

    /// Opens a conversation over a virtual private gateway or a peering connection, in either direction.
    pub(super) fn open_private_link(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && !i.serves.is_empty())?;
        let own = self.own(random, host, false);
        let (remote, path, hop) = match random.below(10) {
            0..4 => (*random.pick(&self.premises), 3, Hop::Unknown),
            4..8 => (self.peers[random.skewed(self.peers.len())], 4, Hop::Foreign(random.below(3))),
            _ => (*random.pick(&self.peers), 5, Hop::Unknown),
        };
        let outwards = random.chance(50);
        let service = if outwards { random.pick(TIERS[1]) } else { random.pick(self.interfaces[host].serves) };
        let talk = Talk::of_any(random, service, false, true);
        let packet = if outwards { (own, remote) } else { (remote, own) };
        let crossing = self.crossing(host, !outwards, packet, path, hop);
        self.push(talk, vec![crossing], Verdict::Accepted);
        Some(())
    }

    /// Opens a conversation that VPC Block Public Access stops.
    pub(super) fn open_blocked(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && self.is_public(i))?;
        if !self.public_access_blocked {
            return None;
        }
        let own = self.interfaces[host].address;
        let path = self.path_out(host, false);
        let outwards = random.chance(50);
        let packet = if outwards { (own, random.pick(&self.servers).0) } else { (*random.pick(&self.clients), own) };
        let crossing = self.crossing(host, !outwards, packet, path, Hop::Unknown);
        let ports = (client_port(random), HTTPS.port);
        let talk = Talk::knock(random, TCP, ports, false);
        self.push(talk, vec![crossing], Verdict::Rejected(0, Some("BPA")));
        Some(())
    }

    /// Packets that come when the connection is closed already.
    pub(super) fn open_late(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let host = self.one(random, vpc, |i| i.role.is_host() && self.is_public(i))?;
        let packet = (self.servers[random.skewed(self.servers.len())].0, self.interfaces[host].address);
        let ports = (HTTPS.port, client_port(random));
        let mut talk = Talk::knock(random, TCP, ports, false);
        talk.manner = Manner::Late(*random.pick(&[4, 4, 1, 0]));
        let path = self.path_out(host, false);
        let crossing = self.crossing(host, true, packet, path, Hop::Unknown);
        self.push(talk, vec![crossing], Verdict::Rejected(0, None));
        Some(())
    }

    /// Opens a conversation between the Elastic Fabric Adapters of two instances.
    pub(super) fn open_efa(&mut self, random: &mut Random, vpc: usize) -> Option<()> {
        let client = self.one(random, vpc, |i| i.role == Role::Instance)?;
        let server = self.one(random, vpc, |i| i.role == Role::Instance)?;
        if !self.supercomputing || client == server {
            return None;
        }
        let packet = (self.interfaces[client].address, self.interfaces[server].address);
        let mut talk = Talk::without_ports(random, 0, false);
        talk.sizes = [random.within(200, 8_500), random.within(200, 8_500)];
        talk.bits = 16;
        let crossings = vec![
            self.crossing(client, false, packet, 1, Hop::To(server)),
            self.crossing(server, true, packet, 1, Hop::To(client)),
        ];
        self.open.push(Connection { talk, crossings, verdict: Verdict::Accepted, efa: true });
        Some(())
    }

    /// Starts a scan: one port on many interfaces, or many ports on one.
    pub(super) fn scan(&mut self, random: &mut Random, vpc: usize) {
        let inside = random.chance(5);
        let public = self.find(vpc, |i| i.role != Role::RegionalNatGateway && (inside || self.is_public(i)));
        if public.is_empty() {
            return;
        }
        let scanner = match inside {
            true => *random.pick(&self.premises),
            false => *random.pick(&self.scanners),
        };
        let protocol = *random.pick(&[TCP, TCP, TCP, TCP, TCP, TCP, UDP, ICMP]);
        let wide = random.chance(60);
        let (mut target, mut port) = (*random.pick(&public), *random.pick(KNOCKED));
        let from = client_port(random);
        for _ in 0..random.heavy(3) {
            match wide {
                true => target = *random.pick(&public),
                false if random.chance(50) => port = *random.pick(KNOCKED),
                false => port = random.within(1, 65_535) as u16,
            }
            let from = if random.chance(50) { from } else { client_port(random) };
            let ports = if protocol == ICMP { (0, 0) } else { (from, port) };
            let talk = Talk::knock(random, protocol, ports, false);
            let (path, hop) = (self.path_out(target, false), Hop::Unknown);
            let crossing = self.crossing(target, true, (scanner, self.interfaces[target].address), path, hop);
            self.push(talk, vec![crossing], Verdict::Rejected(0, None));
        }
    }
}
