//! What the specs say happens.

use stellaops_db_spec::ddl::{expected, sqlstate};
use stellaops_db_spec::model::{Table, Tenancy};

use super::caller::{Caller, Who};
use super::outcome::{Expected, Rows};
use super::verb::Verb;

/// A privilege is missing, or a policy forbids the row: the server's code for both.
const DENIED: Expected = Expected::Refuses(&["42501"]);
const UNBOUND: Expected = Expected::Refuses(&[sqlstate::NO_TENANT_BOUND]);
const APPEND_ONLY: Expected = Expected::Refuses(&[sqlstate::APPEND_ONLY]);
const UNDELETABLE: Expected = Expected::Refuses(&[sqlstate::UNDELETABLE]);
const KEPT: Expected = Expected::Refuses(&[sqlstate::KEPT]);
const ILLEGAL: Expected = Expected::Refuses(&[sqlstate::ILLEGAL_TRANSITION]);
/// A transaction serves one tenant.
const BOUND_ALREADY: Expected = Expected::Refuses(&[sqlstate::CHECK_VIOLATION]);
/// The parent is not there, for this tenant.
const NO_PARENT: Expected = Expected::Refuses(&["23503"]);

const NONE: Rows = Rows {
    first: 0,
    second: 0,
    third: 0,
    global: 0,
};
const FIRST: Rows = Rows { first: 1, ..NONE };
const SECOND: Rows = Rows { second: 1, ..NONE };
const THIRD: Rows = Rows { third: 1, ..NONE };
const NOBODYS: Rows = Rows { global: 1, ..NONE };

/// What the specs say of a cell.
pub(super) fn expected(table: &Table, verb: Verb, who: &Who, caller: Caller) -> Expected {
    let rights = Rights::of(table, who);
    if !table.tenancy.has_tenant() {
        return without_tenants(table, verb, who, rights);
    }
    match verb {
        Verb::Read => seen(table, caller, rights, FIRST, NONE),
        Verb::List | Verb::Count | Verb::Join => listed(table, caller, rights),
        Verb::ReadView => match listed(table, caller, rights) {
            Expected::Reaches(rows) => Expected::ReachesAtMost(rows),
            // Whether it may be read at all is for whoever granted it.
            _ => Expected::ReachesAtMost(NONE),
        },
        Verb::Claim if !rights.update => DENIED,
        Verb::ClaimQueued if !rights.update => DENIED,
        Verb::Claim => written(caller, FIRST, SECOND, table),
        Verb::ClaimQueued => written(caller, FIRST, NONE, table),
        Verb::Insert | Verb::InsertReturning | Verb::InsertTakenKey => inserted(caller, rights),
        Verb::Upsert => upserted(table, caller, rights),
        Verb::InsertUnderForeignParent => match inserted(caller, rights) {
            Expected::Reaches(_) => NO_PARENT,
            refused => refused,
        },
        Verb::InsertMany => match inserted(caller, rights) {
            Expected::Reaches(_) => DENIED,
            refused => refused,
        },
        Verb::Update | Verb::Step => changed(table, caller, rights, FIRST, NONE),
        Verb::StepIllegally => match changed(table, caller, rights, FIRST, NONE) {
            Expected::Reaches(FIRST) => ILLEGAL,
            other => other,
        },
        Verb::UpdateReturning => changed(table, caller, rights, FIRST, SECOND),
        Verb::Move => match changed(table, caller, rights, FIRST, NONE) {
            Expected::Reaches(FIRST) => DENIED,
            other => other,
        },
        // Those that are the second tenant's already.
        Verb::UpdateBlind => match changed(table, caller, rights, FIRST, SECOND) {
            Expected::Reaches(FIRST) => DENIED,
            other => other,
        },
        Verb::DeleteBlind => deleted(table, caller, rights, FIRST, SECOND),
        Verb::MoveBindingAgain => match changed(table, caller, rights, FIRST, NONE) {
            Expected::Reaches(FIRST) => BOUND_ALREADY,
            other => other,
        },
        Verb::Delete => deleted(table, caller, rights, FIRST, NONE),
        Verb::DeleteReturning => deleted(table, caller, rights, FIRST, SECOND),
        Verb::ReadPartition if who.owns => Expected::Reaches(NONE),
        Verb::ReadPartition => DENIED,
        Verb::PassBy | Verb::ReadAround | Verb::Follow => Expected::Nothing,
    }
}

/// What a role may do with a table.
#[derive(Debug, Clone, Copy)]
struct Rights {
    select: bool,
    insert: bool,
    update: bool,
    delete: bool,
}

