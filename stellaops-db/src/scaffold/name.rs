//! Names as specs have them: lower snake case, each once.

use std::collections::BTreeMap;

/// What the specs call the objects of one scope.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: BTreeMap<String, String>,
}

impl Names {
    /// Gives each a name of its own; good names stay as they are.
    pub(super) fn of<'a>(originals: impl IntoIterator<Item = &'a str>) -> Self {
        let originals: Vec<&str> = originals.into_iter().collect();
        let mut names = Names::default();
        let (good, others): (Vec<&str>, Vec<&str>) = originals.into_iter().partition(|name| is_good(name));
        for name in good {
            names.known.insert(name.into(), name.into());
        }
        for name in others {
            let free = names.free(&snake_case(name));
            names.known.insert(name.into(), free);
        }
        names
    }

    /// The name in the specs.
    pub(super) fn get(&self, original: &str) -> String {
        let known = self.known.get(original).cloned();
        known.unwrap_or_else(|| snake_case(original))
    }

    /// The originals that have another name, with it.
    pub(super) fn changed(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.known.iter().filter(|(original, name)| original != name);
        all.map(|(original, name)| (original.as_str(), name.as_str()))
    }

    fn free(&self, wanted: &str) -> String {
        let is_taken = |name: &String| self.known.values().any(|known| known == name);
        let numbered = (2..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.to_owned()).chain(numbered);
        candidates
            .find(|name| !is_taken(name))
            .expect("there are more numbers than names")
    }
}

/// Whether a spec can have the name as it is. `public` is PostgreSQL's.
pub(super) fn is_good(name: &str) -> bool {
    let mut letters = name.bytes();
    letters.next().is_some_and(|first| first.is_ascii_lowercase())
        && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == b'_')
        && name != "public"
}

/// The nearest name that a spec can have.
pub(super) fn snake_case(name: &str) -> String {
    if name == "public" {
        return "app".into();
    }
    let mut snake = String::new();
    let mut was_small = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && was_small {
            snake.push('_');
        }
        was_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        match letter.is_ascii_alphanumeric() {
            true => snake.push(letter.to_ascii_lowercase()),
            false => snake.push('_'),
        }
    }
    let words: Vec<&str> = snake.split('_').filter(|word| !word.is_empty()).collect();
    let joined = words.join("_");
    let snake = match joined.starts_with(|first: char| first.is_ascii_lowercase()) {
        true => joined,
        false => format!("x_{joined}").trim_end_matches('_').to_owned(),
    };
    snake.chars().take(50).collect()
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn every_name_is_good_and_none_is_given_twice() {
        let names = Names::of([
            "Order Lines",
            "order_lines",
            "OrderLines",
            "\u{1f980}",
            "1st",
            "../etc",
            "public",
        ]);
        let all: Vec<String> = [
            "Order Lines",
            "order_lines",
            "OrderLines",
            "\u{1f980}",
            "1st",
            "../etc",
            "public",
        ]
        .map(|name| names.get(name))
        .into();
        assert_eq!(
            all,
            [
                "order_lines_2",
                "order_lines",
                "order_lines_3",
                "x",
                "x_1st",
                "etc",
                "app"
            ]
        );
    }
}
