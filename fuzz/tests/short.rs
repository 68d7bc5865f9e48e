//! The short run of each target: its seeds, and inputs made of them by fixed rules. It needs no libFuzzer.

use vpcflow_ecs_fuzz::{Random, TARGETS, Target, words};

/// Prints an input if the test panics with it.
struct Shown<'a>(&'a str, &'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("target {}, input b\"{}\"", self.0, self.1.escape_ascii());
        }
    }
}

fn check(target: &Target, input: &[u8]) {
    let _shown = Shown(target.name, input);
    (target.run)(input);
}

/// Runs a target.
fn short(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let seeds = (target.seeds)();
    assert!(seeds.len() > 2, "{} seeds", seeds.len());
    seeds.iter().for_each(|seed| check(target, seed));
    let words = words();
    let mut random = Random(1);
    for _ in 0..target.runs {
        let mut input = random.pick(&seeds).clone();
        for _ in 0..1 + random.below(4) {
            change(&mut random, &mut input, &seeds, &words);
        }
        check(target, &input);
    }
}

/// Changes an input at one place.
fn change(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[String]) {
    let at = random.below(input.len() + 1);
    let end = (at + random.skewed(20)).min(input.len());
    match random.below(7) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 => input.insert(at, random.next() as u8),
        2 => drop(input.drain(at..end)),
        3 => {
            let again = input[at..end].to_vec();
            input.splice(at..at, again);
        }
        4 => drop(input.splice(at..end, random.pick(words).bytes())),
        5 => {
            // The rest of another seed.
            let other = random.pick(seeds);
            let from = random.below(other.len() + 1);
            input.splice(at.., other[from..].iter().copied());
        }
        _ => {
            let byte = *random.pick(b" \t\n\r-.,:;\"\\{}[]$0129aZ\x00\xff\xc3");
            input.splice(at..end.max(at), [byte]);
        }
    }
}

macro_rules! short_runs {
    ($($name:ident),*) => {
        $(#[test] fn $name() { short(stringify!($name)); })*

        #[test]
        fn each_target_has_a_short_run() {
            let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            assert_eq!(names, [$(stringify!($name)),*]);
        }
    };
}

short_runs!(parse_line, parse_format, peel, chunking, scan_backends, detect, pipeline, mmdb);
