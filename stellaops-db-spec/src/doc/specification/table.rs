//! A table: its columns, its keys, what they point at, how it is read, what it refuses.

use crate::doc::specification::diagram;
use crate::doc::specification::markdown::{Page, capital, code, codes, sentence};
use crate::model::{
    Column, ColumnRole, ColumnType, Default, Direction, Enum, FinderTarget, Index, Literal, OnDelete,
    Reference, SYSTEM_TENANT, Schema, Scope, ServedBy, Storage, Table, Tenancy, UniqueKey, name,
};

/// A table's part of the page.
pub(super) fn write(page: &mut Page, schema: &Schema, table: &Table) {
    page.heading(3, &table.qualified());
    page.paragraph(&table.summary);
    if let Some(doc) = &table.doc {
        page.paragraph(doc);
    }
    page.points(&facts(table));
    columns(page, table);
    page.labelled("Keys", &keys(table));
    page.labelled("References", &references(table));
    page.labelled("Pointed at by", &children(schema, table));
    indexes(page, table);
    page.labelled("Finders", &finders(table));
    page.labelled("Checks", &checks(table));
    policies(page, table);
    for column in &table.columns {
        if let Some(declared) = column.declared_enum() {
            enumeration(page, column, declared);
        }
    }
}

/// What holds for the table as a whole.
fn facts(table: &Table) -> Vec<String> {
    let mut facts = vec![format!(
        "Tenancy {}: {}.",
        code(table.tenancy.as_str()),
        whose(table.tenancy)
    )];
    if table.append_only {
        facts.push("Append-only: the database refuses UPDATE and DELETE, the owner's too.".into());
    } else if !table.deletable {
        facts.push("Never deleted: the database refuses DELETE.".into());
    }
    facts.extend(table.row_version.as_ref().map(|column| {
        format!(
            "Row version {}: an update may name the version it expects.",
            code(&column.name)
        )
    }));
    facts.extend(table.soft_delete.as_ref().map(|column| {
        format!(
            "Deleted by mark, in {}: reads pass marked rows over.",
            code(&column.name)
        )
    }));
    facts.extend(table.retention.as_ref().map(|retention| {
        format!(
            "Kept for {} days from {}: {}",
            retention.days,
            code(&retention.column.name),
            sentence(&retention.why)
        )
    }));
    facts.extend(table.partition.as_ref().map(|partition| {
        format!(
            "Partitioned by the month of {}, {} months ahead: {}",
            code(&partition.by.name),
            partition.ahead,
            sentence(&partition.why)
        )
    }));
    facts.extend(table.hash_chain.as_ref().map(|chain| {
        format!(
            "Hash chain through {}, {} and {}, its heads in {}: {}",
            code(&chain.position.name),
            code(&chain.previous.name),
            code(&chain.hash.name),
            code(&chain.heads),
            sentence(&chain.why)
        )
    }));
    facts.extend(
        table
            .chain_of
            .as_ref()
            .map(|chained| format!("Written by the hash chain of {} alone.", code(chained))),
    );
    facts.extend(table.evidence.as_ref().map(|_| {
        format!(
            "Takes the opening and the end of each system scope, as rows of the tenant {}.",
            code(SYSTEM_TENANT)
        )
    }));
    facts.extend(table.search.as_ref().map(|search| {
        let fields: Vec<String> = search
            .fields
            .iter()
            .map(|field| format!("{} ({:?})", code(&field.column.name), field.weight))
            .collect();
        format!(
            "Full-text search over {}, in {}: {}",
            fields.join(", "),
            code(&search.column),
            sentence(&search.why)
        )
    }));
    facts.extend(table.queue.as_ref().map(|queue| {
        format!(
            "Work queue: rows are claimed in the order {}, under a lease that ends at {}.",
            code(&queue.order),
            code(&queue.lease_expires_at.name)
        )
    }));
    facts
}

fn whose(tenancy: Tenancy) -> &'static str {
    match tenancy {
        Tenancy::Tenant => "every row belongs to one tenant",
        Tenancy::Global => "reference data that every tenant reads and only a system scope writes",
        Tenancy::TenantOrGlobal => {
            "rows of a tenant, and rows of `@global` that every tenant reads and only a system scope writes"
        }
        Tenancy::Registry => "a row is a tenant, seen by itself alone",
    }
}

fn columns(page: &mut Page, table: &Table) {
    page.row(&["column", "type", "null", "default", "meaning"]);
    page.rule(5);
    for column in &table.columns {
        let null = if column.nullable { "yes" } else { "" };
        page.row(&[
            &code(&column.name),
            &column_type(column),
            null,
            &default(column),
            &meaning(column),
        ]);
    }
}

