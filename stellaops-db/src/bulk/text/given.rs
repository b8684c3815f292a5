//! The rows as a relation: `given`.

use crate::bulk::text::{Given, Row, Text, comma};
use crate::value::{Parameter, ParameterType};

impl Text<'_> {
    pub(super) fn given(&mut self, given: Given<'_>) -> String {
        match given {
            Given::Values(rows, first) => self.values(rows, first),
            Given::Arrays(rows, first) => self.arrays(rows, first),
            Given::Table(name, rows) => {
                let number = |number| Parameter::BigInt(i64::try_from(number).ok());
                let (from, to) = (
                    self.parameters.number(number(rows.start)),
                    self.parameters.number(number(rows.end)),
                );
                format!("SELECT * FROM {name} WHERE n >= {from} AND n < {to}")
            }
        }
    }

    fn values(&mut self, rows: &[Row], first: usize) -> String {
        let values = rows.iter().enumerate().map(|(number, row)| {
            let values: Vec<_> = row
                .iter()
                .map(|value| self.parameters.number(value.clone()))
                .collect();
            let number = first + number;
            format!(
                "({})",
                comma([format!("{number}::bigint")].into_iter().chain(values))
            )
        });
        let values = comma(values.collect::<Vec<_>>());
        format!("SELECT * FROM (VALUES {values}) AS v ({})", self.names())
    }

    fn arrays(&mut self, rows: &[Row], first: usize) -> String {
        let numbers = (first..first + rows.len()).map(|number| Parameter::BigInt(i64::try_from(number).ok()));
        let mut arrays = vec![
            self.parameters
                .number(Parameter::Several(ParameterType::BigInt, numbers.collect())),
        ];
        let mut columns = vec!["v.n".to_owned()];
        for (position, of) in self.plan.given().into_iter().enumerate() {
            let (sent, cast) = as_element(of);
            let values = rows.iter().map(|row| element(&row[position])).collect();
            arrays.push(self.parameters.number(Parameter::Several(sent, values)));
            columns.push(format!("v.c{position}{cast}"));
        }
        format!(
            "SELECT {} FROM unnest({}) AS v ({})",
            names_as(&columns),
            comma(arrays),
            self.names()
        )
    }

    /// `n, c0, c1`
    fn names(&self) -> String {
        let columns = (0..self.plan.given().len()).map(|position| format!("c{position}"));
        comma(["n".to_owned()].into_iter().chain(columns))
    }
}

/// `v.c0 AS c0` for what is cast: the relation keeps its names.
fn names_as(columns: &[String]) -> String {
    comma(columns.iter().map(|column| {
        let name = column
            .trim_start_matches("v.")
            .split("::")
            .next()
            .unwrap_or_default();
        format!("{column} AS {name}")
    }))
}

/// As what a value of that type is an element of an array, and the cast back: there are no arrays of arrays
/// that differ in length.
fn as_element(of: ParameterType) -> (ParameterType, &'static str) {
    match of {
        ParameterType::TextArray => (ParameterType::Text, "::text[]"),
        ParameterType::UuidArray => (ParameterType::Text, "::uuid[]"),
        ParameterType::Json => (ParameterType::Text, "::jsonb"),
        other => (other, ""),
    }
}

fn element(value: &Parameter) -> Parameter {
    let quoted = |text: &String| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let array = |elements: Vec<String>| format!("{{{}}}", elements.join(","));
    match value {
        Parameter::TextArray(texts) => Parameter::Text(
            texts
                .as_ref()
                .map(|texts| array(texts.iter().map(quoted).collect())),
        ),
        Parameter::UuidArray(ids) => {
            let ids = ids.as_ref();
            Parameter::Text(ids.map(|ids| array(ids.iter().map(ToString::to_string).collect())))
        }
        Parameter::Json(text) => Parameter::Text(text.clone()),
        other => other.clone(),
    }
}
