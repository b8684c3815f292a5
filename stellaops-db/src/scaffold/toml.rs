//! The text of spec files: a file is a list of TOML tables, each with its keys, so that the place of a
//! fault leads back to what was written.

use std::ops::Range;

/// A spec file in the making.
#[derive(Debug)]
pub(super) struct SpecFile {
    /// Below the specs folder.
    pub(super) path: String,
    /// What the database calls it.
    pub(super) relation: String,
    pub(super) sections: Vec<Section>,
}

/// A TOML table and what it stands for.
#[derive(Debug, Clone)]
pub(super) struct Section {
    /// As written, `[columns.id]`; empty for the keys at the head of the file.
    pub(super) header: String,
    pub(super) keys: Vec<(String, String)>,
    /// The kind and the name of the object in the database.
    pub(super) object: (String, String),
}

/// Where a section, or a key of it, stands in the text.
pub(super) struct Line {
    pub(super) range: Range<usize>,
    pub(super) section: usize,
    pub(super) key: Option<usize>,
}

impl Section {
    pub(super) fn new(header: impl Into<String>, (kind, name): (&str, &str)) -> Self {
        Section {
            header: header.into(),
            keys: Vec::new(),
            object: (kind.into(), name.into()),
        }
    }

    pub(super) fn set(&mut self, key: &str, value: impl Into<String>) {
        let value = value.into();
        match self.keys.iter_mut().find(|(known, _)| known == key) {
            Some((_, written)) => *written = value,
            None => self.keys.push((key.into(), value)),
        }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, value);
        self
    }

    pub(super) fn get(&self, key: &str) -> Option<&str> {
        let found = self.keys.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn remove(&mut self, key: &str) -> bool {
        let before = self.keys.len();
        self.keys.retain(|(known, _)| known != key);
        self.keys.len() < before
    }
}

impl SpecFile {
    /// The text of the file, and what stands where in it.
    pub(super) fn write(&self) -> (String, Vec<Line>) {
        let mut text = String::new();
        let mut lines = Vec::new();
        for (position, section) in self.sections.iter().enumerate() {
            if !section.header.is_empty() {
                let start = text.len() + 1;
                text.push_str(&format!("\n{}\n", section.header));
                lines.push(Line {
                    range: start..text.len(),
                    section: position,
                    key: None,
                });
            }
            let width = section.keys.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
            for (number, (key, value)) in section.keys.iter().enumerate() {
                let start = text.len();
                text.push_str(&format!("{key:width$} = {value}\n"));
                lines.push(Line {
                    range: start..text.len(),
                    section: position,
                    key: Some(number),
                });
            }
        }
        (text, lines)
    }
}

/// A string; one of several lines where it has several.
pub(super) fn text(text: &str) -> String {
    if text.contains('\n') {
        return format!("\"\"\"\n{}\"\"\"", escaped(text, true));
    }
    if text.contains('\\') && !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    format!("\"{}\"", escaped(text, false))
}

/// A key, quoted where it has to be.
pub(super) fn key(name: &str) -> String {
    let is_bare = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    match !name.is_empty() && name.chars().all(is_bare) {
        true => name.into(),
        false => format!("\"{}\"", escaped(name, false)),
    }
}

/// A list of strings.
pub(super) fn list<'a>(items: impl IntoIterator<Item = &'a str>) -> String {
    let items: Vec<String> = items.into_iter().map(text).collect();
    format!("[{}]", items.join(", "))
}

fn escaped(text: &str, keeps_lines: bool) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' if keeps_lines => escaped.push('\n'),
            '\n' => escaped.push_str("\\n"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            letter if letter.is_control() => escaped.push_str(&format!("\\u{:04X}", u32::from(letter))),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn every_text_is_read_back_as_it_was() {
        for original in [
            "plain",
            "it's \"quoted\"",
            r"^\d+$",
            r"^\d+'$",
            "two\nlines",
            "\"\"\"\n\"\"\"\n\\",
            "\n\nblank lines\r\n\u{7f}\u{0}\t",
            "a\\\n b",
        ] {
            let parsed: toml::Table = toml::from_str(&format!("key = {}", text(original))).expect(original);
            assert_eq!(parsed["key"].as_str(), Some(original));
        }
    }
}
