//! The values of a transport, by the names of members and columns.
//!
//! Sources: *Subscription filters*, *GetLogEvents* and *Supported logs and discovered fields* of CloudWatch Logs; *Transform
//! source data* of Firehose; the fields that Elastic's inputs for CloudWatch Logs and Firehose add.

use super::outer;
use crate::base::time::rfc3339;
use crate::record::transport::TransportKey;

/// The names of the time of an event.
pub(super) const TIMES: [&str; 5] = ["timestamp", "@timestamp", "time", "_time", "date"];

/// True if a column or a member beside fields has the time of the event. A date may be another column.
pub(super) fn is_time(name: &str) -> bool {
    name != "date" && TIMES.contains(&name)
}

/// Returns the value that a member or a column of a name has; for the name of a log, the log group with its account.
pub(super) fn key(name: &str) -> Option<TransportKey> {
    Some(match name {
        "owner" | "@aws.account" => TransportKey::Owner,
        "awsRegion" | "region" | "@aws.region" | "cloud.region" => TransportKey::Region,
        "logGroup" | "logGroupName" | "log_group" | "aws.cloudwatch.log_group" | "@log" => TransportKey::LogGroup,
        "logStream" | "logStreamName" | "log_stream" | "@logStream" | "aws.cloudwatch.log_stream" => {
            TransportKey::LogStream
        }
        "id" | "eventId" | "event.id" => TransportKey::EventId,
        "ingestionTime" | "@ingestionTime" | "aws.cloudwatch.ingestion_time" => TransportKey::IngestionTime,
        "deliveryStreamArn" | "aws.firehose.arn" => TransportKey::FirehoseArn,
        "eventSourceARN" | "sourceKinesisStreamArn" | "aws.kinesis.arn" => TransportKey::KinesisArn,
        _ if TIMES.contains(&name) => TransportKey::Time,
        _ => return None,
    })
}

/// Hands over the values that a text has under such a key.
pub(super) fn read(key: TransportKey, text: &str, take: &mut dyn FnMut(TransportKey, String)) {
    match key {
        TransportKey::Time | TransportKey::IngestionTime => {
            if let Some(time) = outer::time(text.as_bytes()) {
                take(key, String::from_utf8_lossy(&rfc3339(time)).into_owned());
            }
        }
        TransportKey::LogGroup => {
            let (owner, group) = owner_and_group(text);
            for (key, text) in [(TransportKey::Owner, owner), (key, group)] {
                if !text.is_empty() {
                    take(key, text.to_owned());
                }
            }
        }
        _ if text.is_empty() => {}
        _ => take(key, text.to_owned()),
    }
}

/// Splits the log of Logs Insights: `123456789010:/vpc/flow`. The owner of another text is empty.
fn owner_and_group(text: &str) -> (&str, &str) {
    let is_account = |owner: &str| owner.len() == 12 && owner.bytes().all(|byte| byte.is_ascii_digit());
    text.split_once(':').filter(|(owner, _)| is_account(owner)).unwrap_or(("", text))
}
