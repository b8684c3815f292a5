//! Regular expressions of the specs: the part of PostgreSQL's that patterns of identifiers need. A pattern with
//! anything else in it is none of ours, and is not checked.
//!
//! What is understood: signs, `.`, `\` before a sign that is no letter or digit, sets with ranges, negation and
//! the classes of ASCII, groups, `|`, `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`, `^` and `$` at the ends.

/// A pattern, ready to be matched.
#[derive(Debug)]
pub(crate) struct Pattern {
    root: Node,
}

#[derive(Debug)]
enum Node {
    /// One of these sequences.
    Either(Vec<Vec<Node>>),
    Repeat(Box<Node>, usize, Option<usize>),
    Any,
    Set {
        is_negated: bool,
        ranges: Vec<(char, char)>,
    },
    Begin,
    End,
}

impl Pattern {
    /// Reads a pattern; none when there is something in it that is not understood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let signs: Vec<char> = text.chars().collect();
        let mut parser = Parser {
            rest: &signs,
            room: MAX_DEPTH,
        };
        let root = parser.alternatives()?;
        parser.rest.is_empty().then_some(Pattern { root })
    }

    /// Whether it matches somewhere in the text.
    pub(super) fn matches(&self, text: &str) -> bool {
        let signs: Vec<char> = text.chars().collect();
        (0..=signs.len()).any(|begin| self.root.at(&signs, begin, &mut |_| true))
    }
}

impl Node {
    /// Whether the node matches from a place on, and what follows it as well, which `next` says of the place behind.
    fn at(&self, text: &[char], place: usize, next: &mut dyn FnMut(usize) -> bool) -> bool {
        let mut one = |is_fit: bool| is_fit && next(place + 1);
        match self {
            Node::Begin => place == 0 && next(place),
            Node::End => place == text.len() && next(place),
            Node::Any => one(place < text.len()),
            Node::Set { is_negated, ranges } => {
                let sign = text.get(place);
                let is_in = |sign: &char| ranges.iter().any(|(first, last)| (first..=last).contains(&sign));
                one(sign.is_some_and(|sign| is_in(sign) != *is_negated))
            }
            Node::Either(sequences) => sequences.iter().any(|nodes| sequence(nodes, text, place, next)),
            Node::Repeat(node, least, greatest) => repeat(node, (*least, *greatest), text, place, next),
        }
    }
}

fn sequence(nodes: &[Node], text: &[char], place: usize, next: &mut dyn FnMut(usize) -> bool) -> bool {
    match nodes.split_first() {
        None => next(place),
        Some((first, others)) => first.at(text, place, &mut |behind| sequence(others, text, behind, next)),
    }
}

/// As often as possible first, as PostgreSQL's are greedy; which one it is does not matter to whether there is one.
fn repeat(
    node: &Node,
    (least, greatest): (usize, Option<usize>),
    text: &[char],
    place: usize,
    next: &mut dyn FnMut(usize) -> bool,
) -> bool {
    if greatest != Some(0) {
        let left = (least.saturating_sub(1), greatest.map(|greatest| greatest - 1));
        let goes_on = node.at(text, place, &mut |behind| {
            // Without a sign in it, once more would be for ever; it stands for all that are wanted.
            match behind > place {
                true => repeat(node, left, text, behind, next),
                false => least > 0 && next(behind),
            }
        });
        if goes_on {
            return true;
        }
    }
    least == 0 && next(place)
}

/// So deep parentheses are understood; deeper ones would end the program.
const MAX_DEPTH: usize = 64;

struct Parser<'a> {
    rest: &'a [char],
    /// How much deeper it may go.
    room: usize,
}

