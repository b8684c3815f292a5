//! Expressions of the specs beside those that are there.

use stellaops_db_spec::ddl::expected::{self, Part, Wording};
use stellaops_db_spec::model::{Table, quote_identifier};
use stellaops_db_spec::rule::{self, Rule};

use super::question::Rows;
use crate::verify::audit::Object;
use crate::verify::catalog::{Catalog, Column, Name, SHARED, Trigger};
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

impl<'a> Pair<'a> {
    /// A part of a table's shape.
    fn of_shape(what: String, wanted: Option<String>, found: Option<&'a str>, calls: &'a [String]) -> Self {
        Pair {
            rule: rule::TABLES_THERE,
            what,
            wanted,
            found,
            calls,
            stored_as: None,
            is_printed: false,
            help: "apply the generated schema's SQL, which names every difference, and migrate the table"
                .into(),
        }
    }

    /// A column's default, or what it is generated from.
    fn of_column(column: &'a Column, wanted: Option<String>) -> Self {
        let of = match column.generated.as_str() {
            "" => "default",
            _ => "expression",
        };
        let what = format!("the {of} of the column `{}`", column.name);
        Pair {
            stored_as: Some(&column.type_name),
            ..Pair::of_shape(what, wanted, column.expression.as_deref(), &column.calls)
        }
    }

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

impl<'a> Sheet<'a> {
    /// Over the relation's own rows.
    fn of_values(
        catalog: &'a Catalog,
        table: Option<&'a Table>,
        relation: Name,
        mut pairs: Vec<Pair<'a>>,
    ) -> Self {
        pairs.retain(|pair| pair.wanted.is_some() || pair.found.is_some());
        let known = catalog.relations.get_key_value(&relation);
        let name = known.map_or("", |(name, _)| name.1.as_str());
        Sheet {
            table,
            rows: vec![(name, catalog.columns_of(&relation))],
            relation,
            pairs,
        }
    }

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
            let relation = partition.full_name();
            sheets.push(of_partition(catalog, table, relation.clone()));
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
    let mut pairs = Vec::new();
    let checks = catalog.constraints_of(&relation).iter();
    for check in checks.filter(|constraint| constraint.kind == "c") {
        // One that the specs do not have is told elsewhere.
        if let Some(condition) = text(Part::Check, &check.name) {
            let what = format!("the check `{}`", check.name);
            let found = check.condition.as_deref();
            pairs.push(Pair::of_shape(what, Some(condition), found, &check.calls));
        }
    }
    let columns = catalog.columns_of(&relation);
    pairs.extend(
        columns
            .iter()
            .map(|column| Pair::of_column(column, text(Part::Column, &column.name))),
    );
    let own = catalog.indexes_of(&relation).iter();
    pairs.extend(own.filter(|index| indexes.contains(&index.name)).map(|index| {
        let what = format!("the condition of the index `{}`", index.name);
        let wanted = text(Part::Index, &index.name);
        Pair::of_shape(what, wanted, index.condition.as_deref(), &index.calls)
    }));
    Sheet::of_values(catalog, table, relation, pairs)
}

/// What the columns of a partition are generated from: since PostgreSQL 16 it may be something else than in the table. Held
/// against what the server prints of the table's own. A default is the table's, whichever partition a row comes to.
fn of_partition<'a>(catalog: &'a Catalog, table: &'a Table, relation: Name) -> Sheet<'a> {
    let own = catalog.columns_of(&key_of(table));
    let columns = catalog.columns_of(&relation).iter();
    let pairs = columns
        .filter(|column| !column.generated.is_empty())
        .map(|column| {
            let of_table = own.iter().find(|other| other.name == column.name);
            Pair {
                is_printed: true,
                ..Pair::of_column(column, of_table.and_then(|column| column.expression.clone()))
            }
        });
    let pairs = pairs.collect();
    Sheet::of_values(catalog, Some(table), relation, pairs)
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
