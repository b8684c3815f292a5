//! A row as one line: canonical JSON (RFC 8785), exact for every type.
//!
//! A number of JSON is a double for who reads by that standard. So `bigint` is a text, and a document is the text of the
//! database's `jsonb`, whose numbers have any number of digits. Bytes are hexadecimal digits, times are UTC to the
//! microsecond, arrays are lists.

use serde_json::{Map, Value};
use stellaops_db_spec::model::{Column, ColumnType, Storage, Table};

/// How a column stands in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Text,
    /// A number of at most 32 bits.
    Number,
    /// True or false.
    Boolean,
    /// Hexadecimal digits.
    Bytes,
    /// A list of texts.
    List,
}

/// A value as the database's text of it; `None` is NULL.
pub(super) type Cell = Option<String>;

impl Form {
    fn of(column_type: &ColumnType) -> Self {
        match column_type {
            ColumnType::Uuid
            | ColumnType::Text
            | ColumnType::BigInt
            | ColumnType::TimestampTz
            | ColumnType::Date
            | ColumnType::Json(_) => Form::Text,
            ColumnType::SmallInt | ColumnType::Integer => Form::Number,
            ColumnType::Boolean => Form::Boolean,
            ColumnType::Bytea => Form::Bytes,
            ColumnType::TextArray | ColumnType::UuidArray => Form::List,
            ColumnType::Enum(declared) => match declared.storage {
                Storage::SmallInt => Form::Number,
                Storage::Text => Form::Text,
            },
        }
    }
}

/// The lines of a table.
#[derive(Debug, Clone)]
pub(super) struct Layout {
    /// Name and form of each column, in the order of the spec.
    pub(super) columns: Vec<(String, Form)>,
    /// The places of the columns in the order of their names, as the standard sorts members.
    sorted: Vec<usize>,
}

impl Layout {
    /// Every column but generated ones, which follow from others.
    pub(super) fn of(table: &Table) -> Self {
        let fields = table.fields().into_iter();
        Self::new(fields.map(|column| (column.name.clone(), Form::of(&column.column_type))))
    }

    pub(super) fn new(columns: impl IntoIterator<Item = (String, Form)>) -> Self {
        let columns: Vec<(String, Form)> = columns.into_iter().collect();
        let mut sorted: Vec<usize> = (0..columns.len()).collect();
        sorted.sort_by(|one, other| {
            columns[*one]
                .0
                .encode_utf16()
                .cmp(columns[*other].0.encode_utf16())
        });
        Layout { columns, sorted }
    }

    /// The place of a column.
    pub(super) fn place(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|(column, _)| column == name)
    }

    /// Appends a row as a line, without its end. The cells are in the order of the columns.
    ///
    /// # Errors
    /// The column whose text is not what its type gives.
    pub(super) fn write(&self, cells: &[Option<&str>], line: &mut String) -> Result<(), String> {
        line.push('{');
        for (number, place) in self.sorted.iter().enumerate() {
            if number > 0 {
                line.push(',');
            }
            let (name, form) = &self.columns[*place];
            quote(name, line);
            line.push(':');
            match cells.get(*place).copied().flatten() {
                None => line.push_str("null"),
                Some(text) => {
                    write_value(*form, text, line).ok_or_else(|| format!("`{name}` is no {form:?}"))?;
                }
            }
        }
        line.push('}');
        Ok(())
    }

    /// The cells of a line, which must be canonical to the byte.
    ///
    /// # Errors
    /// What is wrong with it, in words; values are never told.
    pub(super) fn read(&self, line: &str) -> Result<Vec<Cell>, String> {
        let members: Map<String, Value> =
            serde_json::from_str(line).map_err(|_| "it is no JSON object".to_owned())?;
        if let Some((name, _)) = members.iter().find(|(name, _)| self.place(name).is_none()) {
            return Err(format!("the table has no column `{name}`"));
        }
        let cells = self.columns.iter().map(|(name, form)| {
            let value = members.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
            cell(*form, value).ok_or_else(|| format!("`{name}` is no {form:?}"))
        });
        let cells: Vec<Cell> = cells.collect::<Result<_, String>>()?;
        let texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
        let mut again = String::with_capacity(line.len());
        self.write(&texts, &mut again)?;
        match again == line {
            true => Ok(cells),
            false => Err("it is not canonical: members in another order, twice, or with spaces".into()),
        }
    }
}

impl Form {
    /// The cell as the server reads it in.
    pub(super) fn input(self, cell: &str) -> String {
        match self {
            Form::Bytes => format!("\\x{cell}"),
            Form::List => {
                let items: Vec<Option<String>> = serde_json::from_str(cell).unwrap_or_default();
                let items = items.iter().map(|item| match item {
                    None => "NULL".to_owned(),
                    Some(item) => format!("\"{}\"", item.replace('\\', "\\\\").replace('"', "\\\"")),
                });
                format!("{{{}}}", items.collect::<Vec<_>>().join(","))
            }
            Form::Text | Form::Number | Form::Boolean => cell.to_owned(),
        }
    }
}

