//! Expressions of the specs beside those that are there.

use stellaops_db_spec::ddl::expected::{self, Part, Wording};
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule::{self, Rule};

use super::question::Rows;
use crate::verify::audit::Object;
use crate::verify::catalog::{Catalog, Name, SHARED, Trigger};
use crate::verify::check::{Context, apply, key_of, sql_name};

/// An expression of the specs, and the one that is there under its name.
pub(super) struct Pair<'a> {
    pub(super) rule: &'static Rule,
    /// ``the check `ck_runs_state` ``
    pub(super) what: String,
    pub(super) wanted: Option<String>,
    pub(super) found: Option<&'a str>,
    /// What the found one calls that somebody made.
    pub(super) calls: &'a [String],
    /// Of a column's value: the type that it is stored as.
    stored_as: Option<&'a str>,
    /// Whether both are the server's own prints, so that nothing has to be planned.
    pub(super) is_printed: bool,
    pub(super) help: String,
}

impl Pair<'_> {
    /// The text as a value of a SELECT.
    pub(super) fn as_value(&self, text: &str) -> String {
        match self.stored_as {
            Some(type_name) => format!("CAST(({text}) AS {type_name})"),
            None => format!("({text})"),
        }
    }
}

/// Pairs over the same rows.
pub(super) struct Sheet<'a> {
    table: Option<&'a Table>,
    relation: Name,
    pub(super) rows: Rows<'a>,
    pub(super) pairs: Vec<Pair<'a>>,
}

impl Sheet<'_> {
    pub(super) fn object(&self) -> Object<'_> {
        match self.table {
            Some(table) if key_of(table) == self.relation => Object::Table(table),
            Some(table) => Object::Of(table, self.shown()),
            None => Object::Other(self.shown()),
        }
    }

    /// Whether a column has a type of somebody's own.
    pub(super) fn has_own_types(&self) -> bool {
        let mut columns = self.rows.iter().flat_map(|(_, columns)| columns.iter());
        columns.any(|column| column.has_own_type)
    }

    /// `<schema>.<name>`
    pub(super) fn shown(&self) -> String {
        sql_name(&self.relation)
    }
}

/// All that is to be compared: of each table, of its triggers, of the triggers of its partitions, of the shared tables.
pub(super) fn sheets<'a>(context: &'a Context<'_>) -> Vec<Sheet<'a>> {
    let catalog = context.catalog;
    let mut sheets = Vec::new();
    for table in context.tables() {
        let indexes = expected::indexes(table);
        let relation = key_of(table);
        sheets.push(of_columns(
            catalog,
            Some(table),
            relation.clone(),
            &expected::wordings(table),
            &indexes,
        ));
        let own = catalog.triggers_of(&relation);
        sheets.push(of_triggers(catalog, table, relation, None));
        for partition in catalog.partitions(table) {
            let relation = (partition.schema.clone(), partition.name.clone());
            sheets.push(of_triggers(catalog, table, relation, Some(own)));
        }
    }
    for table in expected::shared_tables() {
        let relation = (SHARED.to_owned(), table.name);
        if catalog.relations.contains_key(&relation) {
            sheets.push(of_columns(catalog, None, relation, &table.wordings, &[]));
        }
    }
    sheets.retain(|sheet| !sheet.pairs.is_empty());
    sheets
}

/// Checks, columns and indexes. What is not there at all is told by others.
fn of_columns<'a>(
    catalog: &'a Catalog,
    table: Option<&'a Table>,
    relation: Name,
    wanted: &[Wording],
    indexes: &[String],
) -> Sheet<'a> {
    let text = |part: Part, name: &str| {
        let mut texts = wanted.iter();
        let found = texts.find(|wording| wording.part == part && wording.name == name);
        found.map(|wording| wording.text.clone())
    };
    let pair = |what: String, wanted, found, calls| Pair {
        rule: rule::TABLES_THERE,
        what,
        wanted,
        found,
        calls,
        stored_as: None,
        is_printed: false,
        help: "apply the generated schema's SQL, which names every difference, and migrate the table".into(),
    };
    let columns = catalog.columns_of(&relation);
    let mut pairs = Vec::new();
    for constraint in catalog.constraints_of(&relation) {
        let condition = text(Part::Check, &constraint.name).filter(|_| constraint.kind == "c");
        if condition.is_some() {
            let what = format!("the check `{}`", constraint.name);
            pairs.push(pair(
                what,
                condition,
                constraint.condition.as_deref(),
                &constraint.calls,
            ));
        }
    }
    for column in columns {
        let of = if column.generated.is_empty() {
            "default"
        } else {
            "expression"
        };
        let what = format!("the {of} of the column `{}`", column.name);
        let wanted = text(Part::Column, &column.name);
        let value = pair(what, wanted, column.expression.as_deref(), &column.calls);
        pairs.push(Pair {
            stored_as: Some(&column.type_name),
            ..value
        });
    }
    for index in catalog
        .indexes_of(&relation)
        .iter()
        .filter(|index| indexes.contains(&index.name))
    {
        let what = format!("the condition of the index `{}`", index.name);
        let wanted = text(Part::Index, &index.name);
        pairs.push(pair(what, wanted, index.condition.as_deref(), &index.calls));
    }
    pairs.retain(|pair| pair.wanted.is_some() || pair.found.is_some());
    let name = catalog
        .relations
        .get_key_value(&relation)
        .map_or("", |(name, _)| name.1.as_str());
    Sheet {
        table,
        rows: vec![(name, columns)],
        relation,
        pairs,
    }
}

/// The conditions of triggers that are those of the specs otherwise. Those of a partition are held against those of the
/// table's own, as the server prints both: it does not say what the copies call that it makes on partitions.
fn of_triggers<'a>(
    catalog: &'a Catalog,
    table: &'a Table,
    relation: Name,
    own: Option<&'a [Trigger]>,
) -> Sheet<'a> {
    let there = catalog.triggers_of(&relation);
    let wanted = expected::triggers(table).into_iter();
    let pairs = wanted.filter_map(|trigger| {
        let condition = trigger.condition?;
        let found = there
            .iter()
            .find(|found| found.form().as_ref() == Some(&trigger.form))?;
        let of_own = |own: &'a [Trigger]| {
            let own = own
                .iter()
                .find(|own| quote_identifier(&own.name) == trigger.form.name);
            own.and_then(Trigger::condition).map(str::to_owned)
        };
        Some(Pair {
            rule: rule::TRIGGERS_ON,
            what: format!("the condition of the trigger {}", trigger.form.name),
            wanted: own.map_or(Some(condition), of_own),
            found: found.condition(),
            calls: &found.calls,
            stored_as: None,
            is_printed: own.is_some(),
            help: apply(&table.schema),
        })
    });
    let columns = catalog.columns_of(&relation);
    Sheet {
        table: Some(table),
        rows: vec![("old", columns), ("new", columns)],
        pairs: pairs.collect(),
        relation,
    }
}
