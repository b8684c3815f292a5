//! Layout: sections, blank lines, indentation, alignment. Nothing else in [`crate::ddl`] writes a
//! line break.

/// A piece of SQL as lines, each a whole number of tokens: the same piece can be printed over many
/// lines for people, or on one.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines(Vec<(usize, String)>);

impl Lines {
    /// One line.
    pub(super) fn one(text: impl Into<String>) -> Self {
        Lines(vec![(0, text.into())])
    }

    /// Appends a line.
    pub(super) fn line(mut self, text: impl Into<String>) -> Self {
        self.0.push((0, text.into()));
        self
    }

    /// Appends lines, one step further in.
    pub(super) fn nested(mut self, inner: Lines) -> Self {
        self.0
            .extend(inner.0.into_iter().map(|(depth, text)| (depth + 1, text)));
        self
    }

    /// Appends lines, as far in as these.
    pub(super) fn then(mut self, more: Lines) -> Self {
        self.0.extend(more.0);
        self
    }

    /// Puts a text before the first line.
    pub(super) fn prefixed(mut self, prefix: &str) -> Self {
        if let Some((_, first)) = self.0.first_mut() {
            first.insert_str(0, prefix);
        }
        self
    }

    /// Puts a text behind the last line.
    pub(super) fn suffixed(mut self, suffix: &str) -> Self {
        if let Some((_, last)) = self.0.last_mut() {
            last.push_str(suffix);
        }
        self
    }

    /// The pieces in a row, a comma behind each but the last.
    pub(super) fn comma_separated(pieces: Vec<Lines>) -> Self {
        let last = pieces.len().saturating_sub(1);
        let separated = pieces.into_iter().enumerate();
        separated.fold(Lines::default(), |all, (position, piece)| {
            all.then(if position < last {
                piece.suffixed(",")
            } else {
                piece
            })
        })
    }

    /// The conditions in a row, joined by AND.
    pub(super) fn all_of(conditions: Vec<String>) -> Self {
        let lines = conditions.into_iter().enumerate();
        Lines(
            lines
                .map(|(position, text)| {
                    (
                        0,
                        if position == 0 {
                            text
                        } else {
                            format!("AND {text}")
                        },
                    )
                })
                .collect(),
        )
    }

    /// The same tokens on one line.
    pub(super) fn on_one_line(&self) -> Lines {
        Lines::one(self.text())
    }

    /// The tokens with one space between two lines.
    pub(super) fn text(&self) -> String {
        let texts = self.0.iter().map(|(_, text)| text.as_str());
        texts.collect::<Vec<_>>().join(" ")
    }

    /// How many lines there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }

    fn contains(&self, text: &str) -> bool {
        self.0.iter().any(|(_, line)| line.contains(text))
    }
}

/// An anonymous block that runs the statements, quoted by a tag that occurs in none of them.
pub(super) fn anonymous_block(tag: &str, declarations: Lines, body: Lines) -> Lines {
    let mut quote = format!("${tag}$");
    while declarations.contains(&quote) || body.contains(&quote) {
        quote.insert(quote.len() - 1, '_');
    }
    let head = Lines::one(format!("DO {quote}"));
    let head = match declarations.count() {
        0 => head,
        _ => head.line("DECLARE").nested(declarations),
    };
    head.line("BEGIN").nested(body).line(format!("END {quote};"))
}

/// Rows of cells, each column as wide as its widest cell; no space at the end of a line.
pub(super) fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut lines = Vec::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths).filter(|(_, width)| **width > 0) {
            line.push_str(&format!("{cell:<width$} "));
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// The text of a file as it grows.
#[derive(Debug, Default)]
pub(super) struct Writer {
    text: String,
}

impl Writer {
    /// A heading over a part of the file.
    pub(super) fn section(&mut self, title: &str) {
        self.blank();
        self.push(&format!(
            "-- {title} {}",
            "-".repeat(96_usize.saturating_sub(title.chars().count()))
        ));
    }

    /// Comment lines; a line break in the text starts a new one.
    pub(super) fn comment(&mut self, text: &str) {
        for line in text.lines() {
            self.push(format!("-- {line}").trim_end());
        }
    }

    /// A statement, with an empty line before it.
    pub(super) fn statement(&mut self, lines: &Lines) {
        self.blank();
        self.statement_below(lines);
    }

    /// A statement right below what is above it.
    pub(super) fn statement_below(&mut self, lines: &Lines) {
        for (depth, text) in &lines.0 {
            self.push(&format!("{}{text}", "  ".repeat(*depth)));
        }
    }

    /// Text that is laid out already, with an empty line before it.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.blank();
        self.push(text.trim_end());
    }

    /// The whole text.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    fn push(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }
}
