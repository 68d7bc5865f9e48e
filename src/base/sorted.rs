//! Short sorted lists. Insertion takes less code than a sort, and the code is downloaded.

/// Returns the items in the order of their keys, only the first of those with equal keys.
pub(crate) fn sorted_by<T, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        if let Err(index) = sorted.binary_search_by(|other| key(other).cmp(&key(&item))) {
            sorted.insert(index, item);
        }
    }
    sorted
}

/// Returns the items with the largest first; equal ones stay in their order.
#[cfg(feature = "detect")]
pub(crate) fn largest_first<T>(items: impl IntoIterator<Item = T>, size: impl Fn(&T) -> f64) -> Vec<T> {
    let mut sorted: Vec<T> = Vec::new();
    for item in items {
        let index = sorted.partition_point(|other| size(other).total_cmp(&size(&item)).is_ge());
        sorted.insert(index, item);
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_and_once() {
        assert_eq!(sorted_by([3, 1, 2, 3, 1].into_iter(), |number| *number), [1, 2, 3]);
        assert_eq!(sorted_by(["b", "a"].into_iter(), |word| *word), ["a", "b"]);
    }

    #[cfg(feature = "detect")]
    #[test]
    fn the_largest_first() {
        let items = [("a", 1.0), ("b", 3.0), ("c", f64::NEG_INFINITY), ("d", 3.0), ("e", 2.0)];
        let names: Vec<&str> = largest_first(items, |(_, size)| *size).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["b", "d", "e", "a", "c"]);
    }
}
