//! A schema: what it holds, who owns it, how its tables point at each other.

use crate::doc::specification::diagram;
use crate::doc::specification::link;
use crate::doc::specification::markdown::{Page, code};
use crate::model::name::{self, Role};
use crate::model::{Schema, Tenancy};

/// The head of a schema's part of the page.
pub(super) fn write(page: &mut Page, schema: &Schema) {
    page.heading(2, &format!("Schema {}", schema.name));
    page.paragraph(&schema.summary);
    if let Some(doc) = &schema.doc {
        page.paragraph(doc);
    }
    let role = |role: Role| code(&name::role(&schema.name, role));
    let owned = match &schema.service {
        Some(service) => format!("Owned by the service {}. ", code(service)),
        None => String::new(),
    };
    page.paragraph(&format!(
        "{owned}SQL: [`schemas/{0}.sql`](schemas/{0}.sql). Roles: {1} owns the objects, {2} reads and writes under row-level security, {3} reads, {4} serves people.",
        schema.name,
        role(Role::Owner),
        role(Role::App),
        role(Role::Reader),
        role(Role::Admin)
    ));
    page.row(&["table", "a row is", "tenancy"]);
    page.rule(3);
    for table in &schema.tables {
        page.row(&[&link(table), &table.summary, tenancy(table.tenancy)]);
    }
    page.mermaid(&diagram::relations(schema));
}

/// The tenancy as a spec writes it.
fn tenancy(tenancy: Tenancy) -> &'static str {
    tenancy.as_str()
}
