//! The programs of `examples/`, run as a user runs them: their whole output for a short log.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::process::{Command, Stdio};

const LOG: &str = "\
2 123456789010 eni-0a1b2c3d4e5f60718 192.0.2.44 10.0.1.20 52714 443 6 18 4249 1767225600 1767225658 ACCEPT OK
2 123456789010 eni-0a1b2c3d4e5f60718 203.0.113.77 10.0.1.20 40113 22 6 3 180 1767225604 1767225662 REJECT OK
";

const DOCUMENTS: [&str; 2] = [
    concat!(
        r#"{"@timestamp":"2026-01-01T00:00:58.000Z","aws":{"vpcflow":{"account_id":"123456789010","action":"ACCEPT","#,
        r#""interface_id":"eni-0a1b2c3d4e5f60718","log_status":"OK","version":2}},"#,
        r#""cloud":{"account":{"id":"123456789010"},"provider":"aws"},"#,
        r#""destination":{"address":"10.0.1.20","ip":"10.0.1.20","port":443},"ecs":{"version":"8.17.0"},"#,
        r#""event":{"action":"accept","category":["network"],"end":"2026-01-01T00:00:58.000Z","kind":"event","#,
        r#""outcome":"success","start":"2026-01-01T00:00:00.000Z","type":["connection","allowed"]},"#,
        r#""network":{"bytes":4249,"community_id":"1:7MxRcSrlC52TUGDgtQN2XVJCgr4=","iana_number":"6","packets":18,"#,
        r#""transport":"tcp","type":"ipv4"},"related":{"ip":["192.0.2.44","10.0.1.20"]},"#,
        r#""source":{"address":"192.0.2.44","bytes":4249,"ip":"192.0.2.44","packets":18,"port":52714}}"#,
    ),
    concat!(
        r#"{"@timestamp":"2026-01-01T00:01:02.000Z","aws":{"vpcflow":{"account_id":"123456789010","action":"REJECT","#,
        r#""interface_id":"eni-0a1b2c3d4e5f60718","log_status":"OK","version":2}},"#,
        r#""cloud":{"account":{"id":"123456789010"},"provider":"aws"},"#,
        r#""destination":{"address":"10.0.1.20","ip":"10.0.1.20","port":22},"ecs":{"version":"8.17.0"},"#,
        r#""event":{"action":"reject","category":["network"],"end":"2026-01-01T00:01:02.000Z","kind":"event","#,
        r#""outcome":"failure","start":"2026-01-01T00:00:04.000Z","type":["connection","denied"]},"#,
        r#""network":{"bytes":180,"community_id":"1:Ty0eGH1Ziinf+jbsLNMnISa7ia0=","iana_number":"6","packets":3,"#,
        r#""transport":"tcp","type":"ipv4"},"related":{"ip":["203.0.113.77","10.0.1.20"]},"#,
        r#""source":{"address":"203.0.113.77","bytes":180,"ip":"203.0.113.77","packets":3,"port":40113}}"#,
    ),
];

/// Returns what an example writes on standard output and standard error, and whether it succeeds.
fn run(example: &str, input: &str) -> (String, String, bool) {
    // With the features of this test, so that nothing is built twice.
    let features: &[&str] = if cfg!(feature = "ingest") { &["--features", "ingest"] } else { &[] };
    let mut child = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["run", "--quiet", "--example", example])
        .args(features)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr), output.status.success())
}

#[test]
fn parse() {
    let [accepted, rejected] = DOCUMENTS;
    let log = LOG.to_owned() + &LOG.lines().next().unwrap().replace(" 443 ", " 70000 ");
    let errors = "line 3, column 65: does not fit the documented layout of 14 fields: as \"default\", field \"dstport\": \
                  expected 0 to 65535, found \"70000\"; give the format, or the log's header line first\n\
                  records: 2, errors: 1\n";
    assert_eq!(run("parse", &log), (format!("{accepted}\n{rejected}\n"), errors.into(), true));
}

#[test]
fn bulk() {
    let [accepted, rejected] = DOCUMENTS;
    let action = |id: &str| format!(r#"{{"create":{{"_index":"logs-aws.vpcflow-default","_id":"{id}"}}}}"#);
    let (first, second) = (action("F-rZHFcnooxL6rc-kOS9mqocVh0"), action("VLotnrr-uNfe3L5np7xpUSW_InY"));
    let body = format!("{first}\n{accepted}\n{second}\n{rejected}\n");
    assert_eq!(run("bulk", LOG), (body, String::new(), true));
}

#[test]
fn detect() {
    let expected = "\
2 lines of 14 fields
by the documented layout default, with confidence 1.00:
  ${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} \
                    ${start} ${end} ${action} ${log-status}
";
    assert_eq!(run("detect", LOG), (expected.into(), String::new(), true));

    let log = "ACCEPT 10.0.1.5 443 6 OK\nREJECT 10.0.1.9 22 6 OK\n";
    let expected = "\
2 lines of 5 fields
by the values of the columns, with confidence 0.08:
  ${action} ${dstaddr} ${srcport} ${protocol} ${log-status}
  column 2: dstaddr, or srcaddr, pkt-srcaddr, pkt-dstaddr
  column 3: srcport, or dstport, packets, bytes
  column 4: protocol, or version, packets, tcp-flags, traffic-path
";
    assert_eq!(run("detect", log), (expected.into(), String::new(), true));
}

/// The published crate has the examples, and none of the tools.
#[test]
fn packed() {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["package", "--list", "--allow-dirty", "--offline", "--quiet"])
        .output()
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    let is_other = |path: &&str| path.contains('/') && !path.starts_with("src/") && !path.starts_with("docs/");
    let others: Vec<&str> = list.lines().filter(is_other).collect();
    assert_eq!(others, ["examples/bulk.rs", "examples/detect.rs", "examples/parse.rs", "examples/sample.log"]);
}
