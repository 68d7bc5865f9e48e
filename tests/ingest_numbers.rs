//! Numbers of documents come out of a pipeline as they went in: each integer with its digits, each double with its bits and
//! the fewest digits that identify it. The standard library's reader and writer of doubles are the reference. Where two
//! decimals are equally short and close, it takes the larger; JavaScript, Java and serde_json take the even one.
#![cfg(all(feature = "ingest", not(target_arch = "wasm32")))]
#![allow(clippy::unwrap_used)]

mod traffic;

use serde_json::{Value, json};
use traffic::Random;
use vpcflow_ecs::ingest::{Document, Environment, Pipeline, simulate};

/// Doubles at the edges of the format, and others that are hard to read or to write.
const EDGES: [f64; 24] = [
    0.0,
    -0.0,
    1.0,
    -1.5,
    0.1,
    0.097_050_000_000_000_01,      // Without care it is read as 0.09705.
    5_496_070_428_280_298.0 / 8.0, // Halfway between two decimals of 16 digits.
    5_496_070_428_280_302.0 / 8.0,
    1_234_567.5,
    1e7,
    0.001,
    9.999_999_999_999_998e-4,
    1e-5,
    1e16,
    1e21,
    1e22,
    1e23,
    9_007_199_254_740_992.0,
    1.844_674_407_370_955_2e19,
    f64::MAX,
    f64::MIN,
    f64::MIN_POSITIVE,
    2.225_073_858_507_201e-308, // The largest subnormal number.
    5e-324,                     // The smallest.
];

/// Doubles of all magnitudes, and doubles as people write them: up to 17 digits around 1.
fn doubles(seed: u64, count: usize) -> Vec<f64> {
    let mut random = Random(seed);
    let any = |random: &mut Random| f64::from_bits(random.next());
    let subnormal = |random: &mut Random| f64::from_bits(random.next() >> 12);
    let usual = |random: &mut Random| {
        let digits = random.next() % 10_u64.pow(1 + random.below(17) as u32);
        format!("{digits}e-{}", random.below(20)).parse().unwrap()
    };
    let all = std::iter::repeat_with(|| match random.below(8) {
        0 => subnormal(&mut random),
        1..=3 => any(&mut random),
        _ => usual(&mut random),
    });
    EDGES.into_iter().chain(all.filter(|number: &f64| number.is_finite()).take(count)).collect()
}

/// Returns the significant digits of a decimal text: those of `1.50E2` are `15`.
fn digits(text: &str) -> String {
    let mantissa = text.split_once(['e', 'E']).map_or(text, |(mantissa, _)| mantissa);
    let all = mantissa.replace(['-', '.'], "");
    all.trim_start_matches('0').trim_end_matches('0').to_owned()
}

/// Asserts that each text is that of the number, with as few digits as the standard library writes.
fn assert_texts(expected: &[f64], found: &[String], from: &str) {
    assert_eq!(found.len(), expected.len(), "{from}");
    for (number, text) in expected.iter().zip(found) {
        let shortest = format!("{number:e}");
        assert_eq!(text.parse().map(f64::to_bits), Ok(number.to_bits()), "{from}: expected {shortest}, found {text}");
        assert_eq!(digits(text).len(), digits(&shortest).len(), "{from}: expected {shortest}, found {text}");
    }
}

/// Returns the texts of the numbers in a list.
fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(ToString::to_string).collect()
}

fn list_text(numbers: &[f64]) -> String {
    let all: Vec<String> = numbers.iter().map(|number| format!("{number:e}")).collect();
    format!("[{}]", all.join(","))
}

fn run(definition: &str, source: Value) -> Value {
    let pipeline = Pipeline::from_text(definition, Environment::default()).unwrap();
    pipeline.run(Document::new(source)).unwrap().unwrap().source()
}

