//! What the database holds of each row beside the types, as data: for who keeps rows without a database.
//!
//! A derive writes it into the descriptor as one text, because texts are nearly free to compile, and names what it
//! can by name. What the Rust types hold already (the values of an enum, the members of a document) is left out.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::expression::Expression;
use crate::model::{
    Column, ColumnRole, ColumnType, Enum, Member, MemberType, OnDelete, Reference, Shape, Storage, Table,
};

/// The rules of a table's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RowRules {
    /// Of columns, by name; only those of which there is something to say.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnRules>,
    /// The foreign keys, in declared order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<ReferenceRules>,
    /// The checks that are of the forms of [`Expression`]: name and condition.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<(String, String)>,
    /// The lease of a queue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<LeaseRules>,
}

/// The rules of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct ColumnRules {
    /// What its values keep within.
    #[serde(flatten)]
    pub limits: Limits,
    /// The legal steps of a status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// The retired values of an enum, as they are stored, each with its name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<(String, String)>,
    /// The column and the members that a generated column is computed from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub generated: Option<(String, Vec<String>)>,
    /// Whether texts have another order than that of their bytes.
    #[serde(skip_serializing_if = "is_false")]
    pub collated: bool,
    /// The members of the column's documents, by the documents' versions; only members with limits.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub documents: BTreeMap<String, Vec<MemberRules>>,
}

/// What a value keeps within.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Limits {
    /// The least integer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The greatest integer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The least number of characters, bytes or elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_length: Option<i64>,
    /// The greatest number of characters, bytes or elements.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
    /// The regular expression of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
}

/// The legal steps of a status. Values are as they are stored: a number's digits, or the name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Steps {
    /// The steps: from, to.
    pub legal: Vec<(String, String)>,
    /// The names of values that are stored as numbers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
}

/// The limits of a member of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct MemberRules {
    /// The name in the JSON.
    pub name: String,
    /// What the member keeps within, or each value inside; the number of items is the list's own.
    #[serde(flatten)]
    pub limits: Limits,
    /// Whether the values stand under free keys.
    #[serde(skip_serializing_if = "is_false")]
    pub is_map: bool,
    /// The members of the part that the member, or each value inside, is; only those with limits.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<MemberRules>,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ReferenceRules {
    /// The columns that point, without the tenant.
    pub columns: Vec<String>,
    /// The columns of the parent's key that they point at, without the tenant.
    pub parent_columns: Vec<String>,
    /// What happens to the row when the parent is deleted.
    pub on_delete: Deletion,
}

/// What happens to a row when the row it points at is deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deletion {
    /// The parent cannot be deleted.
    Restrict,
    /// The row goes with it.
    Cascade,
    /// These columns become NULL.
    Clear(Vec<String>),
}

/// The lease of a queue: what is cleared when a swap leaves the running status, or moves the time of a recurring row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LeaseRules {
    /// The swapped column.
    pub column: String,
    /// The running status, as it is stored; none of a recurring queue, where every swap clears.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub running: Option<String>,
    /// The columns that are cleared.
    pub cleared: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !value
}

impl RowRules {
    /// The rules of a table.
    pub fn of(table: &Table) -> Self {
        // What a tenant's id looks like, its type says.
        let columns = table
            .columns
            .iter()
            .filter(|column| column.role != ColumnRole::Tenant);
        let columns = columns.map(|column| (column.name.clone(), column_rules(column)));
        let declared = table.checks.iter();
        let declared = declared.map(|check| (check.name.clone(), check.expression.clone()));
        let references = table.references.iter();
        let implied = references.flat_map(|reference| implied_checks(table, reference));
        let checks = declared.chain(implied);
        RowRules {
            columns: columns
                .filter(|(_, rules)| *rules != ColumnRules::default())
                .collect(),
            references: table.references.iter().map(reference_rules).collect(),
            checks: checks
                .filter(|(_, condition)| Expression::parse(condition).is_some())
                .collect(),
            lease: lease_rules(table),
        }
    }

    /// As one text; empty where there is nothing to say.
    pub fn to_text(&self) -> String {
        match *self == RowRules::default() {
            true => String::new(),
            // Maps have texts as keys, so that there is nothing JSON could not hold.
            false => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// Reads what [`RowRules::to_text`] wrote.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        match text.is_empty() {
            true => Ok(RowRules::default()),
            false => serde_json::from_str(text),
        }
    }
}

fn column_rules(column: &Column) -> ColumnRules {
    let declared = column.declared_enum();
    let is_status = column.role == ColumnRole::Status;
    ColumnRules {
        limits: Limits {
            min: column.min,
            max: column.max,
            min_length: column.min_length,
            max_length: column.max_length,
            pattern: column.pattern.clone(),
        },
        steps: declared.filter(|_| is_status).map(|declared| steps(declared)),
        retired: declared.map(|declared| retired(declared)).unwrap_or_default(),
        generated: match &column.role {
            ColumnRole::Generated(generated) => Some((generated.source.clone(), generated.path.clone())),
            _ => None,
        },
        collated: column
            .collation
            .as_deref()
            .is_some_and(|collation| collation != "C"),
        documents: match &column.column_type {
            ColumnType::Json(shape) => documents(shape),
            _ => BTreeMap::new(),
        },
    }
}

