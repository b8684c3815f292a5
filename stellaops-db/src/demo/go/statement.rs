//! Lines to statements: one directive each, with the blocks `verb ( … )` unfolded and comments attached.

use super::fault::{FaultList, Place, quoted};
use super::lexer::{Line, Token, TokenKind, lex_line};

/// A directive that a file may hold.
pub(super) struct DirectiveRule {
    pub(super) verb: &'static str,
    /// Whether it may be written as `verb ( … )`.
    pub(super) block: bool,
}

/// The comments that belong to a statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Comments {
    /// The lines directly above.
    pub(super) before: Vec<String>,
    /// On the same line.
    pub(super) suffix: Option<String>,
}

impl Comments {
    /// All lines as one text.
    pub(super) fn text(&self) -> String {
        let lines: Vec<&str> = self
            .before
            .iter()
            .chain(&self.suffix)
            .map(String::as_str)
            .collect();
        lines.join("\n").trim().to_owned()
    }

    fn is_empty(&self) -> bool {
        self.suffix.is_none() && self.before.iter().all(String::is_empty)
    }
}

/// One directive with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) verb: String,
    /// Of the verb, or of the line within a block.
    pub(super) place: Place,
    pub(super) arguments: Vec<Token>,
    /// Of the line; a line within a block that has none takes the block's.
    pub(super) comments: Comments,
    /// Of the line itself.
    pub(super) suffix: Option<String>,
}

/// Reads a whole file; a faulty line is reported and left out.
pub(super) fn parse_statements(
    text: &str,
    rules: &[DirectiveRule],
    faults: &mut FaultList,
) -> Vec<Statement> {
    let mut parser = Parser {
        rules,
        faults,
        statements: Vec::new(),
        block: None,
        before: Vec::new(),
    };
    for (lines_before, line_text) in text.split('\n').enumerate() {
        let line = lex_line(line_text, lines_before, parser.faults);
        parser.line(line);
    }
    parser.finish()
}

struct Block {
    verb: String,
    place: Place,
    comments: Comments,
    /// The verb is unknown: reported once, its lines are passed over.
    ignored: bool,
}

struct Parser<'rules, 'faults> {
    rules: &'rules [DirectiveRule],
    faults: &'faults mut FaultList,
    statements: Vec<Statement>,
    block: Option<Block>,
    before: Vec<String>,
}

impl Parser<'_, '_> {
    fn line(&mut self, line: Line) {
        let Some(first) = line.tokens.first() else {
            self.line_without_tokens(line);
            return;
        };
        if self.block.is_none() {
            self.top_level_line(line);
        } else if first.is_punctuation(")") {
            self.close_block(&line);
        } else {
            self.block_line(line);
        }
    }

    /// At top level a blank line parts a comment from what follows; within a block it does not.
    fn line_without_tokens(&mut self, line: Line) {
        match line.comment {
            Some(comment) => self.before.push(comment),
            None if self.block.is_some() => self.before.push(String::new()),
            None => self.before.clear(),
        }
    }

    fn top_level_line(&mut self, line: Line) {
        let comments = Comments {
            before: std::mem::take(&mut self.before),
            suffix: line.comment,
        };
        let mut tokens = line.tokens.into_iter();
        let Some(verb) = tokens.next() else { return };
        let arguments: Vec<Token> = tokens.collect();
        if arguments.last().is_some_and(|last| last.is_punctuation("(")) {
            self.open_block(verb, &arguments, comments);
        } else if !line.broken && self.check_verb(&verb) && !is_empty_block(&arguments) {
            let suffix = comments.suffix.clone();
            self.statements.push(Statement {
                verb: verb.text,
                place: verb.place,
                arguments,
                comments,
                suffix,
            });
        }
    }

    fn open_block(&mut self, verb: Token, arguments: &[Token], comments: Comments) {
        let known = self.check_verb(&verb);
        let rule = self.rules.iter().find(|rule| rule.verb == verb.text);
        let takes_block = rule.is_some_and(|rule| rule.block) && arguments.len() == 1;
        if known && !takes_block {
            self.faults.push(
                verb.place,
                format!("{} cannot open this block", quoted(&verb.text)),
                format!(
                    "write blocks as `verb (`, with one of {}",
                    self.list_verbs(|rule| rule.block)
                ),
            );
        }
        self.block = Some(Block {
            verb: verb.text,
            place: verb.place,
            comments,
            ignored: !takes_block,
        });
    }

    fn block_line(&mut self, line: Line) {
        let own = Comments {
            before: std::mem::take(&mut self.before),
            suffix: line.comment,
        };
        let Some(block) = &self.block else { return };
        if block.ignored || line.broken {
            return;
        }
        let suffix = own.suffix.clone();
        let comments = if own.is_empty() {
            block.comments.clone()
        } else {
            own
        };
        let place = line.tokens.first().map_or(block.place, |token| token.place);
        let verb = block.verb.clone();
        self.statements.push(Statement {
            verb,
            place,
            arguments: line.tokens,
            comments,
            suffix,
        });
    }

    fn close_block(&mut self, line: &Line) {
        self.block = None;
        self.before.clear();
        if let Some(extra) = line.tokens.get(1) {
            let message = format!("{} after the block's closing `)`", quoted(&extra.text));
            self.faults
                .push(extra.place, message, "begin a new line after `)`");
        }
    }

    fn check_verb(&mut self, verb: &Token) -> bool {
        if verb.kind == TokenKind::Word && self.rules.iter().any(|rule| rule.verb == verb.text) {
            return true;
        }
        let accepted = self.list_verbs(|_| true);
        let message = format!("unknown directive {}", quoted(&verb.text));
        self.faults.push(
            verb.place,
            message,
            format!("a line begins with one of {accepted}"),
        );
        false
    }

    fn list_verbs(&self, wanted: impl Fn(&DirectiveRule) -> bool) -> String {
        let verbs: Vec<String> = self
            .rules
            .iter()
            .filter(|rule| wanted(rule))
            .map(|rule| format!("`{}`", rule.verb))
            .collect();
        verbs.join(", ")
    }

    fn finish(self) -> Vec<Statement> {
        if let Some(block) = self.block {
            let message = format!(
                "the block {} is never closed",
                quoted(&format!("{} (", block.verb))
            );
            self.faults
                .push(block.place, message, "close it with `)` on a line of its own");
        }
        self.statements
    }
}

fn is_empty_block(arguments: &[Token]) -> bool {
    matches!(arguments, [open, close] if open.is_punctuation("(") && close.is_punctuation(")"))
}
