//! Laws of layers, on inputs drawn with fixed seeds: peeling gives the documents of the bare records, and nothing else is
//! read as a flow log.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::panic)]

mod traffic;

use serde_json::{Value, json};
use traffic::{Log, Random, Traffic};
use vpcflow_ecs::{Line, Mode, OnError, Options, Output, PRESETS, Parser};

/// Layers that every text of an input gets.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Wrap {
    Quotes,
    Time,
    Stream,
    Syslog,
    After,
    Spaces,
    Message,
    Log,
    Nested,
    Events,
    List,
    Column,
    Label,
    Attributes,
    Structured,
    End,
}

const WRAPS: [Wrap; 16] = [
    Wrap::Quotes,
    Wrap::Time,
    Wrap::Stream,
    Wrap::Syslog,
    Wrap::After,
    Wrap::Spaces,
    Wrap::Message,
    Wrap::Log,
    Wrap::Nested,
    Wrap::Events,
    Wrap::List,
    Wrap::Column,
    Wrap::Label,
    Wrap::Attributes,
    Wrap::Structured,
    Wrap::End,
];

impl Wrap {
    /// True if a layer may be around this one. Two layers of tokens are one, and some combinations do not occur.
    fn may_be_around(self, inner: Option<Wrap>) -> bool {
        use Wrap::{After, Column, Label, Quotes, Spaces, Stream, Structured, Syslog, Time};
        let of_tokens = |wrap: Wrap| matches!(wrap, Time | Stream | Syslog | Structured | After);
        match (self, inner) {
            (_, None) => true,
            (outer, Some(inner)) if outer == inner => false,
            (outer, Some(inner)) if of_tokens(outer) && of_tokens(inner) => false,
            (Spaces, _) => false,
            // Nothing but JSON follows JSON on its line.
            (After, Some(inner)) => inner == Quotes,
            (Quotes | Column, Some(Quotes | Column)) => false,
            // A label is a part of the first token, which has to be a part of the record then.
            (Label, Some(inner)) => inner != Column && !of_tokens(inner) && inner != Spaces,
            (outer, Some(Label)) => !of_tokens(outer) && outer != Column,
            _ => true,
        }
    }

