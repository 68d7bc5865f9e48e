//! The names of a data stream.

use super::invalid;
use crate::error::{Error, ErrorCode, quoted};
use crate::json::Json;

/// The values of [`data_stream.*`](https://www.elastic.co/docs/reference/ecs/ecs-data_stream).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataStream {
    /// `data_stream.type`: `logs` by default.
    pub r#type: String,
    /// `data_stream.dataset` and `event.dataset`: `aws.vpcflow` by default.
    pub dataset: String,
    /// `data_stream.namespace`: `default` by default.
    pub namespace: String,
}

impl Default for DataStream {
    fn default() -> Self {
        DataStream { r#type: "logs".into(), dataset: "aws.vpcflow".into(), namespace: "default".into() }
    }
}

impl DataStream {
    /// Reads the names from the members of an object; those that are missing get their defaults.
    pub(crate) fn of(given: &[(String, Json)]) -> Result<DataStream, Error> {
        let mut names = DataStream::default();
        for (key, value) in given {
            let option = format!("dataStream.{key}");
            let place = match key.as_str() {
                "type" => &mut names.r#type,
                "dataset" => &mut names.dataset,
                "namespace" => &mut names.namespace,
                _ => {
                    let detail =
                        format!("unknown option {}: dataStream has type, dataset and namespace", quoted(&option));
                    return Err(Error::sentence(ErrorCode::InvalidOption, detail));
                }
            };
            *place = value.as_str().ok_or_else(|| invalid(&option, "a text", value))?.to_owned();
        }
        names.check()?;
        Ok(names)
    }

    /// Checks that Elasticsearch accepts the names.
    pub(crate) fn check(&self) -> Result<(), Error> {
        check_part("dataStream.type", &self.r#type)?;
        check_part("dataStream.dataset", &self.dataset)?;
        check_part("dataStream.namespace", &self.namespace)
    }
}

/// The rule for a part of the name of a data stream.
const PART: &str = "1 to 100 bytes, no capitals, none of \\ / * ? \" < > | , # : - and no blank";

/// Checks a part of the name of a data stream.
///
/// Source: <https://www.elastic.co/docs/reference/ecs/ecs-data_stream>, and the rules for names of indices.
pub(crate) fn check_part(option: &str, part: &str) -> Result<(), Error> {
    // A search for characters in a text would bring the one for texts into the main module, which has 2 kB.
    let is_special = |c: char| matches!(c, '\\' | '/' | '*' | '?' | '"' | '<' | '>' | '|' | ',' | '#' | ':' | '-');
    let is_good = |c: char| !c.is_uppercase() && !c.is_whitespace() && !c.is_control() && !is_special(c);
    if part.is_empty() || part.len() > 100 || !part.chars().all(is_good) {
        return Err(invalid(option, PART, &part.into()));
    }
    Ok(())
}

impl DataStream {
    /// Returns the name of the data stream: `logs-aws.vpcflow-default`.
    pub fn name(&self) -> String {
        format!("{}-{}-{}", self.r#type, self.dataset, self.namespace)
    }
}