impl Rights {
    /// By the grants of the specs; an owner has everything.
    fn of(table: &Table, who: &Who) -> Self {
        let grants = expected::privileges(table);
        let role = |suffix: &str| format!("{}_{suffix}", table.schema);
        let name = match who {
            Who { owns: true, .. } => None,
            Who { is_system: true, .. } => Some("stellaops_system".to_owned()),
            Who { writes: true, .. } => Some(role("app")),
            _ => Some(role("reader")),
        };
        let has = |privilege: &str| match &name {
            None => true,
            Some(name) => grants.get(name).is_some_and(|all| all.contains(privilege)),
        };
        Rights {
            select: has("SELECT"),
            insert: has("INSERT"),
            update: has("UPDATE"),
            delete: has("DELETE"),
        }
    }
}

fn with_global(table: &Table, rows: Rows) -> Rows {
    Rows {
        global: i64::from(table.tenancy == Tenancy::TenantOrGlobal),
        ..rows
    }
}

fn sum(left: Rows, right: Rows) -> Rows {
    Rows {
        first: left.first + right.first,
        second: left.second + right.second,
        third: left.third + right.third,
        global: left.global.max(right.global),
    }
}

fn listed(table: &Table, caller: Caller, rights: Rights) -> Expected {
    let (own, other) = (with_global(table, FIRST), with_global(table, SECOND));
    seen(table, caller, rights, own, other)
}

/// What a read shows: `own` to the first tenant, `other` to the second.
fn seen(table: &Table, caller: Caller, rights: Rights, own: Rows, other: Rows) -> Expected {
    if !rights.select {
        return DENIED;
    }
    match caller {
        Caller::Own => Expected::Reaches(own),
        Caller::Other => Expected::Reaches(other),
        Caller::Global => Expected::Reaches(Rows {
            global: if own.global > 0 {
                with_global(table, NONE).global
            } else {
                0
            },
            ..NONE
        }),
        Caller::Unbound | Caller::Empty => UNBOUND,
        Caller::System => Expected::Reaches(sum(own, other)),
    }
}

/// What is locked or changed: nobody's rows are written by no tenant.
fn written(caller: Caller, own: Rows, other: Rows, table: &Table) -> Expected {
    match caller {
        Caller::Own => Expected::Reaches(own),
        Caller::Other => Expected::Reaches(other),
        Caller::Global => Expected::Reaches(NONE),
        Caller::Unbound | Caller::Empty => UNBOUND,
        Caller::System => {
            let is_all = other != NONE;
            let global = if is_all {
                with_global(table, NONE).global
            } else {
                0
            };
            Expected::Reaches(Rows {
                global,
                ..sum(own, other)
            })
        }
    }
}

/// A new row is the third tenant's, and `Own` is bound to that one.
fn inserted(caller: Caller, rights: Rights) -> Expected {
    match caller {
        _ if !rights.insert => DENIED,
        Caller::Own | Caller::System => Expected::Reaches(THIRD),
        Caller::Other | Caller::Global => DENIED,
        Caller::Unbound | Caller::Empty => UNBOUND,
    }
}

/// The triggers of statements run for both of its commands, whether a row is there or not.
fn upserted(table: &Table, caller: Caller, rights: Rights) -> Expected {
    match inserted(caller, rights) {
        _ if !rights.insert || !rights.update => DENIED,
        _ if table.append_only => APPEND_ONLY,
        expected => expected,
    }
}

/// A table of facts refuses before a policy is asked.
fn changed(table: &Table, caller: Caller, rights: Rights, own: Rows, other: Rows) -> Expected {
    match rights.update {
        false => DENIED,
        true if table.append_only => APPEND_ONLY,
        true => written(caller, own, other, table),
    }
}

fn deleted(table: &Table, caller: Caller, rights: Rights, own: Rows, other: Rows) -> Expected {
    let is_kept = table.append_only || !table.deletable;
    if !rights.delete {
        return DENIED;
    }
    if is_kept && table.purged_after().is_none() {
        return if table.append_only {
            APPEND_ONLY
        } else {
            UNDELETABLE
        };
    }
    match written(caller, own, other, table) {
        Expected::Reaches(rows) if is_kept && rows != NONE => KEPT,
        expected => expected,
    }
}

/// Read by all, written by the system and the owner.
fn without_tenants(table: &Table, verb: Verb, who: &Who, rights: Rights) -> Expected {
    let is_kept = table.append_only || !table.deletable;
    let allowed = match verb {
        Verb::Read => rights.select,
        Verb::Insert => rights.insert,
        Verb::Update | Verb::Step | Verb::StepIllegally => rights.update,
        Verb::Delete => rights.delete,
        _ => return Expected::Nothing,
    };
    match verb {
        _ if !allowed && !who.owns => DENIED,
        Verb::Update if table.append_only => APPEND_ONLY,
        Verb::StepIllegally => ILLEGAL,
        Verb::Delete if is_kept && table.purged_after().is_some() => KEPT,
        Verb::Delete if table.append_only => APPEND_ONLY,
        Verb::Delete if is_kept => UNDELETABLE,
        // Its key may be one that is there already.
        Verb::Insert => Expected::ReachesAtMost(NOBODYS),
        _ => Expected::Reaches(NOBODYS),
    }
}
