//! Writes the logs that `npm run bench` reads: `cargo run --release --example bench_corpus -- FOLDER [LINES]`.
//!
//! A log is the traffic of several worlds, one after the other, so that the habits of none decide a measurement. The
//! seeds are fixed: the same number of lines gives the same bytes everywhere.
#![allow(clippy::unwrap_used)]

#[path = "../tests/traffic/mod.rs"]
#[allow(missing_docs)]
mod traffic;

use std::fs;
use std::path::Path;

use traffic::{Log, Random, Record, Traffic};
use vpcflow_ecs::{Field, PRESETS};

/// Worlds in a log.
const WORLDS: u64 = 10;

/// Bad lines in a hundred of the log with errors.
const BAD: usize = 10;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(arguments.first().map_or("target/bench", String::as_str));
    let lines = arguments.get(1).map_or(100_000, |lines| lines.parse().unwrap());
    fs::create_dir_all(folder).unwrap();
    for (name, text) in [
        ("v2", log("default", lines, |_| true)),
        ("v5", log("v5", lines, |_| true)),
        ("v11", log("v11", lines, |_| true)),
        ("ipv6", log("v5", lines, |record| record.get(Field::Srcaddr).is_some_and(|text| text.contains(':')))),
        ("errors", broken(&log("v5", lines, |_| true))),
    ] {
        fs::write(folder.join(format!("{name}.log")), text).unwrap();
    }
}

/// Returns a number of records of a layout. Of those that are not wanted, one in eight stays: no log is quite without them.
fn log(layout: &str, lines: usize, is_wanted: impl Fn(&Record) -> bool) -> String {
    let fields = PRESETS.iter().find(|preset| preset.name == layout).unwrap().fields();
    let mut text = String::new();
    let (mut written, mut others) = (0, 0);
    let mut seed = 0;
    for world in 1..=WORLDS {
        let until = lines * world as usize / WORLDS as usize;
        let mut traffic = next_world(&mut seed, &is_wanted);
        while written < until {
            for record in traffic.records(1_000.min(until - written)) {
                others += usize::from(!is_wanted(&record));
                if is_wanted(&record) || others % 8 == 0 {
                    text += &record.line(&fields);
                    text.push('\n');
                    written += 1;
                }
            }
        }
    }
    text
}

/// Returns the next world that has wanted records at all.
fn next_world(seed: &mut u64, is_wanted: &impl Fn(&Record) -> bool) -> Traffic {
    loop {
        *seed += 1;
        let wanted = Traffic::new(*seed, Log::Vpc).records(1_000).into_iter().filter(is_wanted).count();
        if wanted >= 100 {
            return Traffic::new(*seed, Log::Vpc);
        }
    }
}

/// Returns the same log of version 5, with some of its lines broken, each in one of six ways.
fn broken(log: &str) -> String {
    let mut random = Random(5);
    let mut text = String::with_capacity(log.len());
    for line in log.lines() {
        let mut tokens: Vec<&str> = line.split(' ').collect();
        if random.chance(BAD) {
            match random.below(6) {
                0 => tokens.truncate(1 + random.below(tokens.len() - 1)),
                1 => tokens.push("-"),
                2 => tokens[3] = "10.0.0.256",
                3 => tokens[5] = "70000",
                4 => tokens[9] = "1e3",
                _ => tokens[12] = "DENY",
            }
        }
        text += &tokens.join(" ");
        text.push('\n');
    }
    text
}
