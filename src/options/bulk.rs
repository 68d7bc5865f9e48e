//! The action lines of Elasticsearch's bulk API, one before each document.
//!
//! Source: the *Bulk API* and *Data streams* pages of Elasticsearch's reference.

use crate::base::output::Output;
use crate::document::fingerprint::Fingerprints;
use crate::error::{Error, ErrorCode, quoted};
use crate::json::{self, Json};
use crate::options::{DataStream, invalid, word};

/// The target and the action of the documents of a bulk request.
///
/// ```
/// use vpcflow_ecs::{Bulk, Options, Output, Parser};
///
/// let bulk = Bulk::new(&serde_json::json!({ "dataStream": true, "id": "fingerprint" }))?;
/// let mut parser = Parser::new(Options { bulk: Some(bulk), ..Options::default() })?;
/// let mut out = Output::new();
/// parser.write_ndjson(b"version srcaddr\n2 192.0.2.1\n", &mut out, &mut |_| {})?;
/// assert!(out.starts_with(br#"{"create":{"_index":"logs-aws.vpcflow-default","_id":""#));
///
/// let error = Bulk::new(&serde_json::json!({ "index": "Flows" })).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "option \"bulk.index\": expected a name in small letters, found \"Flows\""
/// );
/// # Ok::<(), vpcflow_ecs::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bulk {
    /// The action line up to the identifier.
    start: Vec<u8>,
    /// True if the identifier is a fingerprint of the record's text.
    by_fingerprint: bool,
}

const NAMES: &str = "index, dataStream, op and id";

impl Bulk {
    /// Compiles an object with these members:
    ///
    /// - `index`, a name; or `dataStream`: a name, `true` for `logs-aws.vpcflow-default`, or an object with `type`, `dataset`
    ///   and `namespace`
    /// - `op`: `create`, the default, or `index`
    /// - `id`: `fingerprint`, or nothing
    ///
    /// Without `id`, Elasticsearch makes an identifier. A fingerprint is a hash of the record's text: a record that is sent
    /// again is refused (`create`, status 409) or replaced (`index`). Records with the same text count as one.
    ///
    /// # Errors
    /// `invalid_option`, naming the member:
    ///
    /// - an unknown member
    /// - a name that Elasticsearch would refuse
    /// - both or neither of `index` and `dataStream`
    /// - `op: "index"` for a data stream, which only takes `create`
    pub fn new(given: &serde_json::Value) -> Result<Bulk, Error> {
        Bulk::of(&given.clone().into())
    }

    /// Compiles an object that this crate has read.
    pub(crate) fn of(given: &Json) -> Result<Bulk, Error> {
        let Json::Object(members) = given else { return Err(invalid("bulk", "an object", given)) };
        if let Some(unknown) = members
            .iter()
            .map(|(name, _)| name)
            .find(|name| !["index", "dataStream", "op", "id"].contains(&name.as_str()))
        {
            let option = quoted(&format!("bulk.{unknown}"));
            return Err(Error::sentence(
                ErrorCode::InvalidOption,
                format!("unknown option {option}: bulk has {NAMES}"),
            ));
        }
        let member = |name: &str| {
            members.iter().find(|(key, value)| key == name && *value != Json::Null).map(|(_, value)| value)
        };
        let stream = match member("dataStream") {
            None | Some(Json::Bool(false)) => None,
            Some(Json::Bool(true)) => Some(DataStream::default().name()),
            Some(Json::String(name)) => Some(stream_name(name)?),
            Some(Json::Object(parts)) => Some(index_name("bulk.dataStream", &DataStream::of(parts)?.name())?),
            Some(other) => return Err(invalid("bulk.dataStream", "true, a name, or an object", other)),
        };
        let name = match (member("index"), &stream) {
            (Some(Json::String(index)), None) => index_name("bulk.index", index)?,
            (None, Some(stream)) => stream.clone(),
            (Some(other), None) => return Err(invalid("bulk.index", "a text", other)),
            (Some(_), Some(_)) => return Err(choose("both are given")),
            (None, None) => return Err(choose("neither is given")),
        };
        let op =
            member("op").map_or(Ok("create"), |op| word("bulk.op", op, &[("create", "create"), ("index", "index")]))?;
        if op == "index" && stream.is_some() {
            let detail = "option \"bulk.op\": a data stream takes \"create\" only, found \"index\"";
            return Err(Error::sentence(ErrorCode::InvalidOption, detail));
        }
        let by_fingerprint = member("id").map_or(Ok(false), |id| word("bulk.id", id, &[("fingerprint", true)]))?;
        let mut start = [b"{\"", op.as_bytes(), b"\":{\"_index\":", &json::string(&name)].concat();
        if by_fingerprint {
            start.extend_from_slice(b",\"_id\":\"");
        }
        Ok(Bulk { start, by_fingerprint })
    }

