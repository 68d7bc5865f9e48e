//! Paths of fields, in Elasticsearch's classic form: parts between dots, each a key of an object or an index of a list.

use super::failure::Failure;
use super::number::number_format;
use super::value::Value;

/// A path, split into its parts.
pub(super) struct Path<'p> {
    whole: &'p str,
    pub(super) in_ingest: bool,
    pub(super) parts: Vec<&'p str>,
}

impl<'p> Path<'p> {
    pub(super) fn parse(whole: &'p str) -> Result<Path<'p>, Failure> {
        if whole.is_empty() {
            return Err(Failure::illegal_argument("path cannot be null nor empty"));
        }
        let (in_ingest, rest) = match whole.strip_prefix("_ingest.") {
            Some(rest) => (true, rest),
            None => (false, whole.strip_prefix("_source.").unwrap_or(whole)),
        };
        // Java's `split` drops empty parts at the end.
        let trimmed = rest.trim_end_matches('.');
        if rest.is_empty() || (!trimmed.is_empty() && trimmed.split('.').any(str::is_empty)) {
            return Err(Failure::illegal_argument(format!("path [{whole}] is not valid")));
        }
        let parts = if trimmed.is_empty() { Vec::new() } else { trimmed.split('.').collect() };
        Ok(Path { whole, in_ingest, parts })
    }

    pub(super) fn failure(&self, what: String) -> Failure {
        Failure::illegal_argument(format!("{what} as part of path [{}]", self.whole))
    }

    pub(super) fn not_present(&self, part: &str) -> Failure {
        self.failure(format!("field [{part}] not present"))
    }

    /// Returns the failure for a path that consists of dots.
    pub(super) fn no_part(&self) -> Failure {
        Failure::new("array_index_out_of_bounds_exception", "Index -1 out of bounds for length 0")
    }

    fn out_of_bounds(&self, part: &str, length: usize) -> Failure {
        let index = part.parse::<i32>().map_or_else(|_| part.to_owned(), |index| index.to_string());
        self.failure(format!("[{index}] is out of bounds for array with length [{length}]")).out_of_bounds()
    }

    /// Returns the index of an item. With `says_cause`, a failure has a cause, as Elasticsearch's has when it writes.
    pub(super) fn index(&self, part: &str, length: usize, says_cause: bool) -> Result<usize, Failure> {
        let Ok(index) = part.parse::<i32>() else {
            let failure = self.failure(format!("[{part}] is not an integer, cannot be used as an index"));
            return Err(if says_cause { failure.caused_by(number_format(part)) } else { failure });
        };
        usize::try_from(index).ok().filter(|index| *index < length).ok_or_else(|| self.out_of_bounds(part, length))
    }
}

/// Returns the child of a value that is not an object.
pub(super) fn step<'v>(
    parent: &'v mut Value,
    part: &str,
    path: &Path<'_>,
    says_cause: bool,
) -> Result<&'v mut Value, Failure> {
    match parent {
        Value::Null => Err(path.failure(format!("cannot resolve [{part}] from null"))),
        Value::List(items) => {
            let length = items.len();
            let index = path.index(part, length, says_cause)?;
            items.get_mut(index).ok_or_else(|| path.out_of_bounds(part, length))
        }
        scalar => {
            let from = scalar.java_type();
            Err(path.failure(format!("cannot resolve [{part}] from object of type [{from}]")))
        }
    }
}
