//! The likelihood of one column's values under one field, without regard to other columns: a log-likelihood in nats.
//!
//! A column is modelled as draws from an unknown distribution over the values that a field can have (a Dirichlet
//! process). Each *distinct* value has the cost of naming it among the field's possible values. A field that rarely
//! changes pays for each further distinct value. Repetitions of a value prove nothing, so that a thousand lines of the
//! same kind do not weigh more than they should.

use super::table::{ColumnData, Distinct, Table};
use crate::field::Field::{self, *};
use crate::value::Kind;

/// The log-likelihoods of one column.
pub(super) struct Fits {
    /// That of each field that the column may be, in the order of [`Field::ALL`]; empty if it is always absent.
    pub(super) fields: Vec<(Field, f64)>,
    /// That of none of the documented fields.
    pub(super) unknown: f64,
}

/// Returns the log-likelihoods of each column.
pub(super) fn fits(table: &Table<'_>) -> Vec<Fits> {
    let of_column = |column: &ColumnData<'_>| {
        // The repeats are the same for every field; adding them back keeps the numbers near zero.
        let repeats: f64 = column.present().map(|value| ln_gamma(value.count as f64)).sum();
        let fit = |field: &Field| fit(*field, column, table.rows).map(|fit| (*field, rounded(fit + repeats)));
        let fields = Field::ALL.iter().filter_map(fit).collect();
        Fits { fields, unknown: rounded(unknown(column, table.rows) + repeats) }
    };
    table.columns.iter().map(of_column).collect()
}

/// Returns a number with twenty binary places. Sums of such numbers are exact, so that equal ones are equal everywhere.
fn rounded(nats: f64) -> f64 {
    const PLACES: f64 = (1 << 20) as f64;
    (nats * PLACES).round() / PLACES
}

/// Returns the log-likelihood without the repeats of values, or `None` if the field cannot have such values.
fn fit(field: Field, column: &ColumnData<'_>, rows: usize) -> Option<f64> {
    let absent = column.absent();
    let present = rows - absent;
    if present == 0 {
        return None;
    }
    // In a long sample, a few broken lines must not hide what a column is.
    let allowed = if rows >= 200 { rows / 200 } else { 0 };
    // Many flows, and none of a few packets: those are bytes.
    let least = column.present().filter_map(|value| value.number).min();
    if field == Packets && present >= 50 && least.is_some_and(|least| least >= 20) {
        return None;
    }
    let among = if field.kind() == Kind::Time { time_among(column) } else { 0.0 };
    let mut wrong = 0;
    let mut distinct = 0;
    let mut cost = 0.0;
    let mut first = true;
    for value in column.present() {
        match naming(field, value, first, among) {
            Some(nats) => {
                cost += nats;
                distinct += 1;
                first = false;
            }
            None => {
                wrong += value.count;
                cost += naming_any(value.text).max(20.0);
                if wrong > allowed {
                    return None;
                }
            }
        }
    }
    if distinct == 0 {
        return None;
    }
    let variety = variety(field);
    let drawn =
        |variety: f64| f64::from(distinct) * variety.ln() + ln_gamma(variety) - ln_gamma(variety + present as f64);
    // A part of a log, such as the traffic of one direction, may have few values of a field that has many.
    let changing = ln_add(drawn(variety), drawn(variety.min(FEW)) + RARELY_FEW);
    let (missing, there) = presence(field);
    let dashes = ln_beta(missing + absent as f64, there + present as f64) - ln_beta(missing, there);
    Some(changing - cost + dashes)
}

/// Returns the log-likelihood of an unknown field, which may have any text, without the repeats of values. It is less
/// than that of any field that fits.
fn unknown(column: &ColumnData<'_>, rows: usize) -> f64 {
    let present = (rows - column.absent()) as f64;
    let distinct = column.present().count() as f64;
    let text: f64 = column.present().map(|value| naming_any(value.text)).sum();
    // Wrappers and pipelines add times of their own.
    let is_times = column.present().all(|value| value.number.is_some_and(is_time));
    let (variety, cost) = if is_times && distinct > 0.0 {
        (variety(Start), FIRST_TIME + (distinct - 1.0) * time_among(column))
    } else {
        (3.0, text)
    };
    distinct * variety.ln() + ln_gamma(variety) - ln_gamma(variety + present) - cost - 8.0
        + ln_beta(1.0 + column.absent() as f64, 1.0 + present)
        - ln_beta(1.0, 1.0)
}