/// As a value is stored.
fn stored(declared: &Enum, name: &str) -> String {
    let value = declared.stored().find(|value| value.name == name);
    match (declared.storage, value) {
        (Storage::SmallInt, Some(value)) => value.code.to_string(),
        _ => name.to_owned(),
    }
}

fn steps(declared: &Enum) -> Steps {
    let legal = declared.transitions.iter().flat_map(|transition| {
        let to = transition.to.iter();
        to.map(|to| (stored(declared, &transition.from), stored(declared, to)))
    });
    let values = declared.stored();
    Steps {
        legal: legal.collect(),
        names: match declared.storage {
            Storage::SmallInt => values
                .map(|value| (value.code.to_string(), value.name.clone()))
                .collect(),
            Storage::Text => BTreeMap::new(),
        },
    }
}

fn retired(declared: &Enum) -> Vec<(String, String)> {
    let values = declared.retired.iter();
    let values = values.map(|value| (stored(declared, &value.name), value.name.clone()));
    values.collect()
}

fn documents(shape: &Shape) -> BTreeMap<String, Vec<MemberRules>> {
    let documents = shape.stored_documents().into_iter();
    let limited = documents.filter_map(|document| {
        let members = members(document);
        let version = document.version()?.to_owned();
        (!members.is_empty()).then_some((version, members))
    });
    limited.collect()
}

/// The members with limits. A part holds no part that holds it.
fn members(shape: &Shape) -> Vec<MemberRules> {
    let limited = shape.members().iter().filter_map(|member| {
        let rules = member_rules(member);
        let nothing = MemberRules {
            name: member.name.clone(),
            is_map: rules.is_map,
            ..MemberRules::default()
        };
        (rules != nothing).then_some(rules)
    });
    limited.collect()
}

fn member_rules(member: &Member) -> MemberRules {
    MemberRules {
        name: member.name.clone(),
        limits: Limits {
            min: member.min,
            max: member.max,
            min_length: member.min_length,
            max_length: member.max_length,
            pattern: member.pattern.clone(),
        },
        is_map: matches!(member.member_type, MemberType::Map(_)),
        members: member.shape.as_deref().map(members).unwrap_or_default(),
    }
}

fn reference_rules(reference: &Reference) -> ReferenceRules {
    let names = |columns: &[std::sync::Arc<Column>]| -> Vec<String> {
        columns.iter().map(|column| column.name.clone()).collect()
    };
    ReferenceRules {
        columns: names(&reference.columns),
        parent_columns: reference.parent_columns.clone(),
        on_delete: match reference.on_delete {
            OnDelete::Restrict => Deletion::Restrict,
            OnDelete::Cascade => Deletion::Cascade,
            OnDelete::SetNull => {
                let tenant = reference.parent_tenant.iter();
                let cleared = tenant.chain(&reference.cleared);
                Deletion::Clear(cleared.map(|column| column.name.clone()).collect())
            }
        },
    }
}

/// The checks that follow from a reference: it is whole or not there, and its tenant is there exactly if it is.
fn implied_checks(table: &Table, reference: &Reference) -> Vec<(String, String)> {
    let names = |columns: Vec<&std::sync::Arc<Column>>| {
        let names = columns.into_iter().map(|column| column.sql_name());
        names.collect::<Vec<_>>()
    };
    let mut checks = Vec::new();
    let nullable = names(reference.half_filled());
    if !nullable.is_empty() {
        let columns = reference.columns.iter().map(|column| column.name.as_str());
        let name = format!("{}_together", columns.collect::<Vec<_>>().join("_"));
        let cleared = names(reference.cleared.iter().collect());
        let condition = format!(
            "num_nonnulls({}) = 0 OR num_nulls({}) = 0",
            cleared.join(", "),
            nullable.join(", ")
        );
        checks.push((name, condition));
    }
    if let Some(tenant) = &reference.parent_tenant {
        let (value, pointing) = (tenant.sql_name(), names(reference.columns.iter().collect()));
        let mut conditions = Vec::new();
        if table.tenancy.has_tenant() {
            conditions.push(format!("({value} IS NULL OR {value} IN (tenant_id, '@global'))"));
        }
        if let Some(pointing) = pointing.first().filter(|_| tenant.nullable) {
            conditions.push(format!("({value} IS NULL) = ({pointing} IS NULL)"));
        }
        checks.push((tenant.name.clone(), conditions.join(" AND ")));
    }
    checks
}

fn lease_rules(table: &Table) -> Option<LeaseRules> {
    let queue = table.queue.as_ref()?;
    let (column, running) = match &queue.steps {
        // An SQL literal: a number, or a name in quotes.
        Some(steps) => {
            let running = steps.literal(&steps.running).trim_matches('\'').to_owned();
            (&steps.status, Some(running))
        }
        None => (queue.scheduled_for.as_ref()?, None),
    };
    Some(LeaseRules {
        column: column.name.clone(),
        running,
        cleared: vec![queue.lease_expires_at.name.clone(), queue.leased_by.name.clone()],
    })
}
