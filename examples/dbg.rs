//! Debug.
#![allow(clippy::unwrap_used)]
#[path = "../tests/traffic/mod.rs"]
#[allow(missing_docs)]
mod traffic;
use traffic::{Log, Random, Traffic, random_format};
fn main() {
    let a: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let seed = a[0] as u64;
    let log = if seed % 5 == 4 { Log::Tgw } else { Log::Vpc };
    let mut random = Random(seed ^ 0x5eed);
    let fields = random_format(&mut random, &log);
    let records = Traffic::new(seed, log).records(a[1]);
    let lines: Vec<String> = records.iter().map(|r| r.line(&fields)).collect();
    for l in lines.iter().take(6) {
        println!("{l}");
    }
    let d = vpcflow_ecs::detect::detect_format(lines.join("\n").as_bytes(), Default::default()).unwrap();
    for c in &d.candidates {
        println!("{:?} {:.3}", c.origin, c.confidence);
        for (i, (t, s)) in fields.iter().zip(c.format.columns()).enumerate() {
            let u = c.unresolved.iter().find(|u| u.column == i);
            println!(
                "{} {:3} {:28} {:28} {:?}",
                if s.field() == Some(*t) { "  " } else { "X " },
                i + 1,
                t.name(),
                s.name(),
                u.map(|u| u.alternatives.iter().map(|f| f.name()).collect::<Vec<_>>())
            );
        }
        for e in &c.evidence {
            println!("  - {e}");
        }
    }
}