    /// Appends the action line of a document.
    pub(crate) fn write(&self, line: &[u8], out: &mut Output, fingerprints: &mut Fingerprints) {
        out.extend(&self.start);
        if self.by_fingerprint {
            fingerprints.append(line, out);
            out.extend(b"\"");
        }
        out.extend(b"}}\n");
    }
}

/// Checks the name of a data stream, which consists of type, dataset and namespace.
fn stream_name(name: &str) -> Result<String, Error> {
    if name.split('-').filter(|part| !part.is_empty()).count() < 3 {
        let expected = "a name of type, dataset and namespace, such as logs-aws.vpcflow-default";
        return Err(invalid("bulk.dataStream", expected, &name.into()));
    }
    index_name("bulk.dataStream", name)
}

/// Checks that Elasticsearch accepts the name of an index.
fn index_name(option: &str, name: &str) -> Result<String, Error> {
    let expected = if name.is_empty() {
        "a name"
    } else if name.len() > 255 {
        "a name of at most 255 bytes"
    } else if name.chars().any(char::is_uppercase) {
        "a name in small letters"
    } else if name.starts_with(['-', '_', '+']) || matches!(name, "." | "..") {
        "a name that starts with a letter or a digit"
    } else if name.contains(['\\', '/', '*', '?', '"', '<', '>', '|', ',', '#', ':', ' '])
        || name.chars().any(char::is_control)
    {
        "a name without blanks and \\ / * ? \" < > | , # :"
    } else {
        return Ok(name.to_owned());
    };
    Err(invalid(option, expected, &name.into()))
}

fn choose(found: &str) -> Error {
    let detail = format!("option \"bulk\": give \"index\" or \"dataStream\", one of them; {found}");
    Error::sentence(ErrorCode::InvalidOption, detail)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actions() {
        let cases = [
            (json!({ "index": "flows" }), "{\"create\":{\"_index\":\"flows\""),
            (json!({ "index": "flows", "op": "index" }), "{\"index\":{\"_index\":\"flows\""),
            (json!({ "dataStream": true }), "{\"create\":{\"_index\":\"logs-aws.vpcflow-default\""),
            (json!({ "dataStream": "logs-a-b" }), "{\"create\":{\"_index\":\"logs-a-b\""),
            (
                json!({ "dataStream": { "namespace": "prod" }, "id": "fingerprint" }),
                "{\"create\":{\"_index\":\"logs-aws.vpcflow-prod\",\"_id\":\"",
            ),
        ];
        for (given, expected) in cases {
            let bulk = Bulk::new(&given).map(|bulk| String::from_utf8_lossy(&bulk.start).into_owned());
            assert_eq!(bulk.as_deref(), Ok(expected), "{given}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            (json!(true), "option \"bulk\": expected an object, found true"),
            (json!({}), "option \"bulk\": give \"index\" or \"dataStream\", one of them; neither is given"),
            (
                json!({ "index": "a", "dataStream": true }),
                "option \"bulk\": give \"index\" or \"dataStream\", one of them; both are given",
            ),
            (json!({ "indx": "a" }), "unknown option \"bulk.indx\": bulk has index, dataStream, op and id"),
            (json!({ "index": 7 }), "option \"bulk.index\": expected a text, found 7"),
            (json!({ "index": "A" }), "option \"bulk.index\": expected a name in small letters, found \"A\""),
            (
                json!({ "index": "a\"b" }),
                "option \"bulk.index\": expected a name without blanks and \\ / * ? \" < > | , # :, found \"a\\\"b\"",
            ),
            (
                json!({ "dataStream": "logs" }),
                "option \"bulk.dataStream\": expected a name of type, dataset and namespace, such as \
                 logs-aws.vpcflow-default, found \"logs\"",
            ),
            (
                json!({ "dataStream": true, "op": "index" }),
                "option \"bulk.op\": a data stream takes \"create\" only, found \"index\"",
            ),
            (
                json!({ "index": "a", "op": "update" }),
                "option \"bulk.op\": expected \"create\" or \"index\", found \"update\"",
            ),
            (
                json!({ "dataStream": { "namespace": "A b" } }),
                "option \"dataStream.namespace\": expected 1 to 100 bytes, no capitals, none of \\ / * ? \" < > | , # : - and \
                 no blank, found \"A b\"",
            ),
            (
                json!({ "dataStream": { "type": "_a" } }),
                "option \"bulk.dataStream\": expected a name that starts with a letter or a digit, found \
                 \"_a-aws.vpcflow-default\"",
            ),
            (json!({ "index": "a", "id": "x" }), "option \"bulk.id\": expected \"fingerprint\", found \"x\""),
        ];
        for (given, expected) in cases {
            let message = Bulk::new(&given).map_err(|error| error.to_string());
            assert_eq!(message, Err(expected.to_owned()), "{given}");
        }
    }
}
