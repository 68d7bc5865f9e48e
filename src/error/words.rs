//! Words in messages.

/// Returns the word nearest in spelling, of which at most a third of the letters differ.
pub(crate) fn nearest<'a>(word: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 64 {
        return None;
    }
    words
        .map(|known| (strsim::levenshtein(word, known), known))
        .filter(|(distance, known)| distance * 3 <= known.len().max(word.len()))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}
