//! Two dumps compared, object by object and, inside a table, line by line.

use std::collections::BTreeMap;

use stellaops_db::scaffold::Note;

/// Something that two dumps do not agree on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// The schema, and inside of a table `<schema>.<table>`.
    pub(crate) place: String,
    /// The object as the dump calls it, or the column or constraint.
    pub(crate) object: String,
    pub(crate) left: Option<String>,
    pub(crate) right: Option<String>,
}

impl Difference {
    /// Whether a note names the object.
    pub(crate) fn is_told(&self, notes: &[Note]) -> bool {
        let is_in_place = |note: &&Note| match self.place.contains('.') {
            true => note.relation == self.place,
            false => note.relation.starts_with(&format!("{}.", self.place)),
        };
        let mut told = notes.iter().filter(is_in_place);
        told.any(|note| !note.name.is_empty() && self.object.split(' ').any(|word| word == note.name))
    }
}

/// Everything that only one of them has, or both in another form.
pub(crate) fn differences(left: &str, right: &str) -> Vec<Difference> {
    let (left, right) = (parts(left), parts(right));
    let keys: std::collections::BTreeSet<_> = left.keys().chain(right.keys()).collect();
    let differing = keys.into_iter().filter(|key| left.get(*key) != right.get(*key));
    differing
        .map(|key| Difference {
            place: key.0.clone(),
            object: key.1.clone(),
            left: left.get(key).cloned(),
            right: right.get(key).cloned(),
        })
        .collect()
}

fn parts(dump: &str) -> BTreeMap<(String, String), String> {
    let mut parts = BTreeMap::new();
    for block in dump.split("\n--\n-- Name: ").skip(1) {
        let (head, body) = block.split_once('\n').expect("a body");
        let field = |name: &str| {
            let (_, behind) = head.split_once(&format!("; {name}: ")).expect("a field");
            behind.split(';').next().unwrap_or_default().to_owned()
        };
        let (name, _) = head.split_once(';').expect("a name");
        let (kind, schema) = (field("Type"), field("Schema"));
        let body = body.trim_start_matches("--").trim();
        if kind != "TABLE" {
            parts.insert((schema, format!("{name} {kind}")), body.into());
            continue;
        }
        let (begin, rest) = body.split_once("(\n").expect("columns");
        let (lines, end) = rest.rsplit_once("\n)").expect("an end");
        let place = format!("{schema}.{name}");
        parts.insert((place.clone(), kind), format!("{begin}{end}"));
        for (position, line) in lines.trim().split(",\n    ").enumerate() {
            let label = line.strip_prefix("CONSTRAINT ").unwrap_or(line);
            let object = label.split(' ').next().unwrap_or_default();
            parts.insert((place.clone(), format!("{object} at {position}")), line.into());
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::differences;

    const DUMP: &str = "
--
-- Name: a; Type: TABLE; Schema: s; Owner: o
--

CREATE TABLE s.a (
    x integer,
    CONSTRAINT ck_a_x CHECK ((x > 1))
);

--
-- Name: a trg; Type: TRIGGER; Schema: s; Owner: o
--

CREATE TRIGGER trg;
";

    #[test]
    fn a_difference_is_found_and_is_told_by_no_note_of_another_name() {
        assert_eq!(differences(DUMP, DUMP), []);
        let other = DUMP
            .replace("x > 1", "x > 2")
            .replace("TRIGGER trg;", "TRIGGER trg -;");
        let found = differences(DUMP, &other);
        let objects: Vec<&str> = found.iter().map(|found| found.object.as_str()).collect();
        assert_eq!(objects, ["a trg TRIGGER", "ck_a_x at 1"]);
        assert!(found.iter().all(|found| !found.is_told(&[])));
    }
}