/// Returns the cost of naming a value among all texts.
fn naming_any(text: &[u8]) -> f64 {
    6.0 + 4.2 * text.len() as f64
}

/// The cost of naming the first time of a column, and with it the day.
const FIRST_TIME: f64 = 20.0;

/// The cost of a time as text: AWS writes seconds, and few tools change that.
const TIME_AS_TEXT: f64 = 7.0;

/// The concentration of a field that hardly changes.
const FEW: f64 = 0.5;

/// The logarithm of the probability that a field that mostly changes hardly does in a log.
const RARELY_FEW: f64 = -7.0;

/// Returns how readily a field takes a new value: the concentration of its Dirichlet process.
fn variety(field: Field) -> f64 {
    match field {
        Version | Region | ResourceType | TgwId => 0.02,
        AccountId | TgwSrcVpcAccountId | TgwDstVpcAccountId => 0.1,
        VpcId | NextHopVpcId | TgwSrcVpcId | TgwDstVpcId => 1.0,
        Action | LogStatus | Type | FlowDirection | SublocationType | RejectReason => 0.5,
        Protocol | TrafficPath | EncryptionStatus => 0.8,
        TcpFlags => 1.5,
        PacketsLostNoRoute | PacketsLostBlackhole | PacketsLostMtuExceeded | PacketsLostTtlExpired => 0.7,
        Srcport | Dstport => 40.0,
        Packets => 40.0,
        Bytes => 300.0,
        Start | End => 20.0,
        Srcaddr | Dstaddr | PktSrcaddr | PktDstaddr => 20.0,
        _ => 3.0,
    }
}

/// Returns pseudo-counts of absent and present values: of a field that is never, rarely or often `-`.
fn presence(field: Field) -> (f64, f64) {
    match field {
        // In every record, whatever its status.
        Version | AccountId | LogStatus | Start | End | ResourceType | TgwId | TgwAttachmentId => (0.02, 20.0),
        Region => (0.1, 10.0),
        InterfaceId | VpcId | SubnetId => (0.3, 15.0),
        AzId => (0.5, 5.0),
        Srcaddr | Dstaddr | Srcport | Dstport | Protocol | Packets | Bytes | Action | Type | FlowDirection => {
            (0.5, 10.0)
        }
        PktSrcaddr | PktDstaddr => (0.5, 10.0),
        TgwSrcVpcId | TgwDstVpcId | TgwSrcSubnetId | TgwDstSubnetId | TgwSrcEni | TgwDstEni => (0.5, 5.0),
        TgwSrcVpcAccountId | TgwDstVpcAccountId => (0.5, 5.0),
        RejectReason => (4.0, 0.5),
        SublocationType | SublocationId => (2.0, 1.0),
        PktSrcAwsService | PktDstAwsService => (3.0, 1.0),
        NextHopInterfaceId | NextHopSubnetId | NextHopVpcId | NextHopInterfaceType | NextHopAzId => (2.0, 2.0),
        ResourceId => (2.0, 1.0),
        _ => (1.0, 1.0),
    }
}

/// Returns the cost of naming a value among those that a field can have, in nats; `None` if it is none of them.
fn naming(field: Field, value: &Distinct<'_>, first: bool, among: f64) -> Option<f64> {
    let kind = field.kind();
    let text = value.text;
    if kind.read(text).is_err() || !kind.looks_right(text) {
        return None;
    }
    let length = text.len() as f64;
    match kind {
        Kind::Integer { .. } => number(field, value.number?),
        // The others are near the first time.
        Kind::Time => is_time(value.number?).then_some(match (first, text.contains(&b'-')) {
            (true, false) => FIRST_TIME,
            (true, true) => FIRST_TIME + TIME_AS_TEXT,
            (false, _) => among,
        }),
        Kind::Word(words) => Some((words.len() as f64).ln()),
        Kind::Address => Some(12.0),
        Kind::Account => Some(if text.len() == 12 || text == b"unknown" { 28.0 } else { 36.0 }),
        Kind::Id(prefix) => Some(2.8 * (length - prefix.len() as f64)),
        Kind::Region => Some(4.0),
        Kind::AzId => Some(6.0),
        Kind::Upper => upper(field, text),
        Kind::Lower => lower(field, text),
        Kind::Camel => matches!(text, b"TransitGateway" | b"TransitGatewayAttachment").then_some(1.0),
        Kind::Arn => arn(field, text, length),
        Kind::Name => is_name(text).then_some(5.0 + 3.5 * length),
        Kind::Uid => {
            is_name(text).then_some(if is_hexadecimal(text) { 5.0 + 2.8 * length } else { 9.0 + 3.5 * length })
        }
        Kind::Tag => tag(text, length),
        // A Local Zone's identifier is that of its Availability Zone.
        Kind::Text if Kind::AzId.looks_right(text) => Some(8.0),
        Kind::Text => may_be_identifier(text).then_some(5.0 + 3.5 * length),
    }
}

