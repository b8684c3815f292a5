//! Full-text search: the generated column, as the toolkit makes it.

use super::catalog::Column;
use super::draft::Draft;
use super::nested::joined;
use super::toml::{self, Section};

/// Takes over the column of a search. A tsvector that is made in another way is left out.
pub(super) fn take(draft: &mut Draft<'_>, column: &Column, expression: &str) -> bool {
    let Some((language, fields)) = read(draft, expression) else {
        let missing = format!("it is a tsvector of another form: {expression}");
        draft.note(("column", &column.name), missing, "it is left out");
        return true;
    };
    let relation = draft.relation;
    let is_its = |index: &&super::catalog::Index| {
        let first = index.columns.first().and_then(|found| found.name.as_ref());
        index.method == "gin" && first == Some(&column.name)
    };
    let comment = relation
        .indexes
        .iter()
        .find(is_its)
        .and_then(|index| index.comment.clone());
    let why = draft.why(&format!("the search {}", column.name), &comment);
    let section = Section::new("[search]", ("column", &column.name))
        .with("column", toml::text(&draft.names.get(&column.name)))
        .with("language", toml::text(language))
        .with("fields", format!("[{}]", fields.join(", ")))
        .with("why", toml::text(&why));
    draft.rest.push(section);
    true
}

fn read(draft: &Draft<'_>, expression: &str) -> Option<(&'static str, Vec<String>)> {
    let mut language = None;
    let mut fields = Vec::new();
    for part in joined(expression, " || ") {
        let inside = part
            .strip_prefix("setweight(to_tsvector(")?
            .strip_suffix("::\"char\")")?;
        let (configuration, rest) = inside.split_once("::regconfig, ")?;
        let spoken = match configuration {
            "'simple'" => "simple",
            "'english'" => "english",
            _ => return None,
        };
        if language.is_some_and(|known| known != spoken) {
            return None;
        }
        language = Some(spoken);
        let (words, weight) = rest.rsplit_once("), ")?;
        let column = draft
            .relation
            .columns
            .iter()
            .find(|column| forms(column).iter().any(|form| form == words))?;
        fields.push(format!(
            "{{ column = {}, weight = {} }}",
            toml::text(&draft.names.get(&column.name)),
            toml::text(weight.trim_matches('\''))
        ));
    }
    Some((language?, fields))
}

/// How the toolkit, and the server after it, write the words of a column.
fn forms(column: &Column) -> Vec<String> {
    let name = stellaops_db_spec::model::quote_identifier(&column.name);
    let text = match column.not_null {
        true => name.clone(),
        false => format!("COALESCE({name}, '')"),
    };
    let list = match column.not_null {
        true => name.clone(),
        false => format!("COALESCE({name}, '{{}}'::text[])"),
    };
    vec![
        format!("\"left\"({text}, 100000)"),
        format!("jsonb_object({list}, {list})"),
        text,
    ]
}
