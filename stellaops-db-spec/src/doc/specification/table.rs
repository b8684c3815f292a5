//! A table: its columns, its keys, what they point at, how it is read, what it refuses.

use crate::doc::specification::column;
use crate::doc::specification::markdown::{Page, capital, code, codes, sentence};
use crate::model::{
    Backoff, Direction, FinderTarget, Index, Nulls, OnDelete, OrderColumn, Queue, Reference, SYSTEM_TENANT,
    Schema, Scope, ServedBy, Table, Tenancy, UniqueKey, name,
};

/// A table's part of the page.
pub(super) fn write(page: &mut Page, schema: &Schema, table: &Table) {
    page.heading(3, &table.qualified());
    page.paragraph(&table.summary);
    if let Some(doc) = &table.doc {
        page.paragraph(doc);
    }
    page.points(&facts(table));
    column::columns(page, table);
    page.labelled("Keys", &keys(table));
    page.labelled("References", &references(table));
    page.labelled("Pointed at by", &children(schema, table));
    indexes(page, table);
    page.labelled("Finders", &finders(table));
    page.labelled("Checks", &checks(table));
    policies(page, table);
    for column in &table.columns {
        if let Some(declared) = column.declared_enum() {
            column::enumeration(page, column, declared);
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
    facts.extend(life(table));
    facts.extend(machinery(table));
    facts
}

/// How rows change, and how they go.
fn life(table: &Table) -> Vec<String> {
    let mut facts = Vec::new();
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
        let and_longer = match table.outbox {
            Some(_) => ", and until every consumer was given them",
            None => "",
        };
        format!(
            "Kept for {} days from {}{and_longer}: {}",
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
    facts
}

/// What the table is besides rows.
fn machinery(table: &Table) -> Vec<String> {
    let mut facts = Vec::new();
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
    facts.extend(table.outbox.as_ref().map(|outbox| {
        format!(
            "Outbox: consumers are given the events of each tenant in the order of {}, each at least once. {}",
            code(&outbox.number.name),
            capital(&sentence(&outbox.why))
        )
    }));
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
    facts.extend(table.queue.as_ref().map(queue));
    facts
}

fn queue(queue: &Queue) -> String {
    let mut told = format!(
        "Work queue: rows are claimed in the order {}, under a lease that ends at {}",
        code(&queue.order),
        code(&queue.lease_expires_at.name)
    );
    match &queue.steps {
        Some(steps) => {
            told += &format!(", and end as {}", code(&steps.done.name));
            if let (Some(failed), Some(most)) = (&steps.failed, queue.max_attempts) {
                told += &format!(", or after {most} attempts as {}", code(&failed.name));
            }
        }
        None => told += ", and are due again and again",
    }
    let Backoff { first, most } = queue.backoff;
    told + &format!("; one that failed waits {first} seconds, then twice as long each time, up to {most}.")
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
    let order = index.indexed_order().map(ordered);
    let mut text = pinned.chain(order).collect::<Vec<_>>().join(", ");
    if let Some(condition) = &index.condition {
        text.push_str(&format!(", where {}", code(condition)));
    }
    if index.scope == Scope::System {
        text.push_str(", across tenants");
    }
    text
}

fn ordered(ordered: &OrderColumn) -> String {
    let direction = match ordered.direction {
        Direction::Ascending => "↑",
        Direction::Descending => "↓",
    };
    let nulls = match ordered.nulls {
        Some(Nulls::First) => ", NULLs first",
        Some(Nulls::Last) => ", NULLs last",
        None => "",
    };
    match nulls {
        "" => format!("{} {direction}", code(&ordered.column.name)),
        _ => format!("{} {direction} ({})", code(&ordered.column.name), &nulls[2..]),
    }
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
