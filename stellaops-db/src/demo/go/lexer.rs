//! The words of one line of `go.mod` or `go.work`. No word crosses a line, so a broken line harms no other.

use super::fault::{FaultList, Place, quoted};

/// How a word was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Without quotes.
    Word,
    /// Between `"…"` or backticks.
    String,
    /// One of `( ) [ ] { } ,`.
    Punctuation,
}

/// A word and its place; a string's text is without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) text: String,
    pub(super) place: Place,
}

impl Token {
    pub(super) fn is_punctuation(&self, text: &str) -> bool {
        self.kind == TokenKind::Punctuation && self.text == text
    }

    pub(super) fn is_word(&self, text: &str) -> bool {
        self.kind == TokenKind::Word && self.text == text
    }
}

/// One line taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) tokens: Vec<Token>,
    /// The comment's text without `//`, trimmed.
    pub(super) comment: Option<String>,
    /// A fault was found, and the words after it were not read.
    pub(super) broken: bool,
}

/// Takes a line apart; `lines_before` says how many lines stand above it.
pub(super) fn lex_line(text: &str, lines_before: usize, faults: &mut FaultList) -> Line {
    let characters: Vec<char> = text.chars().collect();
    let mut lexer = Lexer {
        characters: &characters,
        position: 0,
        lines_before,
    };
    let mut line = Line::default();
    loop {
        match lexer.next_item() {
            Ok(Item::End) => return line,
            Ok(Item::Comment(comment)) => {
                line.comment = Some(comment);
                return line;
            }
            Ok(Item::Token(token)) => line.tokens.push(token),
            Err(LexFault {
                place,
                message,
                remedy,
            }) => {
                faults.push(place, message, remedy);
                line.broken = true;
                return line;
            }
        }
    }
}

enum Item {
    Token(Token),
    Comment(String),
    End,
}

struct LexFault {
    place: Place,
    message: String,
    remedy: &'static str,
}

struct Lexer<'line> {
    characters: &'line [char],
    position: usize,
    lines_before: usize,
}

impl Lexer<'_> {
    fn next_item(&mut self) -> Result<Item, LexFault> {
        while matches!(self.peek(0), Some(' ' | '\t' | '\r')) {
            self.position += 1;
        }
        let Some(first) = self.peek(0) else {
            return Ok(Item::End);
        };
        if self.at_comment() {
            let comment: String = self.characters[self.position + 2..].iter().collect();
            return Ok(Item::Comment(comment.trim().to_owned()));
        }
        self.refuse_block_comment()?;
        match first {
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => Ok(Item::Token(self.punctuation(first))),
            '"' | '`' => self.string(first).map(Item::Token),
            _ => self.word().map(Item::Token),
        }
    }

    fn punctuation(&mut self, character: char) -> Token {
        let place = self.place();
        self.position += 1;
        Token {
            kind: TokenKind::Punctuation,
            text: character.to_string(),
            place,
        }
    }

    fn string(&mut self, quote: char) -> Result<Token, LexFault> {
        let place = self.place();
        self.position += 1;
        let mut text = String::new();
        while let Some(character) = self.peek(0) {
            self.position += 1;
            match character {
                _ if character == quote => {
                    return Ok(Token {
                        kind: TokenKind::String,
                        text,
                        place,
                    });
                }
                '\\' if quote == '"' => text.push(self.escaped()?),
                _ => text.push(character),
            }
        }
        Err(LexFault {
            place,
            message: format!("the string that starts with {quote} is not closed on its line"),
            remedy: "close it with the same quote, before the end of the line",
        })
    }

    fn escaped(&mut self) -> Result<char, LexFault> {
        let escaped = self.peek(0);
        match escaped {
            Some(character @ ('"' | '\\')) => {
                self.position += 1;
                Ok(character)
            }
            _ => Err(LexFault {
                place: Place::after(self.lines_before, self.position - 1),
                message: format!(
                    "unknown escape {}",
                    quoted(&format!("\\{}", escaped.unwrap_or(' ')))
                ),
                remedy: "only \\\" and \\\\ may be written; put other text between backticks",
            }),
        }
    }

    fn word(&mut self) -> Result<Token, LexFault> {
        let place = self.place();
        let start = self.position;
        while let Some(character) = self.peek(0) {
            if !is_word_character(character) || self.at_comment() {
                break;
            }
            self.refuse_block_comment()?;
            self.position += 1;
        }
        let text: String = self.characters[start..self.position].iter().collect();
        if text.is_empty() {
            let unexpected = self.characters[start].to_string();
            return Err(LexFault {
                place,
                message: format!("unexpected character {}", quoted(&unexpected)),
                remedy: "remove it; a file is UTF-8 text without a byte order mark or invisible characters",
            });
        }
        if let Some(offset) = text
            .chars()
            .position(|character| matches!(character, '"' | '\'' | '`'))
        {
            return Err(LexFault {
                place: Place::after(self.lines_before, start + offset),
                message: format!("a quote within the unquoted word {}", quoted(&text)),
                remedy: "put the whole word between double quotes or backticks",
            });
        }
        Ok(Token {
            kind: TokenKind::Word,
            text,
            place,
        })
    }

    fn refuse_block_comment(&self) -> Result<(), LexFault> {
        if self.peek(0) == Some('/') && self.peek(1) == Some('*') {
            return Err(LexFault {
                place: self.place(),
                message: "a `/* … */` comment".to_owned(),
                remedy: "start the comment with `//`, on each of its lines",
            });
        }
        Ok(())
    }

    fn at_comment(&self) -> bool {
        self.peek(0) == Some('/') && self.peek(1) == Some('/')
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.position + ahead).copied()
    }

    fn place(&self) -> Place {
        Place::after(self.lines_before, self.position)
    }
}

/// Printable and no separator. Invisible formatting characters are refused: they make two names look alike.
fn is_word_character(character: char) -> bool {
    let separates = matches!(character, '(' | ')' | '[' | ']' | '{' | '}' | ',');
    let invisible = matches!(
        character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}'
    );
    !separates && !invisible && !character.is_whitespace() && !character.is_control()
}