/// True if a text may be an identifier, which begins with a letter: a time or a number does not.
fn may_be_identifier(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && (text.starts_with(b"arn:") || text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)))
}

/// Returns the cost of an integer.
fn number(field: Field, number: u64) -> Option<f64> {
    let n = number as f64;
    let heavy = |n: f64| 1.0 + 1.25 * (n + 1.0).ln();
    Some(match field {
        Version => match number {
            2 | 5 => 1.2,
            3 | 4 | 7..=11 => 2.8,
            6 => 2.8,
            12..=20 => 6.0,
            _ => return None,
        },
        Protocol => match number {
            6 => 0.7,
            17 => 1.4,
            1 => 2.3,
            58 => 3.0,
            2 | 47 | 50 | 51 | 132 => 5.0,
            0..=255 => 9.5,
            _ => return None,
        },
        TcpFlags => match number {
            0 | 2 | 3 | 18 | 19 => 1.7,
            1 | 4..=7 | 16 | 17 | 20..=31 => 3.5,
            8 => 9.0,
            9..=15 | 32..=63 => 6.0,
            64..=255 => 10.0,
            _ => return None,
        },
        TrafficPath => match number {
            1..=8 => 1.6,
            9..=20 => 7.0,
            _ => return None,
        },
        EncryptionStatus => match number {
            0 | 1 => 1.0,
            2 | 3 => 2.2,
            _ => return None,
        },
        Srcport | Dstport => match number {
            0 => 3.9,
            22 | 25 | 53 | 80 | 123 | 443 | 3306 | 3389 | 5432 | 6379 | 8080 | 8443 | 9200 => 3.9,
            1..=19 => 12.0,
            20..=1_023 => 9.2,
            1_024..=32_767 => 12.0,
            32_768..=65_535 => 10.9,
            _ => return None,
        },
        Packets if number == 0 => 6.0,
        Packets => heavy(n),
        // A packet has twenty bytes at least.
        Bytes if number == 0 => 9.0,
        Bytes if number < 20 => return None,
        Bytes => 3.0 + n.ln(),
        PacketsLostNoRoute | PacketsLostBlackhole | PacketsLostMtuExceeded | PacketsLostTtlExpired if number == 0 => {
            0.2
        }
        _ => 0.5 + heavy(n),
    })
}

/// True if a number can be a time of a flow log, in seconds or milliseconds.
fn is_time(number: u64) -> bool {
    matches!(number, 1_300_000_000..=4_200_000_000 | 1_300_000_000_000..=4_200_000_000_000)
}

/// Returns the cost of naming a time among those of its column, which are near each other.
fn time_among(column: &ColumnData<'_>) -> f64 {
    let times = || column.present().filter_map(|value| value.number).filter(|number| is_time(*number));
    let range = times().max().unwrap_or(0) - times().min().unwrap_or(0);
    (range as f64 + 600.0).ln()
}

