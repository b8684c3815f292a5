//! What holds in every schema: tenancy, names, types, time, order.

use crate::doc::specification::markdown::Page;
use crate::model::{Database, Tenancy};

/// The part of the page about all tables.
pub(super) fn write(page: &mut Page, database: &Database) {
    page.heading(2, "Conventions");
    page.paragraph("These hold for every table; the rules behind them have codes, and `stellaops-db explain <code>` prints each with its reason.");
    tenancy(page, database);
    for (title, points) in CONVENTIONS {
        page.heading(3, title);
        let points: Vec<String> = points.iter().map(|point| (*point).to_owned()).collect();
        page.points(&points);
    }
}

fn tenancy(page: &mut Page, database: &Database) {
    page.heading(3, "Tenants");
    page.paragraph(
        "A statement binds its tenant by its first parameter, of the type `stellaops.tenant`, for its own transaction and once. Row-level security is enabled and forced on every table with tenants: a restrictive policy for everybody, and a permissive one for each role, all with the same condition. Without a bound tenant a read is an error, never an empty answer.",
    );
    page.row(&["tenancy", "rows", "tables"]);
    page.rule(3);
    for (tenancy, rows) in [
        (
            Tenancy::Tenant,
            "each belongs to one tenant; `tenant_id` leads every key, every unique key and every index",
        ),
        (
            Tenancy::Global,
            "reference data without a tenant: all read, a system scope writes",
        ),
        (
            Tenancy::TenantOrGlobal,
            "a tenant's own, and those of `@global`, which all read and a system scope writes",
        ),
        (Tenancy::Registry, "the tenants themselves"),
    ] {
        let number = database.tables().filter(|table| table.tenancy == tenancy).count();
        page.row(&[&format!("`{}`", tenancy.as_str()), rows, &number.to_string()]);
    }
}

/// Headings with what holds under each.
const CONVENTIONS: &[(&str, &[&str])] = &[
    (
        "Keys and references",
        &[
            "The key of a tenant's table is `(tenant_id, …)`; ids are UUIDv7 made by the client, numbers are given by the database for logs only.",
            "A foreign key holds the tenant on both sides, so that a row cannot point into another tenant. None leaves its schema: a row of another service is held by its id.",
            "Every foreign key is served by an index or a key, and has a delete rule.",
        ],
    ),
    (
        "Orders",
        &[
            "An order belongs to an index: pinned columns are compared for equality, the rest is the order. The key ends every order, so that it is total.",
            "Indexes are on columns whose comparisons are leakproof; no other is used under row-level security.",
        ],
    ),
    (
        "Values",
        &[
            "Texts are compared by their bytes, collation `C`. Lengths are checks, never types.",
            "Points in time are `timestamptz`, in UTC and whole microseconds; `created_at` and `updated_at` come from the client's clock, leases and dues are judged by the database's.",
            "Numbers are whole: scores in tenths, shares in thousandths, money in its smallest unit.",
            "Enums are checks, not types of the server; a status changes by compare-and-swap along its declared steps, which a trigger guards.",
            "JSON is for documents whose shape is open; its shape has a version and is checked by the database. What is searched is promoted to a column.",
        ],
    ),
    (
        "Names",
        &[
            "Lower snake case, tables in the plural, at most 63 bytes.",
            "`pk_<table>`, `uq_<table>_<name>`, `fk_<table>_<columns>`, `ck_<table>_<name>`, `idx_<table>_<columns>[_<what>]`, `trg_<table>_<what>`, `<table>_tenant_isolation`.",
            "Roles: `<schema>_owner`, `<schema>_app`, `<schema>_reader`, `<schema>_admin`; the logins `stellaops_migrator` and `stellaops_system` are shared.",
        ],
    ),
];
