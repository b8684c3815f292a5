//! Filters of SQL/JSON paths, as the server prints them: what is wrong with a value, turned into keys.

use super::nested::joined;
use super::toml;

/// `strict $."member"[*]?(@.type() != "string")`
#[derive(Debug)]
pub(crate) struct Filter {
    pub(super) member: String,
    /// `[*]`, `.*` or nothing.
    pub(super) step: &'static str,
    /// The type of an item.
    pub(super) item: Option<&'static str>,
    pub(crate) keys: Vec<(&'static str, String)>,
}

impl Filter {
    /// Reads a path to a member of the document itself, with a filter that is known.
    pub(crate) fn read(path: &str) -> Option<Self> {
        let path = path.strip_prefix("strict $.\"")?;
        let (member, behind) = path.split_once('"')?;
        let (place, filter) = behind.split_once("?(")?;
        let mut read = Filter {
            member: member.to_owned(),
            step: match place.trim() {
                "[*]" => "[*]",
                ".*" => ".*",
                "" => "",
                _ => return None,
            },
            item: None,
            keys: Vec::new(),
        };
        for wrong in joined(filter.trim_end().strip_suffix(')')?, " || ") {
            read.take(&wrong)?;
        }
        Some(read)
    }

    fn take(&mut self, wrong: &str) -> Option<()> {
        if let Some(kind) = wrong.strip_prefix("@.type() != ") {
            self.item = Some(match kind {
                "\"string\"" => "text",
                "\"number\"" => "integer",
                "\"boolean\"" => "boolean",
                "\"object\"" => "object",
                _ => return None,
            });
            return Some(());
        }
        if let Some(words) = wrong.strip_prefix("!(").and_then(|words| words.strip_suffix(')')) {
            let word = |word: &String| {
                let quoted = word.strip_prefix("@ == \"")?.strip_suffix('"')?;
                (!quoted.contains(['"', '\\'])).then(|| quoted.to_owned())
            };
            let words: Option<Vec<String>> = joined(words, " || ").iter().map(word).collect();
            self.keys
                .push(("values", toml::list(words?.iter().map(String::as_str))));
            return Some(());
        }
        let bounds = [
            ("@ < ", "min"),
            ("@ > ", "max"),
            ("@.size() < ", "min_length"),
            ("@.size() > ", "max_length"),
        ];
        let (key, number) = bounds
            .iter()
            .find_map(|(form, key)| Some((*key, wrong.strip_prefix(form)?)))?;
        let number: i64 = number.parse().ok()?;
        if number != i64::MIN && number != i64::MAX {
            self.keys.push((key, number.to_string()));
        }
        Some(())
    }
}