#[test]
fn doubles_keep_their_bits_and_their_shortest_digits() {
    let numbers = doubles(1, 100_000);
    let list = list_text(&numbers);
    let source: Value = serde_json::from_str(&format!("{{\"v\":{list}}}")).unwrap();
    let same = run(r#"{"processors":[]}"#, source.clone());
    assert_texts(&numbers, &texts(&same["v"]), "a document");
    let read = run(r#"{"processors":[{"json":{"field":"text"}}]}"#, json!({ "text": list }));
    assert_texts(&numbers, &texts(&read["text"]), "the processor json");
    let request = json!({ "pipeline": { "processors": [] }, "docs": [{ "_source": source }] });
    let answer = simulate(&request, Environment::default());
    assert_texts(&numbers, &texts(&answer["docs"][0]["doc"]["_source"]["v"]), "_simulate");
}

#[test]
fn doubles_of_a_definition_and_of_texts_are_the_same() {
    let numbers = doubles(2, 5_000);
    let list = list_text(&numbers);
    for (form, definition) in [
        ("JSON", format!(r#"{{"processors":[{{"set":{{"field":"v","value":{list}}}}}]}}"#)),
        ("YAML", format!("processors:\n  - set: {{ field: v, value: {list} }}\n")),
    ] {
        assert_texts(&numbers, &texts(&run(&definition, json!({}))["v"]), form);
    }
    let given: Vec<String> = numbers.iter().map(|number| format!("{number:e}")).collect();
    let convert = r#"{"processors":[{"convert":{"field":"v","type":"double"}}]}"#;
    assert_texts(&numbers, &texts(&run(convert, json!({ "v": given }))["v"]), "convert to double");
}

/// Java writes a double that has an exponent below -3 or above 6 as `1.0E7`, others as `1234567.5`.
#[test]
fn texts_of_doubles_are_javas() {
    let numbers = doubles(3, 20_000);
    let convert = r#"{"processors":[{"convert":{"field":"v","type":"string"}}]}"#;
    let written = run(convert, json!({ "v": numbers }));
    let written: Vec<String> = written["v"].as_array().unwrap().iter().map(|v| v.as_str().unwrap().into()).collect();
    assert_texts(&numbers, &written, "convert to string");
    for (number, text) in numbers.iter().zip(&written) {
        let is_plain = *number == 0.0 || (1e-3..1e7).contains(&number.abs());
        assert_eq!(text.contains('E'), !is_plain, "{text}");
        let (whole, fraction) = text.split_once('E').unwrap_or((text, "")).0.split_once('.').unwrap();
        assert!(!whole.is_empty() && !fraction.is_empty(), "{text}");
    }
    let known = [
        "0.0", "-0.0", "1.0", "-1.5", "0.1", "0.09705000000000001", "6.870088035350372E14", "6.870088035350378E14",
        "1234567.5", "1.0E7", "0.001", "9.999999999999998E-4", "1.0E-5",
    ];
    assert_eq!(written.get(..known.len()).unwrap(), known);
}

#[test]
fn floats_keep_their_bits_and_their_shortest_digits() {
    let mut random = Random(4);
    let floats = std::iter::repeat_with(|| f32::from_bits(random.next() as u32)).filter(|number| number.is_finite());
    let floats: Vec<f32> =
        floats.take(20_000).chain([f32::MAX, f32::MIN_POSITIVE, 1e-45, -0.0, 0.1, 16_777_216.0]).collect();
    let given: Vec<String> = floats.iter().map(|number| format!("{number:e}")).collect();
    let convert = r#"{"processors":[{"convert":{"field":"v","type":"float"}}]}"#;
    let found = texts(&run(convert, json!({ "v": given }))["v"]);
    assert_eq!(found.len(), floats.len());
    for (number, text) in floats.iter().zip(found) {
        assert_eq!(text.parse::<f32>().map(f32::to_bits), Ok(number.to_bits()), "{number:e}: {text}");
        assert_eq!(digits(&text).len(), digits(&format!("{number:e}")).len(), "{number:e}: {text}");
    }
}

#[test]
fn integers_keep_their_digits() {
    let mut integers = vec![0_i128];
    for edge in [i32::MIN.into(), i32::MAX.into(), 1 << 53, i64::MIN.into(), i64::MAX.into(), u64::MAX.into()] {
        integers.extend((-2..=2).map(|distance| edge + distance));
    }
    integers.retain(|number| (i64::MIN.into()..=u64::MAX.into()).contains(number));
    let mut random = Random(5);
    integers.extend(std::iter::repeat_with(|| i128::from((random.next() as i64) >> random.below(64))).take(20_000));
    let expected: Vec<String> = integers.iter().map(ToString::to_string).collect();
    let source: Value = serde_json::from_str(&format!("{{\"v\":[{}]}}", expected.join(","))).unwrap();
    assert_eq!(texts(&run(r#"{"processors":[]}"#, source.clone())["v"]), expected);
    let convert = r#"{"processors":[{"convert":{"field":"v","type":"string"}},{"json":{"field":"w"}}]}"#;
    let list = expected.join(",");
    let both = run(convert, json!({ "v": source["v"], "w": format!("[{list}]") }));
    assert_eq!(both["v"], json!(expected));
    assert_eq!(texts(&both["w"]), expected);
}
