//! The values that a record's transport has about it, apart from its text.

/// A value of a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKey {
    /// The account that owns the log group.
    Owner,
    /// The region.
    Region,
    /// The log group of CloudWatch Logs.
    LogGroup,
    /// The log stream.
    LogStream,
    /// The identifier of the event.
    EventId,
    /// The time of the event, in RFC 3339.
    Time,
    /// The time at which CloudWatch Logs got the event, in RFC 3339.
    IngestionTime,
    /// The ARN of the delivery stream.
    FirehoseArn,
    /// The ARN of the data stream.
    KinesisArn,
}

impl TransportKey {
    /// Every key, each at its number.
    pub(crate) const ALL: [TransportKey; 9] = [
        TransportKey::Owner,
        TransportKey::Region,
        TransportKey::LogGroup,
        TransportKey::LogStream,
        TransportKey::EventId,
        TransportKey::Time,
        TransportKey::IngestionTime,
        TransportKey::FirehoseArn,
        TransportKey::KinesisArn,
    ];

    /// Returns the words for the documentation.
    pub(crate) fn describe(self) -> &'static str {
        match self {
            TransportKey::Owner => "the owner of the log group, with `transport`, if the format has no account",
            TransportKey::Region => "the region, with `transport`, if the format has none",
            TransportKey::LogGroup => "the log group, with `transport`",
            TransportKey::LogStream => "the log stream, with `transport`",
            TransportKey::EventId => "the event's identifier, with `transport`",
            TransportKey::Time => "the event's time, with `transport`",
            TransportKey::IngestionTime => "the event's ingestion time, with `transport`",
            TransportKey::FirehoseArn => "the delivery stream's ARN, with `transport`",
            TransportKey::KinesisArn => "the data stream's ARN, with `transport`",
        }
    }
}

/// The values of a record's transport.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transport(Vec<(TransportKey, String)>);

impl Transport {
    /// No values.
    pub(crate) const NONE: &Transport = &Transport(Vec::new());

    /// Returns a value.
    pub(crate) fn get(&self, key: TransportKey) -> Option<&str> {
        self.0.iter().rfind(|(other, _)| *other == key).map(|(_, value)| value.as_str())
    }

    /// Returns the number of values.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Adds a value, which replaces one of the same key.
    pub(crate) fn push(&mut self, key: TransportKey, value: String) {
        self.0.push((key, value));
    }

    /// Removes the values after the first ones.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.0.truncate(len);
    }

    /// Returns the values in the order in which they were added.
    #[cfg(feature = "detect")]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(TransportKey, String)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_at_its_number() {
        for (number, key) in TransportKey::ALL.into_iter().enumerate() {
            assert_eq!(key as usize, number);
        }
    }

    #[test]
    fn the_last_value_of_a_key_counts() {
        let mut transport = Transport::default();
        transport.push(TransportKey::Owner, "1".into());
        transport.push(TransportKey::Owner, "2".into());
        assert_eq!((transport.get(TransportKey::Owner), transport.get(TransportKey::Region)), (Some("2"), None));
        transport.truncate(1);
        assert_eq!((transport.get(TransportKey::Owner), transport.len()), (Some("1"), 1));
    }
}
