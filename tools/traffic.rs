//! Formats at random with lines of theirs, for tests that hand them to another program:
//! `cargo run --example traffic -- FORMATS LINES` prints `{"format": "...", "lines": ["..."]}` for each.
//!
//! The lines are records, if not of a likely kind: some values are missing, at an edge, or words that AWS has not
//! documented. The same numbers give the same lines.
#![allow(clippy::unwrap_used)]

#[path = "../tests/traffic/mod.rs"]
#[allow(missing_docs)]
mod traffic;

use serde_json::json;
use traffic::{Log, Random, Traffic, random_format};
use vpcflow_ecs::{Format, Kind};

fn main() {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let [formats, lines] = numbers.try_into().unwrap_or([200, 50]);
    for seed in 0..formats {
        println!("{}", sample(seed, lines as usize));
    }
}

fn sample(seed: u64, count: usize) -> serde_json::Value {
    let mut random = Random(seed ^ 0x5eed);
    let log = if seed % 5 == 4 { Log::Tgw } else { Log::Vpc };
    let fields = random_format(&mut random, &log);
    let mut names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let unknown = random.chance(20);
    if unknown {
        names.push("flux-capacitance");
    }
    let format = Format::from_names(&names).unwrap();
    let layout = format.to_string();
    let mut lines = Vec::new();
    for record in Traffic::new(seed, log).records(count) {
        let usual = record.line(&fields);
        let mut tokens: Vec<String> = usual.split(' ').map(str::to_owned).collect();
        if unknown {
            tokens.push("1.21".into());
        }
        let sound = tokens.join(" ");
        for (token, column) in tokens.iter_mut().zip(format.columns()) {
            if random.chance(5) {
                *token = odd(&mut random, column.field().map(|field| field.kind()));
            }
        }
        let odd = tokens.join(if random.chance(5) { "  " } else { " " });
        let is_record = vpcflow_ecs::parse(&odd, Some(&layout)).is_ok();
        lines.push(if is_record { odd } else { sound });
    }
    json!({ "format": layout, "lines": lines })
}

/// Returns a rare token for a column of this kind.
fn odd(random: &mut Random, kind: Option<Kind>) -> String {
    let from: &[&str] = match kind {
        Some(Kind::Integer { .. }) => &["-", "0", "00", "007", "255", "65535", "2147483648", "9223372036854775807"],
        Some(Kind::Time) => &["-", "0", "951782400", "253402300799"],
        Some(Kind::Address) => {
            &["-", "2001:db8::1", "2001:DB8:0:0:0:0:0:1", "::ffff:10.0.0.1", "::", "0.0.0.0", "fe80::1"]
        }
        Some(Kind::Tag) => &["-", "Team%20Blue%2FEU", "caf%C3%A9", "a+b", "100%25", "100%", "%41%", "%22%3Cb%3E"],
        _ => &["-", "unheard-of", "ACCEPT", "x", "{{{message}}}", "\"", "\\", "<b>", "é", "1", "%20", "a,b"],
    };
    (*random.pick(from)).to_owned()
}
