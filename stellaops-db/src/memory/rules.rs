//! The rules of a table's rows, with columns as positions: what the descriptor's text and its constants say.

use stellaops_db_spec::expression::Expression;
use stellaops_db_spec::model::name;
use stellaops_db_spec::row_rules::{ColumnRules, Deletion, RowRules, Steps};

use crate::table::TableDescriptor;

/// What holds of a table's rows.
#[derive(Debug)]
pub(super) struct Rules {
    /// In the order in which PostgreSQL looks at them.
    pub(super) unique_keys: Vec<UniqueKey>,
    /// By the names of the constraints, as PostgreSQL looks at them.
    pub(super) checks: Vec<Check>,
    /// The legal steps of statuses.
    pub(super) statuses: Vec<(usize, Steps)>,
    /// The retired values of enums, as they are stored and by name.
    pub(super) retired: Vec<(usize, Vec<(String, String)>)>,
    /// Generated columns: the column of documents, and the path.
    pub(super) generated: Vec<(usize, usize, Vec<String>)>,
    /// Texts that have another order than that of their bytes.
    pub(super) collated: Vec<usize>,
    pub(super) references: Vec<Reference>,
    /// What of a queue is swapped, its running status, and what a swap to anything else clears.
    pub(super) lease: Option<(usize, Option<String>, Vec<usize>)>,
}

/// The rows of a partial index or key.
#[derive(Debug)]
pub(super) enum Partial {
    All,
    Some(Expression),
    /// The condition is none that is understood here.
    Unknown(&'static str),
}

#[derive(Debug)]
pub(super) struct UniqueKey {
    pub(super) constraint: &'static str,
    pub(super) columns: &'static [usize],
    pub(super) partial: Partial,
}

#[derive(Debug)]
pub(super) struct Check {
    pub(super) constraint: String,
    pub(super) holds: Holds,
}

#[derive(Debug)]
pub(super) enum Holds {
    /// The limits of a column.
    Limits(usize, Box<ColumnRules>),
    /// A condition of the spec, which has to be true.
    True(Expression),
}

#[derive(Debug)]
pub(super) struct Reference {
    pub(super) constraint: &'static str,
    pub(super) parent: &'static str,
    /// The columns that point, without the tenant.
    pub(super) columns: Vec<usize>,
    /// The parent's columns, by name: the parent may not be known yet.
    pub(super) parent_columns: Vec<String>,
    /// The column with the parent's tenant, where it is not the row's own.
    pub(super) parent_tenant: Option<usize>,
    pub(super) on_delete: OnDelete,
}

#[derive(Debug)]
pub(super) enum OnDelete {
    Restrict,
    Cascade,
    /// These columns become NULL.
    Clear(Vec<usize>),
}

impl Partial {
    pub(super) fn of(condition: Option<&'static str>) -> Self {
        match condition {
            None => Partial::All,
            Some(text) => Expression::parse(text).map_or(Partial::Unknown(text), Partial::Some),
        }
    }
}

impl Rules {
    /// Of the table. The text is a derive's: it was written by the same version of the same crate.
    pub(super) fn of(table: &'static TableDescriptor) -> Self {
        let rules = RowRules::from_text(table.row_rules).unwrap_or_default();
        let position = |name: &String| table.columns.iter().position(|column| column == name);
        let columns = rules.columns.iter();
        let columns: Vec<(usize, &ColumnRules)> = columns
            .filter_map(|(name, rules)| Some((position(name)?, rules)))
            .collect();
        let of_columns = |take: &dyn Fn(&ColumnRules) -> bool| -> Vec<usize> {
            let taken = columns.iter().filter(|(_, rules)| take(rules));
            taken.map(|(column, _)| *column).collect()
        };
        let statuses = columns.iter();
        let statuses = statuses.filter_map(|(column, rules)| Some((*column, rules.steps.clone()?)));
        let retired = columns.iter().filter(|(_, rules)| !rules.retired.is_empty());
        let generated = columns.iter().filter_map(|(column, rules)| {
            let (source, path) = rules.generated.clone()?;
            Some((*column, position(&source)?, path))
        });
        let lease = rules.lease.as_ref().and_then(|lease| {
            let cleared = lease.cleared.iter().filter_map(position).collect();
            Some((position(&lease.column)?, lease.running.clone(), cleared))
        });
        Rules {
            unique_keys: unique_keys(table),
            checks: checks(table, &rules, &columns),
            statuses: statuses.collect(),
            retired: retired
                .map(|(column, rules)| (*column, rules.retired.clone()))
                .collect(),
            generated: generated.collect(),
            collated: of_columns(&|rules| rules.collated),
            references: references(table, &rules),
            lease,
        }
    }
}

/// Keys that hold for all rows are made with the table, the others after it.
fn unique_keys(table: &'static TableDescriptor) -> Vec<UniqueKey> {
    let keys = table.unique_keys.iter().map(|key| UniqueKey {
        constraint: key.constraint,
        columns: key.columns,
        partial: Partial::of(key.condition),
    });
    let (whole, partial): (Vec<_>, Vec<_>) = keys.partition(|key| matches!(key.partial, Partial::All));
    whole.into_iter().chain(partial).collect()
}

fn checks(table: &TableDescriptor, rules: &RowRules, columns: &[(usize, &ColumnRules)]) -> Vec<Check> {
    let constraint = |name: &str| name::bounded(format!("ck_{}_{name}", table.name));
    let limits = columns.iter().map(|(column, rules)| Check {
        constraint: constraint(table.column_name(*column)),
        holds: Holds::Limits(*column, Box::new((*rules).clone())),
    });
    let conditions = rules.checks.iter().filter_map(|(name, condition)| {
        Some(Check {
            constraint: constraint(name),
            holds: Holds::True(Expression::parse(condition)?),
        })
    });
    let mut checks: Vec<Check> = limits.chain(conditions).collect();
    checks.sort_by(|left, right| left.constraint.cmp(&right.constraint));
    checks
}

fn references(table: &TableDescriptor, rules: &RowRules) -> Vec<Reference> {
    let positions = |names: &[String]| -> Vec<usize> {
        let position = |name: &String| table.columns.iter().position(|column| column == name);
        names.iter().filter_map(position).collect()
    };
    let references = table.references.iter().zip(&rules.references);
    let references = references.map(|(descriptor, rules)| Reference {
        constraint: descriptor.constraint,
        parent: descriptor.parent,
        columns: positions(&rules.columns),
        parent_columns: rules.parent_columns.clone(),
        parent_tenant: descriptor.parent_tenant,
        on_delete: match &rules.on_delete {
            Deletion::Restrict => OnDelete::Restrict,
            Deletion::Cascade => OnDelete::Cascade,
            Deletion::Clear(columns) => OnDelete::Clear(positions(columns)),
        },
    });
    references.collect()
}
