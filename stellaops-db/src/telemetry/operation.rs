/// What a statement is, as the comment in front of its text says: `/* stellaops-db scheduler.graph_jobs get */`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operation<'s> {
    /// `<schema>.<table>`; empty for a statement of no single table.
    pub(crate) table: &'s str,
    /// The verb.
    pub(crate) verb: &'s str,
}

impl<'s> Operation<'s> {
    pub(crate) fn of(sql: &'s str) -> Self {
        let comment = sql
            .strip_prefix("/* stellaops-db ")
            .and_then(|rest| rest.split_once(" */"));
        let comment = comment.map_or("statement", |(comment, _)| comment);
        // The types of a query's parameters are no part of its name.
        let comment = comment.split('(').next().unwrap_or(comment);
        match comment.split_once(' ') {
            Some((table, verb)) if table.contains('.') => Operation { table, verb },
            _ => Operation {
                table: "",
                verb: comment,
            },
        }
    }
}

impl std::fmt::Display for Operation<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.table {
            "" => formatter.write_str(self.verb),
            table => write!(formatter, "{} {table}", self.verb),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Operation;

    #[test]
    fn a_statement_is_named_by_its_comment() {
        for (sql, name) in [
            (
                "/* stellaops-db scheduler.graph_jobs get */ SELECT 1",
                "get scheduler.graph_jobs",
            ),
            (
                "/* stellaops-db library.wishes find with */ WITH",
                "find with library.wishes",
            ),
            ("/* stellaops-db query(text, uuid) */ SELECT $1", "query"),
            (
                "/* stellaops-db system_access opened */ INSERT",
                "system_access opened",
            ),
            ("SELECT 1", "statement"),
            ("/* stellaops-db ", "statement"),
        ] {
            assert_eq!(Operation::of(sql).to_string(), name);
        }
    }
}
