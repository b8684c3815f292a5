//! YAML as far as a configuration needs it: one document of mappings, lists and scalars, each with its place.
//!
//! What a scalar means is for its setting to say, never for YAML: `no`, `1:30` and `0x1F` are texts here. Aliases, tags
//! and directives are refused, so that no file grows, or means anything, that is not seen in it.

use std::ops::Range;

use granit_parser::{ErrorKind, Event, Options, Parser, ScalarStyle, options};
use stellaops_db_spec::rule;

use super::faults::Faults;

/// More than any configuration has, and little enough to be looked at in no time.
pub(super) const LONGEST: usize = 1024 * 1024;
/// A reference in a list of a module is five levels deep.
const DEEPEST: usize = 16;

const WRITE_OUT: &str = "write the value where it is needed; what modules share belongs into `defaults`";

/// A part of a document.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) range: Range<usize>,
    pub(super) value: Value,
}

#[derive(Debug)]
pub(super) enum Value {
    /// A text; nothing at all is the empty plain one.
    Scalar {
        text: String,
        is_plain: bool,
    },
    List(Vec<Node>),
    Mapping(Vec<(Node, Node)>),
}

/// A collection that is not closed yet.
enum Open {
    List(usize, Vec<Node>),
    /// With the key that waits for its value.
    Mapping(usize, Vec<(Node, Node)>, Option<Node>),
}

/// The document of a text, to be read where no fault was told of it.
pub(super) fn parse(text: &str, faults: &mut Faults<'_>) -> Option<Node> {
    if !is_fit(text, faults) {
        return None;
    }
    let mut builder = Builder {
        faults,
        length: text.len(),
        open: Vec::new(),
        root: None,
        documents: 0,
    };
    for next in Parser::new_from_str_with_options(text, limits()) {
        match next {
            Ok((event, span)) => {
                let range = builder.range(span.byte_range());
                if let Some(tag) = span.tag_span().filter(|_| event.tag().is_some()) {
                    let range = builder.range(tag.byte_range());
                    builder.refuse(
                        &range,
                        "a tag",
                        "write the value without it: each setting knows its own kind",
                    );
                }
                builder.take(event, range)?;
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(text.len());
                builder.broken(text, at, error.kind());
                return None;
            }
        }
    }
    builder.root
}

fn limits() -> Options {
    options! {
        strict_indentation: true,
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    }
}

/// Looks at the text as a whole.
fn is_fit(text: &str, faults: &mut Faults<'_>) -> bool {
    if text.len() > LONGEST {
        faults.push(
            rule::CONFIGURATION_FORM,
            &(0..0),
            format!(
                "the file has {} bytes, more than the {LONGEST} that are read",
                text.len()
            ),
            "a configuration has a few lines a module; is this the right file?",
        );
        return false;
    }
    let is_bad = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if let Some((at, character)) = text.char_indices().find(|(_, character)| is_bad(*character)) {
        let message = match character {
            '\0' => "the file holds a NUL character",
            _ => "the file holds a control character",
        };
        let range = at..at + character.len_utf8();
        faults.push(
            rule::CONFIGURATION_FORM,
            &range,
            message,
            "take it out: a configuration is plain text in UTF-8",
        );
        return false;
    }
    true
}

struct Builder<'f, 't> {
    faults: &'f mut Faults<'t>,
    length: usize,
    open: Vec<Open>,
    root: Option<Node>,
    documents: usize,
}

impl Builder<'_, '_> {
    fn range(&self, range: Option<Range<usize>>) -> Range<usize> {
        let range = range.unwrap_or(0..0);
        let end = range.end.min(self.length);
        range.start.min(end)..end
    }

    /// None where there is nothing more to read.
    fn take(&mut self, event: Event<'_>, range: Range<usize>) -> Option<()> {
        if event.is_node() && event.anchor_id().is_some() {
            self.refuse(&range, "an anchor", WRITE_OUT);
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    let help = "put all modules into the first one, and take the `---` out";
                    self.refuse(&range, "a second document", help);
                    return None;
                }
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(&range, "an alias", WRITE_OUT);
                self.attach_scalar(range, String::new(), true);
            }
            Event::Scalar(text, style, ..) => {
                self.attach_scalar(range, text.into_owned(), style == ScalarStyle::Plain);
            }
            Event::SequenceStart(..) => self.open.push(Open::List(range.start, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Mapping(range.start, Vec::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            _ => {}
        }
        Some(())
    }

    fn attach_scalar(&mut self, range: Range<usize>, text: String, is_plain: bool) {
        let value = Value::Scalar { text, is_plain };
        self.attach(Node { range, value });
    }

    fn close(&mut self, end: usize) {
        let node = match self.open.pop() {
            Some(Open::List(start, items)) => Node {
                range: start..end.max(start),
                value: Value::List(items),
            },
            Some(Open::Mapping(start, entries, _)) => Node {
                range: start..end.max(start),
                value: Value::Mapping(entries),
            },
            None => return,
        };
        self.attach(node);
    }

    fn attach(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Mapping(_, entries, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => entries.push((key, node)),
            },
        }
    }

    fn refuse(&mut self, range: &Range<usize>, what: &str, help: &str) {
        let message = format!("{what} has no place in a configuration");
        self.faults.push(rule::CONFIGURATION_FORM, range, message, help);
    }

    /// The parser went no further.
    fn broken(&mut self, text: &str, at: usize, kind: &ErrorKind) {
        let mut at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        // The parser names the beginning of what the tab is in.
        if is_about_tabs(kind) {
            at += text[at..].find('\t').unwrap_or(0);
        }
        let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
        let (message, help) = explained(kind);
        self.faults
            .push(rule::CONFIGURATION_FORM, &(at..end), message, help);
    }
}

/// In our words, and never with a character of the file.
fn explained(kind: &ErrorKind) -> (String, &'static str) {
    let general = "see the line before, too: an indentation, a colon or a quote is often missed there";
    match kind {
        kind if is_about_tabs(kind) => (
            "a tab stands where YAML wants spaces".into(),
            "indent by spaces, two a level",
        ),
        ErrorKind::RecursionLimitExceeded => (
            format!("collections lie more than {DEEPEST} deep in each other"),
            "a configuration has modules, and modules have settings; nothing is deeper than a reference",
        ),
        ErrorKind::DirectiveDisallowed => (
            "a directive has no place in a configuration".into(),
            "take the line that begins with `%` out",
        ),
        ErrorKind::UnexpectedCharacter { .. } => (
            "a character stands where nothing can begin with it".into(),
            "put a text that begins with a special character into quotes",
        ),
        ErrorKind::Custom(_) => ("the file is no YAML".into(), general),
        other => (format!("the file is no YAML: {other}"), general),
    }
}

fn is_about_tabs(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::TabNotAllowed
            | ErrorKind::TabInBlockIndentation
            | ErrorKind::TabInIndentation
            | ErrorKind::TabAtBlockScalarStart
            | ErrorKind::TabInPlainScalar
    )
}