fn column_type(column: &Column) -> String {
    match &column.column_type {
        ColumnType::Enum(declared) => format!("{} {}", column.column_type.sql(), code(&declared.name)),
        ColumnType::Json(shape) => format!("jsonb {}", code(&shape.name)),
        other => other.sql().to_owned(),
    }
}

fn default(column: &Column) -> String {
    match (&column.role, &column.default) {
        (ColumnRole::Identity, _) => "numbered".into(),
        (ColumnRole::Generated(_), _) => "computed".into(),
        (_, None) => String::new(),
        (_, Some(Default::Now)) => "now".into(),
        (_, Some(Default::UuidV7)) => "UUIDv7".into(),
        (_, Some(Default::Literal(literal))) => code(&self::literal(literal)),
    }
}

fn literal(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) | Literal::EnumValue(text) => text.clone(),
        Literal::Integer(number) => number.to_string(),
        Literal::Boolean(truth) => truth.to_string(),
        Literal::TextList(texts) => format!("[{}]", texts.join(", ")),
    }
}

/// What the column means, then what a value must fulfil, then who sets it.
fn meaning(column: &Column) -> String {
    let mut parts = vec![sentence(&column.doc)];
    parts.extend(range(column.min, column.max, "").map(|range| format!("{range}.")));
    let unit = match column.column_type {
        ColumnType::TextArray | ColumnType::UuidArray => " items",
        ColumnType::Bytea => " bytes",
        _ => " characters",
    };
    parts.extend(range(column.min_length, column.max_length, unit).map(|range| format!("{range}.")));
    parts.extend(
        column
            .pattern
            .as_ref()
            .map(|pattern| format!("Matches {}.", code(pattern))),
    );
    parts.extend(
        column
            .example
            .as_ref()
            .map(|example| format!("Example: {}.", code(&literal(example)))),
    );
    parts.extend(
        column
            .collation
            .as_ref()
            .map(|collation| format!("Collation {}.", code(collation))),
    );
    if let ColumnRole::Generated(generated) = &column.role {
        let path = code(&generated.path.join("."));
        parts.push(format!("Taken from {path} of {}.", code(&generated.source)));
    }
    if column.sensitive {
        parts.push("Sensitive: never shown, logged or indexed.".into());
    }
    parts.extend(written(column).map(Into::into));
    parts.join(" ")
}

fn range(least: Option<i64>, greatest: Option<i64>, unit: &str) -> Option<String> {
    match (least, greatest) {
        (Some(least), Some(greatest)) if least == greatest => Some(format!("Exactly {least}{unit}")),
        (Some(least), Some(greatest)) => Some(format!("{least} to {greatest}{unit}")),
        (Some(least), None) => Some(format!("At least {least}{unit}")),
        (None, Some(greatest)) => Some(format!("At most {greatest}{unit}")),
        (None, None) => None,
    }
}

fn written(column: &Column) -> Option<&'static str> {
    match column.role {
        ColumnRole::Immutable => Some("Never changes."),
        ColumnRole::Status => Some("Changes by compare-and-swap."),
        ColumnRole::Touched => Some("Set by every update."),
        ColumnRole::Lease => Some("Changes by claim."),
        _ if column.compare_and_swap => Some("May change by compare-and-swap."),
        _ => None,
    }
}

fn keys(table: &Table) -> Vec<String> {
    let columns = codes(table.key.iter().map(|column| column.name.as_str()));
    let primary = format!("{}: primary key ({columns}).", code(&name::primary_key(table)));
    let unique = table.unique_keys.iter().map(|key| unique_key(table, key));
    std::iter::once(primary).chain(unique).collect()
}

fn unique_key(table: &Table, key: &UniqueKey) -> String {
    let tenant = table.tenant_column().map(|column| column.name.as_str());
    let columns = codes(
        tenant
            .into_iter()
            .chain(key.columns.iter().map(|column| column.name.as_str())),
    );
    let condition = match &key.condition {
        Some(condition) => format!(" where {}", code(condition)),
        None => String::new(),
    };
    format!(
        "{}: unique ({columns}){condition}. {} Read by {}.",
        code(&name::unique_key(table, key)),
        capital(&sentence(&key.why)),
        code(&format!("get_by_{}", key.name))
    )
}

fn references(table: &Table) -> Vec<String> {
    let reference = |reference: &Reference| {
        let own = codes(reference.columns.iter().map(|column| column.name.as_str()));
        let parent = codes(reference.parent_columns.iter().map(String::as_str));
        let why = reference.why.as_deref().map(sentence).unwrap_or_default();
        format!(
            "{own} → {} ({parent}), {}. {why}",
            code(&reference.parent),
            on_delete(reference.on_delete)
        )
    };
    table.references.iter().map(reference).collect()
}

fn on_delete(rule: OnDelete) -> &'static str {
    match rule {
        OnDelete::Restrict => "which cannot be deleted while this row exists",
        OnDelete::Cascade => "and the row is deleted with it",
        OnDelete::SetNull => "and becomes NULL when it is deleted",
    }
}