/// The SQL of a column's text, in a session with UTC and ISO dates.
pub(super) fn text_of(column: &Column) -> String {
    let value = column.sql_name();
    match &column.column_type {
        // Times before the year 1, behind 9999 and infinite ones are as the server writes them.
        ColumnType::TimestampTz => format!(
            "CASE WHEN {value} >= '0001-01-01 00:00:00+00' AND {value} < '10000-01-01 00:00:00+00' THEN to_char({value} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') ELSE {value}::text END"
        ),
        ColumnType::Bytea => format!("encode({value}, 'hex')"),
        ColumnType::TextArray | ColumnType::UuidArray => format!("to_json({value})::text"),
        _ => format!("{value}::text"),
    }
}

fn write_value(form: Form, text: &str, line: &mut String) -> Option<()> {
    match form {
        Form::Text => quote(text, line),
        Form::Bytes => {
            let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if !text.len().is_multiple_of(2) || !text.bytes().all(is_hex) {
                return None;
            }
            quote(text, line);
        }
        Form::Number => line.push_str(&text.parse::<i32>().ok()?.to_string()),
        Form::Boolean => line.push_str(match text {
            "true" => "true",
            "false" => "false",
            _ => return None,
        }),
        Form::List => {
            let items: Vec<Option<String>> = serde_json::from_str(text).ok()?;
            line.push('[');
            for (number, item) in items.iter().enumerate() {
                if number > 0 {
                    line.push(',');
                }
                match item {
                    None => line.push_str("null"),
                    Some(item) => quote(item, line),
                }
            }
            line.push(']');
        }
    }
    Some(())
}

/// Escapes what the standard escapes, and nothing else: the serializer's rules are the same.
fn quote(text: &str, line: &mut String) {
    line.push_str(&Value::from(text).to_string());
}

fn cell(form: Form, value: &Value) -> Option<Cell> {
    Some(Some(match (form, value) {
        (_, Value::Null) => return Some(None),
        (Form::Text | Form::Bytes, Value::String(text)) => text.clone(),
        (Form::Number, Value::Number(number)) => number.to_string(),
        (Form::Boolean, Value::Bool(truth)) => truth.to_string(),
        (Form::List, Value::Array(items)) => {
            let is_item = |item: &Value| item.is_string() || item.is_null();
            items.iter().all(is_item).then(|| value.to_string())?
        }
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORMS: [Form; 5] = [Form::Text, Form::Number, Form::Boolean, Form::Bytes, Form::List];

    fn layout() -> Layout {
        let names = ["zeta", "a_number", "flag", "bytes", "items"];
        Layout::new(names.into_iter().map(str::to_owned).zip(FORMS))
    }

    fn cells() -> impl Strategy<Value = Vec<Cell>> {
        let text = || prop::collection::vec(any::<char>(), 0..20).prop_map(String::from_iter);
        let list = prop::collection::vec(prop::option::of(text()), 0..5);
        (
            prop::option::of(text()),
            prop::option::of(any::<i32>().prop_map(|number| number.to_string())),
            prop::option::of(any::<bool>().prop_map(|truth| truth.to_string())),
            prop::option::of(
                prop::collection::vec(any::<u8>(), 0..20)
                    .prop_map(|bytes| crate::lifecycle::manifest::hexadecimal(&bytes)),
            ),
            prop::option::of(list.prop_map(|items| Value::from(items).to_string())),
        )
            .prop_map(|(text, number, flag, bytes, list)| vec![text, number, flag, bytes, list])
    }

    proptest! {
        #[test]
        fn a_row_is_its_line_and_back_and_the_line_is_canonical(cells in cells()) {
            let texts: Vec<Option<&str>> = cells.iter().map(Option::as_deref).collect();
            let mut line = String::new();
            layout().write(&texts, &mut line).expect("each cell has its form");
            prop_assert!(!line.contains('\n'));
            let value: Value = serde_json::from_str(&line).expect("it is JSON");
            prop_assert_eq!(serde_jcs::to_string(&value).expect("it has a canonical form"), line.clone());
            prop_assert_eq!(layout().read(&line), Ok(cells));
        }
    }

    #[test]
    fn another_spelling_of_a_line_is_refused() {
        let line = r#"{"a_number":1,"bytes":"ab","flag":true,"items":["x",null],"zeta":"é"}"#;
        assert!(layout().read(line).is_ok());
        for (other, fault) in [
            (line.replace("\"flag\":true,", ""), "`flag` is missing"),
            (line.replace("\"flag\"", "\"flags\""), "no column `flags`"),
            (line.replace(":1,", ":1.0,"), "`a_number` is no Number"),
            (line.replace(":1,", ": 1,"), "not canonical"),
            (line.replace("{", "{\"zeta\":\"x\","), "not canonical"),
            (line.replace("é", "\\u00e9"), "not canonical"),
            (line.replace("\"ab\"", "\"AB\""), "`bytes` is no Bytes"),
            (line.replace("null]", "1]"), "`items` is no List"),
            (line[1..].to_owned(), "no JSON object"),
        ] {
            let told = layout().read(&other).expect_err("it is refused");
            assert!(told.contains(fault), "{other}: {told}");
        }
    }
}
