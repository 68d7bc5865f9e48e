//! VPCs with their subnets, and the interfaces in them.

use std::net::{IpAddr, Ipv4Addr};

use super::super::addresses::{PREFIXES, REGIONS, v6_host, zones};
use super::super::random::Random;
use super::super::services::{HTTPS, SSH, Service, TIERS};
use super::{Interface, Network, Role, Subnet, Vpc};

impl Network {
    pub(super) fn add_networks(&mut self, random: &mut Random) {
        let account = random.account();
        let region = random.pick(REGIONS);
        let zones_here = zones(random, region.1);
        let count = 1 + random.skewed(3);
        for index in 0..count {
            let mut vpc = Vpc {
                id: self.id(random, "vpc"),
                account: account.clone(),
                region,
                zones: zones_here.clone(),
                base: match random.below(4) {
                    0 => 0xac1f_0000 - ((index as u32) << 16),
                    _ => 0x0a00_0000 | (index as u32 * 64 + random.below(64) as u32) << 16,
                },
                prefix: None,
            };
            if random.chance(55) {
                let prefix = *random.pick(&PREFIXES);
                vpc.prefix = Some(prefix << 96 | u128::from(random.next() & 0xffff_ff00) << 64);
            }
            if index > 0 && random.chance(20) {
                vpc.account = random.account();
            }
            if index > 0 && random.chance(15) {
                vpc.region = random.pick(REGIONS);
                vpc.zones = zones(random, vpc.region.1);
            }
            self.vpcs.push(vpc);
        }
        let count = random.within(4, 9) as usize;
        let width = *random.pick(&[8, 10, 12]);
        let all_logged = random.chance(80);
        for index in 0..count {
            let (vpc, place) = (index % self.vpcs.len(), index / self.vpcs.len());
            let subnet = Subnet {
                id: self.id(random, "subnet"),
                vpc,
                zone: self.vpcs[vpc].zones[place % 3].clone(),
                sublocation: None,
                base: self.vpcs[vpc].base | (place as u32) << width,
                hosts: 1 << width,
                prefix: self.vpcs[vpc].prefix.map(|prefix| prefix | (place as u128) << 64),
                public: place % 2 == 0,
                logged: all_logged || index == 0 || random.chance(60),
            };
            self.subnets.push(subnet);
        }
        if random.chance(30) {
            let subnet = &mut self.subnets[count - 1];
            let start = self.vpcs[subnet.vpc].region.1;
            subnet.logged = true;
            subnet.sublocation = Some(match random.below(3) {
                0 => ("localzone", format!("{start}-{}-az1", random.pick(&["lax1", "bos1", "ham1", "per1"]))),
                1 => ("wavelength", format!("{start}-wl1-{}-wlz1", random.pick(&["bos", "sfo", "lon", "nrt"]))),
                _ => ("outpost", format!("op-0{}", random.hex(16))),
            });
        }
    }

    pub(super) fn add_interfaces(&mut self, random: &mut Random, total: usize) {
        let regional = random.chance(35);
        for vpc in 0..self.vpcs.len() {
            let subnets = |public: bool| -> Vec<usize> {
                let of = |index: &usize| self.subnets[*index].vpc == vpc && self.subnets[*index].public == public;
                (0..self.subnets.len()).filter(of).collect()
            };
            let (public, private) = (subnets(true), subnets(false));
            let Some(&front) = public.first() else { continue };
            let back = private.first().copied().unwrap_or(front);
            if regional && vpc == 0 {
                self.add(random, Role::RegionalNatGateway, front, &[]);
            } else if random.chance(80) {
                self.add(random, Role::NatGateway, front, &[]);
            }
            let mut some = |random: &mut Random, percent, role, subnets: &[usize], serves| {
                if random.chance(percent) {
                    for subnet in subnets.iter().take(3) {
                        self.add(random, role, *subnet, serves);
                    }
                }
            };
            some(random, 60, Role::ApplicationBalancer, &public, TIERS[0]);
            some(random, 45, Role::NetworkBalancer, &public, TIERS[0]);
            some(random, 55, Role::TransitGateway, &[back], &[]);
            some(random, 60, Role::Endpoint, &private, &[HTTPS]);
            some(random, 25, Role::Appliance, &[back], &[SSH]);
        }
        let rest = total.saturating_sub(self.interfaces.len()).max(8);
        // A world runs some tiers, not all.
        let mut tiers: Vec<usize> = (1..TIERS.len()).collect();
        random.shuffle(&mut tiers);
        tiers.truncate(5);
        for index in 0..rest {
            let subnet = (index + random.below(2)) % self.subnets.len();
            let tier = if self.subnets[subnet].public { 0 } else { *random.pick(&tiers) };
            let tier = if random.chance(20) { *random.pick(&tiers) } else { tier };
            let role = match random.below(100) {
                0..30 if !self.clusters.is_empty() => Role::Task,
                30..40 => Role::Managed,
                _ => Role::Instance,
            };
            self.add(random, role, subnet, TIERS[tier]);
        }
    }

    /// Adds an interface to a subnet.
    pub(super) fn add(&mut self, random: &mut Random, role: Role, subnet: usize, serves: &'static [Service]) {
        let vpc = self.subnets[subnet].vpc;
        let mut secondary = Vec::new();
        let mut address = self.next_address(random, subnet);
        if role == Role::RegionalNatGateway {
            address = IpAddr::from([54, 210, random.below(256) as u8, random.within(1, 254) as u8]);
        }
        // Pods of a container network have secondary addresses of their host.
        if role == Role::Instance && random.chance(20) {
            secondary = (0..random.within(1, 6)).map(|_| self.next_address(random, subnet)).collect();
        }
        let has_v6 = !matches!(role, Role::RegionalNatGateway | Role::NatGateway | Role::TransitGateway);
        let prefix = self.subnets[subnet].prefix.filter(|_| has_v6 && random.chance(70));
        let v6 = prefix.map(|prefix| v6_host(random, prefix));
        let id = self.id(random, "eni");
        let nitro = random.chance(self.nitro);
        let spare = role.is_host() && self.interfaces.len() % 5 == 4;
        let (metadata, silent) = self.metadata(random, role, subnet, &id);
        let phase = random.below(self.habits.window as usize) as u64;
        let interface =
            Interface { role, vpc, subnet, id, address, secondary, v6, serves, nitro, spare, phase, metadata, silent };
        self.interfaces.push(interface);
    }

    pub(super) fn next_address(&mut self, random: &mut Random, subnet: usize) -> IpAddr {
        // The first four and the last address of a subnet are AWS's.
        let Subnet { base, hosts, .. } = self.subnets[subnet];
        loop {
            let address = base + random.within(4, u64::from(hosts) - 2) as u32;
            if self.addresses.insert(address) {
                return Ipv4Addr::from(address).into();
            }
        }
    }
}