    /// Wraps a text.
    fn around(self, text: &str, random: &mut Random) -> String {
        let clock = format!("{:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60));
        match self {
            // As a line of JSON, which may end in a comma.
            Wrap::Quotes => format!("{}{}", json!(text), random.pick(&["", ","])),
            Wrap::Time => format!("2026-01-{:02}T{clock}.{:03}Z {text}", 1 + random.below(31), random.below(1_000)),
            Wrap::Stream => format!("/aws/vpc/flow-{} eni-{}-all {text}", random.below(9), random.hex(17)),
            Wrap::Syslog => {
                format!("<134>Jan {:2} {clock} host{} vpcflow: {text}", 1 + random.below(31), random.below(9))
            }
            Wrap::Structured => {
                let data = *random.pick(&["-", "[a@1 b=\"c d\"]", "[a@1 b=\"]\"][e]"]);
                format!("<134>1 2026-01-01T{clock}.003Z host{} flow - ID47 {data} {text}", random.below(9))
            }
            // Nothing but a comma follows JSON.
            Wrap::End if text.starts_with(['{', '[']) => format!("{text},"),
            Wrap::End => format!("{text};"),
            Wrap::After => format!("{text} 17672256{:05}", random.below(100_000)),
            Wrap::Spaces => text.replace(' ', "\u{a0}"),
            Wrap::Message => json!({ "message": text, "id": random.below(1_000) }).to_string(),
            Wrap::Log => json!({ "date": 1_767_225_660.123, "log": text, "stream": "stdout" }).to_string(),
            Wrap::Nested => json!({ "event": { "original": text, "kind": "event" }, "tags": ["a"] }).to_string(),
            Wrap::Events => {
                json!({ "messageType": "DATA_MESSAGE", "logEvents": [{ "id": "1", "message": text }] }).to_string()
            }
            Wrap::List => json!([text]).to_string(),
            Wrap::Label => format!("flow.log:{}:{text}", 1 + random.below(900)),
            Wrap::Attributes => {
                json!({ "id": random.hex(8), "attributes": { "host": "a", "message": text } }).to_string()
            }
            Wrap::Column => format!("1767225600{:03},\"{}\"", random.below(1_000), text.replace('"', "\"\"")),
        }
    }
}

/// Returns the documents of an input, and the number of its errors.
fn documents(input: &str) -> (Vec<Value>, u64) {
    let options = Options { mode: Mode::Original, on_error: OnError::Skip, ..Options::default() };
    let mut parser = Parser::new(options).unwrap();
    let mut out = Output::new();
    if let Err(error) = parser.write_ndjson(input.as_bytes(), &mut out, &mut |_| {}) {
        panic!("{error}\n{input}");
    }
    let documents = std::str::from_utf8(&out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap());
    (documents.collect(), parser.stats().errors)
}

/// Returns lines of a documented layout that shows itself.
fn records(random: &mut Random, count: usize) -> Vec<String> {
    let names = ["default", "v3", "v4", "v5", "v5-alphabetical"];
    let name = random.pick(&names);
    let fields = PRESETS.iter().find(|preset| preset.name == *name).unwrap().fields();
    let mut traffic = Traffic::new(random.next(), Log::Vpc);
    traffic.records(count).iter().map(|record| record.line(&fields)).collect()
}

/// Returns the number of rounds of a law: this one, or that of the environment variable `LAYERS_ROUNDS`.
fn rounds(usual: usize) -> usize {
    std::env::var("LAYERS_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

#[test]
fn peeling_gives_the_documents_of_the_bare_records() {
    let mut random = Random(11);
    for round in 0..rounds(300) {
        let count = 1 + random.below(12);
        let bare = records(&mut random, count);
        let mut lines = bare.clone();
        let mut stack: Vec<Wrap> = Vec::new();
        for _ in 0..random.below(4) {
            let wrap = *random.pick(&WRAPS);
            if wrap.may_be_around(stack.last().copied()) && (wrap != Wrap::Column || !stack.contains(&wrap)) {
                lines = lines.iter().map(|line| wrap.around(line, &mut random)).collect();
                if wrap == Wrap::Column {
                    lines.insert(0, "timestamp,message".into());
                }
                stack.push(wrap);
            }
        }
        let expected = documents(&bare.join("\n"));
        assert_eq!(expected.1, 0, "{}", bare.join("\n"));
        let input = lines.join("\n");
        assert_eq!(documents(&input), expected, "round {round}: {stack:?}\n{input}");
    }
}

/// Returns a line of another log.
fn other_line(random: &mut Random, kind: usize) -> String {
    let ip = |random: &mut Random| format!("10.{}.{}.{}", random.below(256), random.below(256), random.below(256));
    let number = |random: &mut Random| random.below(70_000).to_string();
    let clock = format!("{:02}:{:02}:{:02}", random.below(24), random.below(60), random.below(60));
    let (from, to, size) = (ip(random), ip(random), number(random));
    let word =
        *random.pick(&["ACCEPT", "REJECT", "OK", "GET", "eni-0a1b2c3d", "srcaddr", "-", "interface", "us-east-1"]);
    match kind {
        0 => format!("{from} - - [10/Oct/2025:{clock} +0000] \"GET /{word} HTTP/1.1\" 200 {size} \"-\" \"curl/8\""),
        1 => format!(
            "2025/10/10 {clock} [error] 31#31: *{size} connect() failed, client: {from}, upstream: \"http://{to}/\""
        ),
        2 => format!(
            "https 2025-10-10T{clock}.000000Z app/web/1 {from}:{size} {to}:80 0.001 0.002 0.000 200 200 34 {size} \"GET https://a/ HTTP/1.1\" \"{word}\" ECDHE TLSv1.2 - - - -"
        ),
        3 => json!({ "eventVersion": "1.08", "eventTime": format!("2025-10-10T{clock}Z"), "sourceIPAddress": from,
            "eventName": "DescribeFlowLogs", "requestParameters": { "interfaceId": "eni-0a1b2c3d" } })
        .to_string(),
        4 => format!(
            "Oct 10 {clock} host{} kernel: [UFW BLOCK] IN=eth0 SRC={from} DST={to} LEN={size} PROTO=TCP",
            random.below(9)
        ),
        5 => (0..3 + random.below(12))
            .map(|_| other_value(random))
            .collect::<Vec<String>>()
            .join(*random.pick::<&str>(&[",", ";", "\t"])),
        6 => {
            let names =
                ["start", "end", "type", "action", "protocol", "bytes", "region", "message", "id", "host", "version"];
            let members =
                (0..2 + random.below(8)).map(|_| ((*random.pick(&names)).to_owned(), other_value(random).into()));
            Value::Object(members.collect()).to_string()
        }
        7 => format!("2025-10-10T{clock}Z {} {from} {to} {size} {word}", random.pick(&["INFO", "WARN", "2"])),
        _ => (0..1 + random.below(30)).map(|_| other_value(random)).collect::<Vec<String>>().join(" "),
    }
}

/// Returns a value that any table may have.
fn other_value(random: &mut Random) -> String {
    let words = [
        "2", "-", "OK", "ACCEPT", "10.0.0.1", "443", "eni-0a1b2c3d", "2025-10-10T00:00:00Z", "1767225614", "x y",
        "1.5", "true", "api",
    ];
    match random.below(3) {
        0 => random.below(100_000).to_string(),
        _ => (*random.pick(&words)).to_owned(),
    }
}

#[test]
fn nothing_else_is_read_as_a_flow_log() {
    let mut random = Random(12);
    for round in 0..rounds(180) {
        let kind = round % 9;
        let lines: Vec<String> = (0..1 + random.below(6)).map(|_| other_line(&mut random, kind)).collect();
        let input = lines.join("\n");
        let options = Options { mode: Mode::Original, on_error: OnError::Skip, ..Options::default() };
        let mut parser = Parser::new(options).unwrap();
        let mut out = Output::new();
        // Lines of few and usual values may leave a format open, which is an error, too.
        let _ = parser.write_ndjson(input.as_bytes(), &mut out, &mut |_| {});
        assert_eq!(
            (parser.stats().records, parser.layers()),
            (0, vec![]),
            "{input}\n{}",
            String::from_utf8_lossy(&out)
        );
        parser.reset();
        out.clear();
        assert_ne!(parser.parse_line(lines[0].as_bytes(), &mut out), Ok(Line::Record), "{}", lines[0]);
    }
}

/// Returns the number of records in lines.
fn records_in(lines: &[String]) -> u64 {
    let options = Options { mode: Mode::Original, on_error: OnError::Skip, ..Options::default() };
    let mut parser = Parser::new(options).unwrap();
    let _ = parser.write_ndjson(lines.join("\n").as_bytes(), &mut Output::new(), &mut |_| {});
    parser.stats().records
}

#[test]
fn numbers_before_records_are_layers_only_if_they_cannot_be_fields() {
    let mut random = Random(13);
    for _ in 0..rounds(20) {
        let bare: Vec<String> = Traffic::new(random.next(), Log::Vpc)
            .records(5 + random.below(30))
            .iter()
            .map(|record| record.line(&PRESETS[0].fields()))
            .collect();
        let count = bare.len() as u64;
        let numbered = |number: &mut dyn FnMut(usize, &str) -> u64| -> Vec<String> {
            bare.iter().enumerate().map(|(index, line)| format!("{} {line}", number(index, line))).collect()
        };
        let end = |line: &str| line.split(' ').nth(11).unwrap().parse::<u64>().unwrap();
        let first = random.below(9_000) as u64;
        assert_eq!(records_in(&numbered(&mut |index, _| first + index as u64)), count);
        let few: Vec<String> = numbered(&mut |index, _| 1 + index as u64).into_iter().take(4).collect();
        // Records without data lack the fields that these numbers may be, which settles all others.
        let has_data = few.iter().any(|line| line.ends_with("OK"));
        assert!(!has_data || records_in(&few) == 0, "four lines may have a field of these numbers");
        let mut random = Random(random.next());
        assert_eq!(records_in(&numbered(&mut |_, line| end(line) + random.below(600) as u64)), count);
        // A tag may have the time at which something was made.
        assert_eq!(records_in(&numbered(&mut |_, line| end(&bare[0]).max(end(line)) + 1_000_000)), 0);
        assert_eq!(records_in(&numbered(&mut |_, _| end(&bare[0]))), 0);
        assert_eq!(records_in(&numbered(&mut |index, _| [1, 2, 3, 2][index % 4])), 0);
        assert_eq!(records_in(&numbered(&mut |_, _| random.below(70_000) as u64)), 0);
    }
}

#[test]
fn a_bracket_that_nothing_closes_is_not_a_layer() {
    let format = "srcaddr dstaddr srcport dstport action";
    let found = |end: &str| vpcflow_ecs::parse(&format!("192.0.2.1 198.51.100.7 443 6 ACCEPT {end}"), Some(format));
    for end in ["[zz", "(a", "{", "[zz 7"] {
        assert_eq!(found(end).unwrap_err().code().as_str(), "field_count", "{end}");
    }
    assert!(found("[zz]").unwrap().is_some());
}
