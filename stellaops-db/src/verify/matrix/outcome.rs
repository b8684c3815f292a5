//! What happens in a cell, and what should.

use std::fmt;

/// How many rows were seen, written or removed, by tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rows {
    /// Of the first tenant, which has a row.
    pub first: i64,
    /// Of the second, which has one.
    pub second: i64,
    /// Of the third, which has none until one is written.
    pub third: i64,
    /// Of `@global`; of a table without tenants, all.
    pub global: i64,
}

impl Rows {
    fn parts(self) -> [(i64, &'static str); 4] {
        [
            (self.first, "of the first tenant"),
            (self.second, "of the second tenant"),
            (self.third, "of the third tenant"),
            (self.global, "that are nobody's"),
        ]
    }

    /// Whether any number is greater than the other's.
    fn is_more_than(self, other: Rows) -> bool {
        let pairs = self.parts().into_iter().zip(other.parts());
        pairs.into_iter().any(|((own, _), (other, _))| own > other)
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let some = self.parts().into_iter().filter(|(number, _)| *number > 0);
        let words: Vec<String> = some.map(|(number, whose)| format!("{number} {whose}")).collect();
        match words.as_slice() {
            [] => formatter.write_str("no row"),
            words => write!(formatter, "rows: {}", words.join(", ")),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// These rows were reached.
    Reached(Rows),
    /// The statement was refused.
    Refused {
        /// The SQLSTATE.
        code: String,
        /// The server's words.
        message: String,
    },
    /// A way around the policies, as the audit tells it; none found is none.
    Found(Option<String>),
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Reached(rows) => rows.fmt(formatter),
            Outcome::Refused { code, message } => write!(formatter, "refused, {code} {message}"),
            Outcome::Found(None) => formatter.write_str("nothing"),
            Outcome::Found(Some(what)) => formatter.write_str(what),
        }
    }
}

/// What should happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These rows are reached.
    Reaches(Rows),
    /// No others than these are reached; a refusal is as good.
    ReachesAtMost(Rows),
    /// The statement is refused with one of these SQLSTATEs.
    Refuses(&'static [&'static str]),
    /// There is no way around the policies.
    Nothing,
}

impl Expected {
    /// Holds what happened against it.
    pub fn judge(&self, outcome: &Outcome) -> Verdict {
        match (self, outcome) {
            (Expected::Reaches(expected), Outcome::Reached(rows)) if rows == expected => Verdict::AsSpecified,
            (Expected::Reaches(expected), Outcome::Reached(rows)) if rows.is_more_than(*expected) => {
                Verdict::Leaks
            }
            (Expected::Refuses(codes), Outcome::Refused { code, .. }) if codes.contains(&code.as_str()) => {
                Verdict::AsSpecified
            }
            (Expected::Refuses(_), Outcome::Reached(rows)) if *rows != Rows::default() => Verdict::Leaks,
            (Expected::ReachesAtMost(expected), Outcome::Reached(rows)) if rows.is_more_than(*expected) => {
                Verdict::Leaks
            }
            (Expected::ReachesAtMost(_), Outcome::Reached(_) | Outcome::Refused { .. }) => {
                Verdict::AsSpecified
            }
            (Expected::Nothing, Outcome::Found(None)) => Verdict::AsSpecified,
            (Expected::Nothing, _) => Verdict::Leaks,
            _ => Verdict::Differs,
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Reaches(rows) => rows.fmt(formatter),
            Expected::ReachesAtMost(rows) => write!(formatter, "{rows} at most"),
            Expected::Nothing => formatter.write_str("nothing"),
            Expected::Refuses(codes) => write!(formatter, "a refusal, {}", codes.join(" or ")),
        }
    }
}

/// What that means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// What the specs say.
    AsSpecified,
    /// More was reached than the specs allow.
    Leaks,
    /// Less was reached, or it was refused otherwise, or not said.
    Differs,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Rows = Rows {
        first: 1,
        second: 0,
        third: 0,
        global: 0,
    };

    #[test]
    fn more_than_expected_leaks_and_less_differs() {
        let refused = |code: &str| Outcome::Refused {
            code: code.into(),
            message: String::new(),
        };
        let more = Outcome::Reached(Rows { second: 1, ..ONE });
        let none = Outcome::Reached(Rows::default());
        assert_eq!(
            Expected::Reaches(ONE).judge(&Outcome::Reached(ONE)),
            Verdict::AsSpecified
        );
        assert_eq!(Expected::Reaches(ONE).judge(&more), Verdict::Leaks);
        assert_eq!(Expected::Reaches(ONE).judge(&none), Verdict::Differs);
        assert_eq!(Expected::Reaches(ONE).judge(&refused("42501")), Verdict::Differs);
        assert_eq!(
            Expected::Refuses(&["42501"]).judge(&refused("42501")),
            Verdict::AsSpecified
        );
        assert_eq!(
            Expected::Refuses(&["42501"]).judge(&refused("SD001")),
            Verdict::Differs
        );
        assert_eq!(
            Expected::Refuses(&["42501"]).judge(&Outcome::Reached(ONE)),
            Verdict::Leaks
        );
        assert_eq!(Expected::Refuses(&["SD001"]).judge(&none), Verdict::Differs);
    }
}
