//! Patterns of `GOPRIVATE`: `*`, `?`, `[a-z]`, `\x`, matched against as many leading elements as the pattern has.

/// A pattern that was read without a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob {
    items: Vec<Item>,
    /// How many elements of a path the pattern covers.
    elements: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    /// Any characters of one element.
    Star,
    /// One character of an element.
    One,
    Literal(char),
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Glob {
    /// Reads a pattern; `None` when it is malformed. A slash at its end does not count.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let pattern = pattern.strip_suffix('/').unwrap_or(pattern);
        let mut characters = pattern.chars().peekable();
        let mut items = Vec::new();
        while let Some(character) = characters.next() {
            items.push(match character {
                '*' => Item::Star,
                '?' => Item::One,
                '\\' => Item::Literal(characters.next()?),
                '[' => parse_class(&mut characters)?,
                _ => Item::Literal(character),
            });
        }
        Some(Self {
            items,
            elements: pattern.matches('/').count() + 1,
        })
    }

    /// Whether the pattern matches the path or one of the folders above it.
    pub(super) fn matches_prefix(&self, path: &str) -> bool {
        let elements: Vec<&str> = path.split('/').collect();
        elements.len() >= self.elements && self.matches(&elements[..self.elements].join("/"))
    }

    /// The latest star alone is tried again: none reaches over a slash, so an earlier one could gain nothing.
    fn matches(&self, text: &str) -> bool {
        let characters: Vec<char> = text.chars().collect();
        let (mut at_item, mut at_character) = (0, 0);
        let mut retry: Option<(usize, usize)> = None;
        while at_character < characters.len() || at_item < self.items.len() {
            match (self.items.get(at_item), characters.get(at_character)) {
                (Some(Item::Star), _) => {
                    retry = Some((at_item, at_character));
                    at_item += 1;
                }
                (Some(item), Some(&character)) if item.takes(character) => {
                    at_item += 1;
                    at_character += 1;
                }
                _ => match retry {
                    Some((star, from)) if characters.get(from).is_some_and(|&character| character != '/') => {
                        retry = Some((star, from + 1));
                        (at_item, at_character) = (star + 1, from + 1);
                    }
                    _ => return false,
                },
            }
        }
        true
    }
}

impl Item {
    fn takes(&self, character: char) -> bool {
        match self {
            Self::Star => false,
            Self::One => character != '/',
            Self::Literal(literal) => *literal == character,
            Self::Class { negated, ranges } => {
                ranges
                    .iter()
                    .any(|(low, high)| (*low..=*high).contains(&character))
                    != *negated
            }
        }
    }
}

type Characters<'pattern> = std::iter::Peekable<std::str::Chars<'pattern>>;

fn parse_class(characters: &mut Characters<'_>) -> Option<Item> {
    let negated = characters.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        if !ranges.is_empty() && characters.next_if_eq(&']').is_some() {
            return Some(Item::Class { negated, ranges });
        }
        let low = parse_class_character(characters)?;
        let high = match characters.next_if_eq(&'-') {
            Some(_) => parse_class_character(characters)?,
            None => low,
        };
        ranges.push((low, high));
    }
}

fn parse_class_character(characters: &mut Characters<'_>) -> Option<char> {
    match characters.next()? {
        '-' | ']' => None,
        '\\' => characters.next(),
        character => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::Glob;

    fn matches(pattern: &str, path: &str) -> bool {
        Glob::parse(pattern)
            .expect("a well-formed pattern")
            .matches_prefix(path)
    }

    #[test]
    fn patterns_match_leading_elements() {
        for (pattern, path) in [
            ("git.example.com", "git.example.com/team/module"),
            ("git.example.com/team/", "git.example.com/team/module"),
            ("*.example.com", "git.example.com/module"),
            ("git.example.com/*/api", "git.example.com/team/api/v2"),
            ("git.example.com/t?am", "git.example.com/team"),
            ("git.example.com/[s-u]eam", "git.example.com/team/x"),
            ("git.example.com/[^a]eam", "git.example.com/team"),
            ("git.example.com/\\team", "git.example.com/team"),
            ("*a*b*c", "xaxbxxbc/rest"),
            ("*", "example.com/x"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn patterns_do_not_match_across_elements() {
        for (pattern, path) in [
            ("git.example.com", "git.example.com.evil/module"),
            ("git.example.com/team", "git.example.com"),
            ("git.example.com/team", "git.example.com/teams"),
            ("*.example.com", "example.com/module"),
            ("*/api", "a/b/api"),
            ("git.example.com/t?am", "git.example.com/tam"),
            ("git.example.com/[^t]eam", "git.example.com/team"),
            ("*a*b*c", "xaxb/c"),
            ("a*", "ba"),
        ] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }

    #[test]
    fn malformed_patterns_are_refused() {
        for pattern in ["[", "[]", "[a", "[a-", "[a-]", "[-a]", "[^]", "a\\", "[\\"] {
            assert_eq!(Glob::parse(pattern), None, "{pattern}");
        }
    }

    #[test]
    fn many_stars_do_not_multiply() {
        let pattern = "a*".repeat(200) + "b";
        assert!(!matches(&pattern, &"a".repeat(2_000)));
    }
}
