//! "Did you mean": the known name that is nearest to one that is not known.

/// The candidate that takes the fewest edits from a text, whatever the case of its letters.
pub(crate) struct Nearest<'a> {
    text: &'a str,
    edits: usize,
    /// The nearest name so far; empty before the first.
    pub(crate) name: &'static str,
}

impl<'a> Nearest<'a> {
    /// Starts without a candidate.
    pub(crate) fn to(text: &'a str) -> Self {
        Self {
            text,
            edits: usize::MAX,
            name: "",
        }
    }

    /// Considers a candidate; of equally near ones the first stays.
    pub(crate) fn consider(&mut self, name: &'static str) {
        let edits = edits(self.text.as_bytes(), name.as_bytes());
        if edits < self.edits {
            self.edits = edits;
            self.name = name;
        }
    }
}

/// Levenshtein distance of the first 64 bytes of a text to a name, which is shorter.
fn edits(text: &[u8], name: &[u8]) -> usize {
    let mut row: [usize; 65] = std::array::from_fn(|index| index);
    for (i, x) in text.iter().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in name.iter().enumerate() {
            let substituted = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[name.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fewest_edits_win_whatever_the_case() {
        for (text, expected) in [
            ("regoin", "region"),
            ("REGION", "region"),
            ("projctId", "projectId"),
            ("", "via"),
        ] {
            let mut nearest = Nearest::to(text);
            for name in ["via", "region", "projectId"] {
                nearest.consider(name);
            }
            assert_eq!(nearest.name, expected, "{text}");
        }
    }
}
