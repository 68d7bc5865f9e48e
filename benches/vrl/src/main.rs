//! VRL's `parse_aws_vpc_flow_log` in native Rust, for `npm run bench`.
//!
//! `bench-vrl FILE FORMAT` reads the file. For each line on standard input, it resolves the program once for every line of the
//! file. It prints how many nanoseconds that took, of the clock and of a processor. With `check` as a third argument, it
//! prints the values that the program read instead.
//!
//! The program is compiled once, the events with their messages are made beforehand: only `resolve` is timed.

use std::collections::BTreeMap;
use std::io::stdin;
use std::time::Instant;

use vrl::compiler::{Context, Program, TargetValue, TimeZone, state::RuntimeState};
use vrl::value::{Secrets, Value};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [file, format, rest @ ..] = arguments.as_slice() else { panic!("FILE FORMAT") };
    let text = std::fs::read_to_string(file).unwrap();
    let source = format!("parse_aws_vpc_flow_log!(.message, {format:?})");
    let program = vrl::compiler::compile(&source, &vrl::stdlib::all()).unwrap().program;
    let mut events: Vec<TargetValue> = text.lines().map(event).collect();

    if rest.first().is_some_and(|word| word == "check") {
        check(&program, &mut events);
        return;
    }
    for _ in stdin().lines() {
        let (mut state, timezone) = (RuntimeState::default(), TimeZone::default());
        let mut read = 0;
        let (start, cpu) = (Instant::now(), cpu_ns());
        for event in &mut events {
            let mut context = Context::new(event, &mut state, &timezone);
            read += usize::from(program.resolve(&mut context).is_ok());
        }
        let ns = start.elapsed().as_nanos() as u64;
        let cpu = cpu_ns().zip(cpu).map_or(ns, |(now, before)| now - before);
        println!("{{\"ns\":{ns},\"cpu\":{cpu},\"bytes\":0,\"read\":{read}}}");
    }
}

/// Makes an event as Vector has it: the line is its message.
fn event(line: &str) -> TargetValue {
    let message = BTreeMap::from([("message".into(), Value::from(line))]);
    let metadata = Value::Object(BTreeMap::new());
    TargetValue { value: Value::Object(message), metadata, secrets: Secrets::default() }
}

/// Prints how many lines were read, how many were not, the number of their values, and the first one's.
fn check(program: &Program, events: &mut [TargetValue]) {
    let (mut state, timezone) = (RuntimeState::default(), TimeZone::default());
    let (mut failed, mut values, mut first) = (0, 0, None);
    for event in events.iter_mut() {
        match program.resolve(&mut Context::new(event, &mut state, &timezone)) {
            Ok(Value::Object(fields)) => {
                values += fields.values().filter(|value| !value.is_null()).count();
                first.get_or_insert(Value::Object(fields));
            }
            _ => failed += 1,
        }
    }
    let first = first.unwrap_or(Value::Null);
    println!("{{\"lines\":{},\"failed\":{failed},\"values\":{values},\"first\":{first}}}", events.len());
}

/// Returns this process's time on a processor, where the system reports it (Linux): it has one thread only.
fn cpu_ns() -> Option<u64> {
    std::fs::read_to_string("/proc/self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
