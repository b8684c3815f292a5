//! Whether the wall stands around every table that the login can use.

use serde::Deserialize;
use sqlx::PgConnection;
use stellaops_db_spec::ddl::expected::{reading_conditions, writing_conditions};
use stellaops_db_spec::model::name::{self, Role};

use super::Expected;
use crate::facts::rows;

/// The tables that hold tenants' rows and that the login has a privilege on, with the restrictive policies for everybody.
const TABLES: &str = "SELECT nspname AS schema, \
        pg_get_userbyid(nspowner) AS schema_owner, relname AS name, relispartition AS is_partition, \
        relrowsecurity AS is_secured, relforcerowsecurity AS is_forced, \
        (SELECT coalesce(json_agg(policy), '[]') FROM (SELECT polcmd::text AS command, \
                coalesce(pg_get_expr(polqual, polrelid), '') AS seen, \
                coalesce(pg_get_expr(coalesce(polwithcheck, polqual), polrelid), '') AS written \
            FROM pg_policy WHERE polrelid = pg_class.oid AND NOT polpermissive AND polroles = '{0}') AS policy) AS policies \
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE relkind IN ('r', 'p') AND has_schema_privilege(pg_namespace.oid, 'USAGE') \
        AND (has_table_privilege(pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(pg_class.oid, 'SELECT, INSERT, UPDATE')) \
        AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped) \
    ORDER BY nspname, relname";

/// The commands a policy may be for, as `pg_policy.polcmd`, beside all.
const COMMANDS: [(&str, &str); 4] = [
    ("r", "reads"),
    ("a", "inserts"),
    ("w", "updates"),
    ("d", "deletes"),
];

#[derive(Deserialize)]
struct Found {
    schema: String,
    schema_owner: String,
    name: String,
    is_partition: bool,
    is_secured: bool,
    is_forced: bool,
    policies: Vec<Policy>,
}

/// A restrictive policy for everybody.
#[derive(Deserialize)]
struct Policy {
    command: String,
    /// The condition of what is seen.
    seen: String,
    /// The condition of what is written.
    written: String,
}

/// The conditions that ask for the bound tenant.
struct Wall {
    reading: [String; 4],
    writing: [String; 3],
}

/// What stands open, one line a table.
pub(super) async fn open_tables(
    connection: &mut PgConnection,
    expected: &[Expected],
) -> Result<Vec<String>, sqlx::Error> {
    let found: Vec<Found> = rows(connection, TABLES, &[]).await?;
    let wall = Wall {
        reading: reading_conditions(),
        writing: writing_conditions(),
    };
    let open = found
        .iter()
        .filter(|table| table.is_of_toolkit(expected))
        .filter_map(|table| {
            let why = table.opening(&wall)?;
            Some(format!("{}.{} {why}", table.schema, table.name))
        });
    Ok(open.collect())
}

impl Found {
    /// Whether its schema belongs to the role that the generated SQL gives it, or is one that the program expects,
    /// whoever has it.
    fn is_of_toolkit(&self, expected: &[Expected]) -> bool {
        self.schema_owner == name::role(&self.schema, Role::Owner)
            || expected.iter().any(|table| table.0.schema == self.schema)
    }

    fn opening(&self, wall: &Wall) -> Option<String> {
        if self.is_partition {
            return Some("can be reached past its table, whose partition it is".into());
        }
        if !self.is_secured {
            return Some("has no row-level security".into());
        }
        if !self.is_forced {
            return Some("does not force row-level security".into());
        }
        let is_walled = |command: &str| self.policies.iter().any(|policy| wall.holds(policy, command));
        let unguarded = COMMANDS.into_iter().find(|(command, _)| !is_walled(command));
        unguarded.map(|(_, what)| {
            format!("has no wall for {what}: its restrictive policy is missing or another one")
        })
    }
}

impl Wall {
    /// Whether a policy asks for the bound tenant when a command runs.
    fn holds(&self, policy: &Policy, command: &str) -> bool {
        let reads = self.reading.contains(&policy.seen);
        let takes = self.writing.contains(&policy.seen);
        let gives = self.writing.contains(&policy.written);
        let is_for_it = policy.command == "*" || policy.command == command;
        is_for_it
            && match command {
                "r" => reads,
                "a" => gives,
                "d" => takes,
                _ => takes && gives,
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_is_the_toolkits_by_its_owner_however_long_its_name_is() {
        let of = |schema: &str, owner: &str| {
            let table = Found {
                schema: schema.into(),
                schema_owner: owner.into(),
                name: "notes".into(),
                is_partition: false,
                is_secured: false,
                is_forced: false,
                policies: Vec::new(),
            };
            table.is_of_toolkit(&[])
        };
        let long = "s".repeat(60);
        let bounded = name::role(&long, Role::Owner);
        assert!(bounded.len() <= 63 && of(&long, &bounded));
        assert!(of("scheduler", "scheduler_owner"));
        assert!(!of("scheduler", "postgres") && !of("scheduler", "vex_owner"));
    }
}