const SERVICES: &[&str] = &[
    "AMAZON",
    "AMAZON_APPFLOW",
    "AMAZON_CONNECT",
    "API_GATEWAY",
    "AURORA_DSQL",
    "CHIME_MEETINGS",
    "CHIME_VOICECONNECTOR",
    "CLOUD9",
    "CLOUDFRONT",
    "CLOUDFRONT_ORIGIN_FACING",
    "CODEBUILD",
    "DYNAMODB",
    "EBS",
    "EC2",
    "EC2_INSTANCE_CONNECT",
    "GLOBALACCELERATOR",
    "IVS_LOW_LATENCY",
    "IVS_REALTIME",
    "KINESIS_VIDEO_STREAMS",
    "MEDIA_PACKAGE_V2",
    "ROUTE53",
    "ROUTE53_HEALTHCHECKS",
    "ROUTE53_HEALTHCHECKS_PUBLISHING",
    "ROUTE53_RESOLVER",
    "S3",
    "WORKSPACES_GATEWAYS",
];

/// Returns the cost of a code in capitals. It begins with a letter, and is not a word of another field.
fn upper(field: Field, text: &[u8]) -> Option<f64> {
    let is_word =
        |field: &Field| matches!(field.kind(), Kind::Word(words) if words.iter().any(|word| word.as_bytes() == text));
    if !text.first().is_some_and(u8::is_ascii_uppercase) || [Action, LogStatus].iter().any(is_word) {
        return None;
    }
    let known = match field {
        RejectReason => matches!(text, b"BPA" | b"EC"),
        _ => SERVICES.iter().any(|service| service.as_bytes() == text),
    };
    let words = if field == RejectReason { 2.0_f64 } else { 26.0 };
    Some(if known { words.ln() } else { 8.0 + 3.5 * text.len() as f64 })
}

fn lower(field: Field, text: &[u8]) -> Option<f64> {
    let known: &[&[u8]] = match field {
        SublocationType => &[b"wavelength", b"outpost", b"localzone"],
        _ => &[b"nat_gateway", b"network_load_balancer", b"regional_nat_gateway", b"transit_gateway", b"vpc_endpoint"],
    };
    match (known.contains(&text), field) {
        (true, _) => Some((known.len() as f64).ln()),
        (false, SublocationType) => None,
        (false, _) => Some(10.0 + 3.6 * text.len() as f64),
    }
}

/// Returns the cost of a tag. It may have any text: a name, a percent-encoded one, or an instance's identifier
/// (Kubernetes writes those). Encoding leaves no colon or slash, so it is not a time or a path.
fn tag(text: &[u8], length: f64) -> Option<f64> {
    if text.iter().any(|byte| b":/\"'=@,;(){}[]<>|".contains(byte)) {
        None
    } else if Kind::Id("i-").looks_right(text) {
        Some(2.8 * (length - 2.0))
    } else {
        Some(5.0 + if text.contains(&b'%') { 3.2 } else { 3.5 } * length)
    }
}

/// Returns the cost of an ARN of Amazon ECS, if it names the field's kind of resource.
fn arn(field: Field, text: &[u8], length: f64) -> Option<f64> {
    let resource: &[u8] = match field {
        EcsClusterArn => b"cluster/",
        EcsContainerInstanceArn => b"container-instance/",
        EcsTaskDefinitionArn => b"task-definition/",
        _ => b"task/",
    };
    let mut parts = text.splitn(6, |byte| *byte == b':');
    parts.nth(5)?.starts_with(resource).then_some(2.0 * length)
}

/// True if a text is a name: letters, digits, hyphens and underscores, as Amazon ECS allows.
fn is_name(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte))
}

/// True if a text has a dozen hexadecimal digits and hyphens or more, as most generated identifiers do.
fn is_hexadecimal(text: &[u8]) -> bool {
    text.len() >= 12 && text.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-')
}

/// Returns the logarithm of the sum of two numbers, of their logarithms.
pub(super) fn ln_add(a: f64, b: f64) -> f64 {
    a.max(b) + (-(a - b).abs()).exp().ln_1p()
}

/// Returns the logarithm of the gamma function, by Stirling's series; exact to about 1e-8 for positive numbers.
fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 8.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1_260.0)) / x;
    shift + (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series
}

fn ln_beta(a: f64, b: f64) -> f64 {
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_is_the_logarithm_of_factorials() {
        for (x, expected) in
            [(1.0, 1.0_f64), (2.0, 1.0), (5.0, 24.0), (11.0, 3_628_800.0), (0.5, 1.772_453_850_905_516)]
        {
            assert!((ln_gamma(x) - expected.ln()).abs() < 1e-7, "{x}");
        }
    }
}
