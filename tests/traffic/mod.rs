//! Realistic flow log traffic from a fixed seed: a world of networks, interfaces and remote hosts, the conversations
//! that they hold, and the records that AWS would write of them. Every world has its own habits, since real logs differ
//! by account more than by record: what it runs, how long its windows are, which optional features are on.
//!
//! Everything is integer arithmetic on one SplitMix64 stream, so a seed gives the same bytes everywhere.
//!
//! Sources of the facts:
//! - *Flow log records*, *Flow log record examples* and *Flow log limitations* in the Amazon VPC User Guide;
//! - *Transit Gateway Flow Logs*;
//! - `ip-ranges.json` for the address ranges of services.
#![allow(dead_code, unused_imports)] // Each user of this module needs a part of it only.

mod addresses;
mod network;
mod random;
mod record;
mod services;
mod talk;
mod transit;

pub use random::Random;
pub use record::{Log, Record, random_format, usual_format};

use std::collections::VecDeque;

use network::Network;
use transit::Transit;

/// A world, and the records that it writes as its time goes on.
pub struct Traffic {
    random: Random,
    world: World,
    /// When the next window starts, in Unix seconds.
    clock: u64,
    written: VecDeque<Record>,
}

enum World {
    Vpc(Network),
    Tgw(Transit),
}

impl Traffic {
    pub fn new(seed: u64, log: Log) -> Traffic {
        let mut random = Random(seed);
        let clock = random.within(1_600_000_000, 1_780_000_000);
        let world = match log {
            Log::Vpc => World::Vpc(Network::new(&mut random)),
            Log::Tgw => World::Tgw(Transit::new(&mut random)),
        };
        Traffic { random, world, clock, written: VecDeque::new() }
    }

    /// Returns the next records. They are the same whether they are requested at once or bit by bit.
    pub fn records(&mut self, count: usize) -> Vec<Record> {
        while self.written.len() < count {
            let habits = match &self.world {
                World::Vpc(network) => &network.habits,
                World::Tgw(transit) => &transit.habits,
            };
            let length = habits.window;
            let mut window = match &mut self.world {
                World::Vpc(network) => network.window(&mut self.random, self.clock),
                World::Tgw(transit) => transit.window(&mut self.random, self.clock),
            };
            self.clock += length;
            window.sort_by_key(|(delivered, _)| *delivered);
            self.written.extend(window.into_iter().map(|(_, record)| record));
        }
        self.written.drain(..count).collect()
    }
}

/// Properties that all records of a world share.
#[derive(Debug)]
struct Habits {
    /// The aggregation interval in seconds.
    window: u64,
    /// New conversations per window.
    rate: usize,
    /// True if records of one interface are adjacent, as they are in a log stream for each interface.
    bunched: bool,
    /// The percentage of records in which `start` and `end` are those of the window instead of the packets'.
    whole_windows: usize,
    /// The `tcp-flags` of protocols other than TCP.
    flags_of_others: Option<u8>,
    /// Records without data, in a thousand.
    silent: usize,
    /// The number of silent records that are due, in thousandths.
    due: usize,
}

impl Habits {
    /// Makes the habits of a world with a number of interfaces.
    fn new(random: &mut Random, window: u64, interfaces: usize) -> Habits {
        Habits {
            window,
            rate: random.within(interfaces as u64 / 2, interfaces as u64 * 3 / 2) as usize,
            bunched: random.chance(50),
            whole_windows: *random.pick(&[5, 50, 90]),
            flags_of_others: random.chance(50).then_some(0),
            silent: random.within(10, 50) as usize,
            due: 0,
        }
    }

    /// Returns `start` and `end` of a flow in a window with that start and length.
    fn times(&self, random: &mut Random, window: u64, length: u64, packets: u64) -> (u64, u64) {
        if random.chance(self.whole_windows) {
            return (window, window + random.within(length * 3 / 4, length));
        }
        let start = window + random.below(length as usize) as u64;
        let lasts = if packets == 1 { 0 } else { random.within(0, window + length - start) };
        (start, start + lasts)
    }

    /// Returns the number of silent records that go with a number of others.
    fn silent_with(&mut self, records: usize) -> usize {
        self.due += records * self.silent;
        let count = self.due / 1_000;
        self.due %= 1_000;
        count
    }
}