impl Parser<'_> {
    fn takes(&mut self, sign: char) -> bool {
        let is_next = self.rest.first() == Some(&sign);
        if is_next {
            self.rest = &self.rest[1..];
        }
        is_next
    }

    fn sign(&mut self) -> Option<char> {
        let (sign, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*sign)
    }

    fn alternatives(&mut self) -> Option<Node> {
        self.room = self.room.checked_sub(1)?;
        let mut sequences = vec![self.sequence()?];
        while self.takes('|') {
            sequences.push(self.sequence()?);
        }
        self.room += 1;
        Some(Node::Either(sequences))
    }

    fn sequence(&mut self) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        while !matches!(self.rest.first(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            nodes.push(self.repeated(atom)?);
        }
        Some(nodes)
    }

    fn atom(&mut self) -> Option<Node> {
        let single = |sign: char| Node::Set {
            is_negated: false,
            ranges: vec![(sign, sign)],
        };
        Some(match self.sign()? {
            '^' => Node::Begin,
            '$' => Node::End,
            '.' => Node::Any,
            '(' => {
                // `(?` begins what has a meaning of its own.
                if self.rest.first() == Some(&'?') {
                    return None;
                }
                let inside = self.alternatives()?;
                return self.takes(')').then_some(inside);
            }
            '[' => return self.set(),
            '\\' => single(self.sign().filter(|sign| !sign.is_alphanumeric())?),
            '*' | '+' | '?' | '{' => return None,
            sign => single(sign),
        })
    }

    fn repeated(&mut self, atom: Node) -> Option<Node> {
        let bounds = match self.rest.first() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => return self.counted(atom),
            _ => return Some(atom),
        };
        self.rest = &self.rest[1..];
        self.repeat(atom, bounds)
    }

    fn counted(&mut self, atom: Node) -> Option<Node> {
        let end = self.rest.iter().position(|sign| *sign == '}')?;
        let counts: String = self.rest[1..end].iter().collect();
        self.rest = &self.rest[end + 1..];
        let bounds = match counts.split_once(',') {
            None => (counts.parse().ok()?, Some(counts.parse().ok()?)),
            Some((least, "")) => (least.parse().ok()?, None),
            Some((least, greatest)) => (least.parse().ok()?, Some(greatest.parse().ok()?)),
        };
        self.repeat(atom, bounds)
    }

    /// A second sign of repetition behind the first makes it another one, or is an error.
    fn repeat(&self, atom: Node, (least, greatest): (usize, Option<usize>)) -> Option<Node> {
        let is_followed = matches!(self.rest.first(), Some('*' | '+' | '?' | '{'));
        let is_anchor = matches!(atom, Node::Begin | Node::End);
        (!is_followed && !is_anchor).then(|| Node::Repeat(Box::new(atom), least, greatest))
    }

    fn set(&mut self) -> Option<Node> {
        let is_negated = self.takes('^');
        let mut ranges = Vec::new();
        // A bracket that closes, as the first of the set, is one of its signs.
        while ranges.is_empty() || !self.takes(']') {
            match self.sign()? {
                '[' if self.takes(':') => ranges.extend(self.class()?),
                // Collating elements, and the escapes that PostgreSQL knows in sets.
                '[' if matches!(self.rest.first(), Some('.' | '=')) => return None,
                '\\' => {
                    let sign = self.sign().filter(|sign| !sign.is_alphanumeric())?;
                    ranges.push((sign, sign));
                }
                first => match self.rest {
                    ['-', last, ..] if *last != ']' && *last != '[' && *last != '\\' => {
                        let last = *last;
                        self.rest = &self.rest[2..];
                        ranges.push((first, last));
                    }
                    _ => ranges.push((first, first)),
                },
            }
        }
        Some(Node::Set { is_negated, ranges })
    }

    /// A class of ASCII, which is what collation C knows.
    fn class(&mut self) -> Option<Vec<(char, char)>> {
        let end = self.rest.windows(2).position(|pair| pair == [':', ']'])?;
        let name: String = self.rest[..end].iter().collect();
        self.rest = &self.rest[end + 2..];
        Some(match name.as_str() {
            "alpha" => vec![('a', 'z'), ('A', 'Z')],
            "digit" => vec![('0', '9')],
            "alnum" => vec![('a', 'z'), ('A', 'Z'), ('0', '9')],
            "lower" => vec![('a', 'z')],
            "upper" => vec![('A', 'Z')],
            "space" => vec![('\t', '\r'), (' ', ' ')],
            "xdigit" => vec![('0', '9'), ('a', 'f'), ('A', 'F')],
            "cntrl" => vec![('\0', '\u{1f}'), ('\u{7f}', '\u{7f}')],
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use stellaops_db_spec::row_rules::{MemberRules, RowRules};

    use super::Pattern;

    fn matches(pattern: &str, text: &str) -> bool {
        let read = Pattern::parse(pattern).unwrap_or_else(|| panic!("{pattern}"));
        read.matches(text)
    }

    #[test]
    fn patterns_of_identifiers_match_what_they_say() {
        for (pattern, good, bad) in [
            ("^sha256:[0-9a-f]{4}$", "sha256:09af", "sha256:09aF"),
            ("^[!-~]+( [!-~]+)*$", "one two", "one  two"),
            ("^[a-z]{2,3}(-([A-Z]{2}|[0-9]{3}))?$", "de-419", "de-4"),
            ("^[^@[:space:]]+@[^@[:space:]]+$", "a@b", "a@b\u{b}"),
            ("^https?://.+$", "http://x", "http://"),
            ("^(0|[1-9][0-9]*)\\.(a|b|)$", "10.", "01."),
            ("^\\$[a-z0-9-]+\\$[!-~]+$", "$argon2-d$x", "argon2"),
            ("b{2,}", "abbc", "abc"),
            ("^[]a]$", "]", "b"),
            ("^(a*)*$", "aaa", "ab"),
            ("^(a?){2}b$", "b", "aaab"),
        ] {
            assert!(matches(pattern, good), "{pattern} {good}");
            assert!(!matches(pattern, bad), "{pattern} {bad}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_pattern_of_ours() {
        for pattern in [
            "\\d+", "a**", "a+?", "(?:a)", "(a", "a)", "[[.a.]]", "[a", "a{1", "{1}", "\\1", "^*a",
        ] {
            assert!(Pattern::parse(pattern).is_none(), "{pattern}");
        }
        assert!(Pattern::parse(&"(".repeat(100_000)).is_none(), "too deep");
    }

    #[test]
    fn every_pattern_of_the_specs_is_understood() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        let database = stellaops_db_spec::load(&folder).expect("the specs can be read");
        let database = database.unwrap_or_else(|report| panic!("{report}"));
        let tables = database.tables();
        let patterns: Vec<String> = tables
            .flat_map(|table| RowRules::of(table).columns)
            .flat_map(|(_, rules)| {
                let members = rules.documents.into_values().flatten();
                members.flat_map(patterns_of).chain(rules.limits.pattern)
            })
            .collect();
        assert!(patterns.len() > 100, "{}", patterns.len());
        for pattern in patterns {
            assert!(Pattern::parse(&pattern).is_some(), "{pattern}");
        }
    }

    fn patterns_of(member: MemberRules) -> Vec<String> {
        let inside = member.members.into_iter().flat_map(patterns_of);
        inside.chain(member.limits.pattern).collect()
    }
}