fn children(schema: &Schema, table: &Table) -> Vec<String> {
    let mut children = Vec::new();
    for child in &schema.tables {
        for reference in child
            .references
            .iter()
            .filter(|reference| reference.parent == table.name)
        {
            let columns = codes(reference.columns.iter().map(|column| column.name.as_str()));
            children.push(format!("{} by {columns}", code(&child.name)));
        }
    }
    children
}

fn indexes(page: &mut Page, table: &Table) {
    if table.indexes.is_empty() {
        return;
    }
    page.paragraph("**Orders and their indexes**");
    page.row(&["order", "columns", "index", "serves"]);
    page.rule(4);
    for index in &table.indexes {
        page.row(&[
            &code(&index.name),
            &index_columns(table, index),
            &serving(table, index),
            &index.why,
        ]);
    }
}

fn index_columns(table: &Table, index: &Index) -> String {
    let tenant = match index.scope {
        Scope::Tenant => table.tenant_column(),
        Scope::System => None,
    };
    let pinned = tenant
        .into_iter()
        .chain(&index.pinned)
        .map(|column| code(&column.name));
    let order = index.indexed_order().map(|ordered| match ordered.direction {
        Direction::Ascending => format!("{} ↑", code(&ordered.column.name)),
        Direction::Descending => format!("{} ↓", code(&ordered.column.name)),
    });
    let mut text = pinned.chain(order).collect::<Vec<_>>().join(", ");
    if let Some(condition) = &index.condition {
        text.push_str(&format!(", where {}", code(condition)));
    }
    if index.scope == Scope::System {
        text.push_str(", across tenants");
    }
    text
}

fn serving(table: &Table, index: &Index) -> String {
    let unique = |name: &str| table.unique_keys.iter().find(|key| key.name == name);
    match &index.served_by {
        None => code(&name::index(table, index)),
        Some(ServedBy::PrimaryKey) => code(&name::primary_key(table)),
        Some(ServedBy::UniqueKey(key)) => {
            unique(key).map_or_else(String::new, |key| code(&name::unique_key(table, key)))
        }
    }
}

fn finders(table: &Table) -> Vec<String> {
    let finder = |finder: &crate::model::Finder| {
        let served = match &finder.target {
            FinderTarget::Index { name, due: true } => format!("the rows of {} that are due", code(name)),
            FinderTarget::Index { name, due: false } => format!("in the order {}", code(name)),
            FinderTarget::UniqueKey(name) => format!("by the unique key {}", code(name)),
        };
        format!(
            "{}: {} Served {served}.",
            code(&finder.name),
            sentence(&finder.doc)
        )
    };
    table.finders.iter().map(finder).collect()
}

fn checks(table: &Table) -> Vec<String> {
    let check = |check: &crate::model::Check| {
        format!(
            "{}: {}. {}",
            code(&name::check(table, check)),
            code(check.expression.trim()),
            capital(&sentence(&check.why))
        )
    };
    table.checks.iter().map(check).collect()
}

fn policies(page: &mut Page, table: &Table) {
    let policies: Vec<String> = crate::ddl::policy_names(table)
        .into_iter()
        .map(|policy| format!("{} ({})", code(&policy.name), policy.says))
        .collect();
    if !policies.is_empty() {
        page.paragraph(&format!("**Policies** {}.", policies.join(", ")));
    }
}

fn enumeration(page: &mut Page, column: &Column, declared: &Enum) {
    let values: Vec<String> = declared
        .values
        .iter()
        .map(|value| match declared.storage {
            Storage::SmallInt => format!("{} {}", value.code, code(&value.name)),
            Storage::Text => code(&value.name),
        })
        .collect();
    let retired = match declared.retired.as_slice() {
        [] => String::new(),
        retired => format!(
            " Retired: {}.",
            codes(retired.iter().map(|value| value.name.as_str()))
        ),
    };
    page.paragraph(&format!(
        "**{}** is {}: {} {}.{retired}",
        code(&column.name),
        code(&declared.name),
        sentence(&declared.doc),
        values.join(", ")
    ));
    if declared.is_status() {
        page.mermaid(&diagram::states(declared, &initial(column, declared)));
    }
}

/// The values that a new row may have.
fn initial(column: &Column, declared: &Enum) -> Vec<String> {
    if !declared.initial.is_empty() {
        return declared.initial.clone();
    }
    if let Some(Default::Literal(Literal::EnumValue(value))) = &column.default {
        return vec![value.clone()];
    }
    let led = |name: &str| {
        let mut steps = declared.transitions.iter();
        steps.any(|step| step.to.iter().any(|to| to == name))
    };
    let unled = declared.values.iter().filter(|value| !led(&value.name));
    unled.map(|value| value.name.clone()).collect()
}
