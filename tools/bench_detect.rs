//! Measures how well formats are detected: `npm run bench:detect`, or
//! `cargo run --release --example bench_detect -- [--from SEED] [FORMATS] [LINES]...`. Without arguments, it takes 400 formats of each
//! kind, from seed 0 on, in logs of 20, 200 and 2,000 lines.
//!
//! With the words `lines SEED LINES [SAMPLE]` it prints one log, and before it, if the variable `SHOW` is set, its candidates.
#![allow(clippy::unwrap_used)]

#[path = "../tests/traffic/mod.rs"]
#[allow(missing_docs)]
mod traffic;

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::{Duration, Instant};

use traffic::{Log, Random, Record, Traffic, random_format, usual_format};
use vpcflow_ecs::detect::{Bounds, detect_format};
use vpcflow_ecs::{Field, PRESETS};

#[derive(Default)]
struct Score {
    files: usize,
    whole: usize,
    settled: usize,
    columns: usize,
    absent: usize,
    right: usize,
    right_open: usize,
    open: usize,
    wrong: usize,
    telling: usize,
    telling_right: usize,
    unnamed: usize,
    failed: usize,
    time: Duration,
    slowest: Duration,
    confusions: BTreeMap<(String, String), usize>,
    open_fields: BTreeMap<String, usize>,
    told_wrong: BTreeMap<String, usize>,
    worst: Vec<(usize, u64, String)>,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [word, seed, lines, sample @ ..] = arguments.as_slice()
        && word == "lines"
    {
        let sample = sample.first().map_or(0, |sample| sample.parse().unwrap());
        let (lines, fields) = log(&SAMPLES[sample], seed.parse().unwrap(), lines.parse().unwrap());
        if std::env::var("SHOW").is_ok() {
            let detection = detect_format(lines.join("\n").as_bytes(), Bounds::default()).unwrap();
            for candidate in detection.candidates {
                println!("{:?} {} {:?}", candidate.origin, candidate.confidence, candidate.evidence);
                for (index, column) in candidate.format.columns().iter().enumerate() {
                    let open = candidate.unresolved.iter().find(|open| open.index == index);
                    println!(
                        "{:3} {:28} {:28} {:?}",
                        index + 1,
                        fields[index].name(),
                        column.name(),
                        open.map(|o| &o.alternatives)
                    );
                }
            }
        }
        println!("{}", lines.join("\n"));
        return;
    }
    let (first, arguments) = match arguments.as_slice() {
        [option, seed, rest @ ..] if option == "--from" => (seed.parse().unwrap(), rest),
        all => (0, all),
    };
    let arguments: Vec<usize> = arguments.iter().map(|argument| argument.parse().unwrap()).collect();
    let (formats, sizes) = match arguments.split_first() {
        Some((formats, [])) => (*formats, vec![20, 200, 2_000]),
        Some((formats, sizes)) => (*formats, sizes.to_vec()),
        None => (400, vec![20, 200, 2_000]),
    };
    for sample in SAMPLES {
        println!("{}:", sample.name);
        measure(sample, first..first + formats as u64, &sizes);
    }
}

/// A kind of logs.
struct Sampled {
    name: &'static str,
    format: fn(&mut Random, &Log) -> Vec<Field>,
    is_one_way: bool,
    /// True if one log in five is a transit gateway's.
    has_tgw: bool,
}

const SAMPLES: &[Sampled] = &[
    Sampled { name: "random formats", format: random_format, is_one_way: false, has_tgw: true },
    Sampled { name: "random formats, egress only", format: random_format, is_one_way: true, has_tgw: true },
    Sampled { name: "orders that people use", format: usual_format, is_one_way: false, has_tgw: true },
    Sampled { name: "orders that people use, egress only", format: usual_format, is_one_way: true, has_tgw: true },
    Sampled { name: "the default order without version", format: without_version, is_one_way: false, has_tgw: false },
];

fn without_version(_: &mut Random, _: &Log) -> Vec<Field> {
    PRESETS[0].fields().into_iter().filter(|field| *field != Field::Version).collect()
}

fn measure(sample: &Sampled, seeds: Range<u64>, sizes: &[usize]) {
    let mut scores: BTreeMap<usize, Score> = BTreeMap::new();
    let most = sizes.iter().copied().max().unwrap_or(0);
    let formats = seeds.end - seeds.start;
    for (index, seed) in seeds.enumerate() {
        let (lines, fields) = log(sample, seed, most);
        for size in sizes {
            let text = lines[..*size].join("\n");
            one(&text, &fields, seed, &lines[..*size], scores.entry(*size).or_default());
        }
        if index % 20 == 19 {
            eprint!("\r{} of {formats}", index + 1);
        }
    }
    eprintln!();
    for (size, score) in &scores {
        let share = |part: usize, whole: usize| 100.0 * part as f64 / (whole.max(1)) as f64;
        let filled = score.columns - score.absent;
        println!("{size} lines, {} formats:", score.files);
        println!("  columns {} ({} absent throughout)", score.columns, score.absent);
        println!(
            "  right and settled {:.2} %, right but open {:.2} %",
            share(score.right, filled),
            share(score.right_open, filled)
        );
        println!("  wrong but open {:.2} %, unnamed {:.2} %", share(score.open, filled), share(score.unnamed, filled));
        println!("  WRONG WITH CONFIDENCE {} columns ({:.3} %)", score.wrong, share(score.wrong, filled));
        println!(
            "  files settled {:.2} %, entirely right {:.2} %, no flow log {}",
            share(score.settled, score.files),
            share(score.whole, score.files),
            score.failed
        );
        println!(
            "  time {:.1} ms on average, {:.1} ms at most",
            score.time.as_secs_f64() * 1e3 / score.files as f64,
            score.slowest.as_secs_f64() * 1e3
        );
        println!(
            "  of {} columns that the documentation tells apart, right {:.2} %: {:?}",
            score.telling,
            share(score.telling_right, score.telling),
            score.told_wrong
        );
        let mut confusions: Vec<_> = score.confusions.iter().collect();
        confusions.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((truth, said), count) in confusions.iter().take(25) {
            println!("    {count:5} {truth} taken for {said}");
        }
        let mut open: Vec<_> = score.open_fields.iter().collect();
        open.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        println!(
            "    open: {}",
            open.iter().take(40).map(|(field, count)| format!("{field} {count}")).collect::<Vec<_>>().join(", ")
        );
        let mut worst = score.worst.clone();
        worst.sort_by_key(|(wrong, ..)| std::cmp::Reverse(*wrong));
        for (wrong, seed, what) in worst.iter().take(10) {
            println!("    seed {seed}: {wrong} wrong: {what}");
        }
    }
}

