//! From tokens to a tree. What binds how strongly is PostgreSQL's table of operators (section 4.1.6 of its
//! manual): OR, AND, NOT, IS, comparisons, IN.

use crate::expression::token::Token;
use crate::expression::{Expression, Function};
use crate::model::is_reserved_for_columns;

/// So deep an expression is nested at most. Nobody reads a deeper one, and reading it would end the program: the parser
/// and whoever walks a tree use the stack.
const MAX_DEPTH: usize = 64;

/// The expression, if the tokens are one and nothing else.
pub(super) fn condition(tokens: &[Token]) -> Option<Expression> {
    let mut parser = Parser {
        tokens,
        room: MAX_DEPTH,
    };
    let expression = parser.disjunction()?;
    parser.tokens.is_empty().then_some(expression)
}

struct Parser<'a> {
    tokens: &'a [Token],
    /// How much deeper it may go.
    room: usize,
}

impl Parser<'_> {
    /// Takes the token, if it is the next one.
    fn takes(&mut self, token: &Token) -> bool {
        let is_next = self.tokens.first() == Some(token);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Word(next)) if next == word);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    /// One level deeper; none where it is too deep.
    fn deeper(&mut self, read: impl FnOnce(&mut Self) -> Option<Expression>) -> Option<Expression> {
        self.room = self.room.checked_sub(1)?;
        let inside = read(self);
        self.room += 1;
        inside
    }

    fn disjunction(&mut self) -> Option<Expression> {
        self.deeper(|parser| {
            let mut parts = vec![parser.conjunction()?];
            while parser.takes_word("or") {
                parts.push(parser.conjunction()?);
            }
            single_or(parts, Expression::Or)
        })
    }

    fn conjunction(&mut self) -> Option<Expression> {
        let mut parts = vec![self.negation()?];
        while self.takes_word("and") {
            parts.push(self.negation()?);
        }
        single_or(parts, Expression::And)
    }

    fn negation(&mut self) -> Option<Expression> {
        match self.takes_word("not") {
            true => self.deeper(|parser| parser.negation().map(not)),
            false => self.null_test(),
        }
    }

    fn null_test(&mut self) -> Option<Expression> {
        let tested = self.comparison()?;
        if !self.takes_word("is") {
            return Some(tested);
        }
        let is_negated = self.takes_word("not");
        if !self.takes_word("null") {
            return None;
        }
        let test = Expression::IsNull(Box::new(tested));
        Some(if is_negated { not(test) } else { test })
    }

    /// Comparisons do not associate: a second one behind the first is left over, and no expression.
    fn comparison(&mut self) -> Option<Expression> {
        let left = self.membership()?;
        let Some(Token::Compare(comparison)) = self.tokens.first() else {
            return Some(left);
        };
        let comparison = *comparison;
        self.tokens = &self.tokens[1..];
        let right = self.membership()?;
        Some(Expression::Compare(Box::new(left), comparison, Box::new(right)))
    }

    fn membership(&mut self) -> Option<Expression> {
        let value = self.primary()?;
        let is_negated = match self.tokens {
            [Token::Word(not), Token::Word(within), ..] if not == "not" && within == "in" => {
                self.takes_word("not")
            }
            _ => false,
        };
        if !self.takes_word("in") {
            return Some(value);
        }
        let values = self.list()?;
        let test = Expression::In(Box::new(value), values);
        Some(if is_negated { not(test) } else { test })
    }

    /// Expressions in parentheses, with commas between: one at least.
    fn list(&mut self) -> Option<Vec<Expression>> {
        if !self.takes(&Token::Open) {
            return None;
        }
        let mut values = vec![self.disjunction()?];
        while self.takes(&Token::Comma) {
            values.push(self.disjunction()?);
        }
        self.takes(&Token::Close).then_some(values)
    }

    fn primary(&mut self) -> Option<Expression> {
        let (token, behind) = self.tokens.split_first()?;
        if *token == Token::Open {
            let mut inside = self.list()?;
            // Several values in parentheses are a row.
            return (inside.len() == 1).then(|| inside.remove(0));
        }
        self.tokens = behind;
        Some(match token {
            Token::Text(text) => Expression::Text(text.clone()),
            Token::Integer(number) => Expression::Integer(*number),
            Token::Name(name) => Expression::Column(name.clone()),
            Token::Word(word) if behind.first() == Some(&Token::Open) => {
                let function = Function::named(word)?;
                let arguments = self.list().filter(|list| function.takes(list.len()))?;
                Expression::Call(function, arguments)
            }
            Token::Word(word) => match word.as_str() {
                "true" => Expression::Boolean(true),
                "false" => Expression::Boolean(false),
                "null" => Expression::Null,
                // A word of SQL's own is no column: `current_date` is a function.
                word if is_reserved_for_columns(word) => return None,
                word => Expression::Column(word.to_owned()),
            },
            Token::Compare(_) | Token::Open | Token::Close | Token::Comma => return None,
        })
    }
}

fn not(expression: Expression) -> Expression {
    Expression::Not(Box::new(expression))
}

fn single_or(
    mut parts: Vec<Expression>,
    several: impl FnOnce(Vec<Expression>) -> Expression,
) -> Option<Expression> {
    match parts.len() {
        1 => parts.pop(),
        _ => Some(several(parts)),
    }
}
