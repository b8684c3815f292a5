//! Row-level security: the policies of a table, in the order in which they are made.
//!
//! A restrictive policy for everybody is the wall: no policy that is added later can widen it. A
//! permissive one for each role carries the same predicate, so that either alone would isolate. The
//! owner has one too: without it, unbound work of the owner would be a silent no-op.

use crate::ddl::predicate::Predicate;
use crate::ddl::writer::Lines;
use crate::model::name::{self, PolicyCommand, Role};
use crate::model::{Table, Tenancy, quote_identifier};

/// A policy, before it is a statement.
pub(super) struct Policy {
    /// The name.
    pub(super) name: String,
    pub(super) restrictive: bool,
    pub(super) command: PolicyCommand,
    /// The role; none for everybody.
    pub(super) role: Option<String>,
    pub(super) visible: Option<Predicate>,
    pub(super) writable: Option<Predicate>,
}

impl Policy {
    /// `restrictive, ALL by PUBLIC`
    pub(super) fn in_words(&self) -> String {
        let kind = if self.restrictive {
            "restrictive"
        } else {
            "permissive"
        };
        format!("{kind}, {} by {}", self.command.sql(), self.sql_role())
    }

    fn sql_role(&self) -> String {
        self.role
            .as_deref()
            .map_or_else(|| "PUBLIC".into(), quote_identifier)
    }
}

/// All policies of a table; none for one without tenants.
pub(super) fn policies(table: &Table) -> Vec<Policy> {
    match table.tenancy {
        Tenancy::Global => Vec::new(),
        Tenancy::Tenant | Tenancy::Registry => tenant_policies(table),
        Tenancy::TenantOrGlobal => tenant_or_global_policies(table),
    }
}

/// The `CREATE POLICY` statement, for the table in the given schema.
pub(super) fn create(table: &Table, schema: &str, policy: &Policy) -> Lines {
    let kind = if policy.restrictive {
        "RESTRICTIVE"
    } else {
        "PERMISSIVE"
    };
    let head = format!(
        "CREATE POLICY {} ON {}.{} AS {kind} FOR {} TO {}",
        quote_identifier(&policy.name),
        quote_identifier(schema),
        quote_identifier(&table.name),
        policy.command.sql(),
        policy.sql_role()
    );
    let mut conditions = Lines::default();
    if let Some(visible) = &policy.visible {
        conditions = conditions.line(format!("USING ({})", visible.sql()));
    }
    if let Some(writable) = &policy.writable {
        conditions = conditions.line(format!("WITH CHECK ({})", writable.sql()));
    }
    Lines::one(head).nested(conditions.suffixed(";"))
}

fn tenant_policies(table: &Table) -> Vec<Policy> {
    let own = Predicate::Own;
    let mut policies = vec![Policy {
        name: name::isolation_policy(table),
        restrictive: true,
        command: PolicyCommand::All,
        role: None,
        visible: Some(own),
        writable: Some(own),
    }];
    // The owner writes the system's evidence, too, by the trigger of its chain.
    let closed = match table.holds_evidence() {
        true => Predicate::OwnAndNotSystem,
        false => own,
    };
    policies.extend(Role::ALL.map(|role| match role {
        Role::Owner => role_policy(table, role, own),
        _ => role_policy(table, role, closed),
    }));
    policies
}

/// Global rows can be read and not changed, so each command has a wall of its own. The roles' policies are of one
/// command each as well: of two that a read may pass, the planner takes the conditions of both for conditions of
/// their own beside the wall's, expects far fewer rows than there are, and reads them all to sort them.
fn tenant_or_global_policies(table: &Table) -> Vec<Policy> {
    let write = Predicate::OwnAndNotGlobal;
    let read = Predicate::OwnOrGlobal;
    let commands = [
        (PolicyCommand::Select, Some(read), None),
        (PolicyCommand::Insert, None, Some(write)),
        (PolicyCommand::Update, Some(write), Some(write)),
        (PolicyCommand::Delete, Some(write), None),
    ];
    let walls = commands.map(|(command, visible, writable)| Policy {
        name: name::isolation_policy_for(table, command),
        restrictive: true,
        command,
        role: None,
        visible,
        writable,
    });
    let of_role = |role| {
        let own = commands
            .into_iter()
            .filter(move |(command, ..)| role != Role::Reader || *command == PolicyCommand::Select);
        own.map(move |(command, visible, writable)| Policy {
            name: name::role_policy_for(table, role, command),
            restrictive: false,
            command,
            role: Some(name::role(&table.schema, role)),
            visible,
            writable,
        })
    };
    let roles = Role::ALL.into_iter().flat_map(of_role);
    walls.into_iter().chain(roles).collect()
}

fn role_policy(table: &Table, role: Role, predicate: Predicate) -> Policy {
    let reads_only = role == Role::Reader;
    Policy {
        name: name::role_policy(table, role),
        restrictive: false,
        command: if reads_only {
            PolicyCommand::Select
        } else {
            PolicyCommand::All
        },
        role: Some(name::role(&table.schema, role)),
        visible: Some(predicate),
        writable: (!reads_only).then_some(predicate),
    }
}
