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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_order_and_once() {
        assert_eq!(sorted_by([3, 1, 2, 3, 1].into_iter(), |number| *number), [1, 2, 3]);
        assert_eq!(sorted_by(["b", "a"].into_iter(), |word| *word), ["a", "b"]);
    }
}