/// Returns the lines of a log, and their format.
fn log(sample: &Sampled, seed: u64, lines: usize) -> (Vec<String>, Vec<Field>) {
    let log = if seed % 5 == 4 && sample.has_tgw { Log::Tgw } else { Log::Vpc };
    let fields = (sample.format)(&mut Random(seed ^ 0x5eed), &log);
    let mut traffic = Traffic::new(seed, log);
    let mut records: Vec<Record> = Vec::new();
    while records.len() < lines {
        let mut more = traffic.records(lines);
        more.retain(|record| !sample.is_one_way || record.get(Field::FlowDirection) == Some("egress"));
        records.extend(more);
    }
    records.truncate(lines);
    (records.iter().map(|record| record.line(&fields)).collect(), fields)
}

/// True if AWS's documentation tells a column apart from every other field, by values of a shape of their own or by a law
/// with another column of the log. Written from the documentation, not from the detection.
fn is_told(field: Field, fields: &[Field], absent: &[bool]) -> bool {
    use Field::*;
    let has = |field: Field| fields.iter().zip(absent).any(|(other, absent)| *other == field && !absent);
    let pair = |left: Field, right: Field| has(left) && has(right);
    match field {
        // Words, numbers and identifiers that no other field of its log has.
        Action | LogStatus | Type | FlowDirection | Region | Protocol | SublocationType => true,
        EcsClusterArn
        | EcsContainerInstanceArn
        | EcsTaskDefinitionArn
        | EcsTaskArn
        | ResourceId
        | TgwId
        | ResourceType => true,
        AccountId => {
            !pair(TgwSrcVpcAccountId, TgwDstVpcAccountId) && !has(TgwSrcVpcAccountId) && !has(TgwDstVpcAccountId)
        }
        Version => true,
        TcpFlags => has(Protocol),
        // The end of the name or identifier.
        EcsClusterName => has(EcsClusterArn),
        EcsTaskId => has(EcsTaskArn),
        EcsContainerInstanceId => has(EcsContainerInstanceArn),
        // Laws between two columns.
        Start | End => pair(Start, End),
        Packets | Bytes => pair(Packets, Bytes),
        // The handshake tells the ports apart.
        Srcport | Dstport => pair(Srcport, Dstport) && pair(TcpFlags, Protocol),
        // The recorded interface and its next hop, both there.
        InterfaceId | NextHopInterfaceId => pair(InterfaceId, NextHopInterfaceId),
        VpcId | SubnetId => has(InterfaceId) && !has(NextHopVpcId) && !has(NextHopSubnetId) && has(NextHopInterfaceId),
        TrafficPath => has(FlowDirection),
        _ => false,
    }
}

fn one(text: &str, fields: &[Field], seed: u64, lines: &[String], score: &mut Score) {
    let start = Instant::now();
    let detection = detect_format(text.as_bytes(), Bounds::default());
    let took = start.elapsed();
    score.time += took;
    score.slowest = score.slowest.max(took);
    score.files += 1;
    score.columns += fields.len();
    let mut absent = vec![true; fields.len()];
    for line in lines {
        for (absent, token) in absent.iter_mut().zip(line.split(' ')) {
            *absent &= token == "-";
        }
    }
    score.absent += absent.iter().filter(|absent| **absent).count();
    let Ok(detection) = detection else {
        score.failed += 1;
        score.open += absent.iter().filter(|absent| !**absent).count();
        return;
    };
    let best = &detection.candidates[0];
    score.settled += usize::from(best.is_settled());
    let mut whole = true;
    let mut wrong = Vec::new();
    for (index, (truth, column)) in fields.iter().zip(best.format.columns()).enumerate() {
        if absent[index] {
            continue;
        }
        let said = column.field();
        let open = best.unresolved.iter().any(|open| open.index == index);
        whole &= said == Some(*truth);
        if is_told(*truth, fields, &absent) {
            score.telling += 1;
            score.telling_right += usize::from(said == Some(*truth));
            if said != Some(*truth) {
                *score.told_wrong.entry(truth.name().into()).or_default() += 1;
            }
        }
        if open {
            *score.open_fields.entry(truth.name().into()).or_default() += 1;
        }
        match (said, open) {
            (Some(said), false) if said == *truth => score.right += 1,
            (Some(said), true) if said == *truth => score.right_open += 1,
            (None, _) => score.unnamed += 1,
            (Some(_), true) => score.open += 1,
            (Some(said), false) => {
                score.wrong += 1;
                wrong.push(format!("{} as {}", truth.name(), said.name()));
                *score.confusions.entry((truth.name().into(), said.name().into())).or_default() += 1;
            }
        }
    }
    score.whole += usize::from(whole);
    if !wrong.is_empty() {
        score.worst.push((wrong.len(), seed, wrong.join(", ")));
    }
}
