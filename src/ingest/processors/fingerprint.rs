//! `fingerprint`: hashes the values of some fields.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Sha256, Sha512};

use crate::ingest::config::Config;
use crate::ingest::context::Context;
use crate::ingest::document::Document;
use crate::ingest::failure::Failure;
use crate::ingest::processor::{Outcome, Processor};
use crate::ingest::value::Value;

#[derive(Debug)]
struct Fingerprint {
    /// The fields, sorted.
    fields: Vec<String>,
    target_field: String,
    salt: String,
    method: Method,
    ignores_missing: bool,
}

#[derive(Clone, Copy, Debug)]
enum Method {
    Md5,
    Sha1,
    Sha256,
    Sha512,
}

pub(super) fn build(config: &mut Config) -> Result<Box<dyn Processor>, Failure> {
    let items = config.list("fields")?;
    let mut fields = config.texts("fields", items)?;
    if fields.is_empty() {
        return Err(config.failure(Some("fields"), "must specify at least one field"));
    }
    // A duplicate field counts once.
    fields.sort();
    fields.dedup();
    let target_field = config.text_or("target_field", "fingerprint")?;
    let salt = config.text_or("salt", "")?;
    let method = match config.text_or("method", "SHA-1")?.as_str() {
        "MD5" => Method::Md5,
        "SHA-1" => Method::Sha1,
        "SHA-256" => Method::Sha256,
        "SHA-512" => Method::Sha512,
        "MurmurHash3" => {
            let reason = "[MurmurHash3] is not supported here: use one of [MD5, SHA-1, SHA-256, SHA-512]";
            return Err(config.failure(Some("method"), reason));
        }
        unknown => {
            let known = "[MD5, SHA-1, SHA-256, SHA-512, MurmurHash3]";
            let reason = format!("[{unknown}] must be one of the supported hash methods {known}");
            return Err(config.failure(Some("method"), reason));
        }
    };
    let ignores_missing = config.flag("ignore_missing", false)?;
    Ok(Box::new(Fingerprint { fields, target_field, salt, method, ignores_missing }))
}

impl Processor for Fingerprint {
    fn run(&self, document: &mut Document, context: &mut Context<'_>) -> Result<Outcome, Failure> {
        let mut values = Vec::new();
        for field in &self.fields {
            let value = document.get_or_null(field, true)?;
            if !value.is_null() {
                context.spend(value.weight())?;
                values.push(value);
            } else if !self.ignores_missing {
                let reason = format!("missing field [{field}] when calculating fingerprint");
                return Err(Failure::illegal_argument(reason));
            }
        }
        if values.is_empty() {
            return Ok(Outcome::Continue);
        }
        let mut hash: Box<dyn DynDigest> = match self.method {
            Method::Md5 => Box::new(Md5::default()),
            Method::Sha1 => Box::new(Sha1::default()),
            Method::Sha256 => Box::new(Sha256::default()),
            Method::Sha512 => Box::new(Sha512::default()),
        };
        hash.update(self.salt.as_bytes());
        for value in values {
            feed(value, hash.as_mut())?;
        }
        let text = STANDARD.encode(hash.finalize());
        document.set(&self.target_field, Value::String(text))?;
        Ok(Outcome::Continue)
    }
}

/// Hashes a scalar or a key, after a byte of 0.
fn feed(value: &Value, hash: &mut dyn DynDigest) -> Result<(), Failure> {
    let mut bytes = |bytes: &[u8]| {
        hash.update(&[0]);
        hash.update(bytes);
        Ok(())
    };
    match value {
        Value::Null => bytes(&[]),
        Value::Bool(flag) => bytes(&[if *flag { 1 } else { 2 }]),
        Value::Integer(number) => bytes(&number.to_le_bytes()),
        Value::Long(number) => bytes(&number.to_le_bytes()),
        Value::Float(number) => bytes(&number.to_le_bytes()),
        Value::Double(number) => bytes(&number.to_le_bytes()),
        Value::String(text) => bytes(text.as_bytes()),
        Value::BigInteger(_) => {
            let reason = format!("cannot convert object of type [{}] to bytes", value.java_type());
            Err(Failure::illegal_argument(reason))
        }
        Value::List(items) => items.iter().try_for_each(|item| feed(item, hash)),
        Value::Map(members) => members.iter().try_for_each(|(key, value)| {
            hash.update(&[0]);
            hash.update(key.as_bytes());
            feed(value, hash)
        }),
    }
}
