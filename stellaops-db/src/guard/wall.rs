//! Whether the wall stands around every table that the login can use.

use sqlx::{FromRow as _, PgConnection};
use stellaops_db_spec::ddl::expected::{reading_conditions, writing_conditions};

/// The tables of the toolkit's schemas, which belong to the schema's owner, that hold tenants' rows and that the login has
/// a privilege on; with the conditions of their restrictive policies for everybody.
const TABLES: &str = "SELECT format('%s.%s', nspname, relname), relispartition, relrowsecurity, relforcerowsecurity, \
        ARRAY(SELECT polcmd::text FROM pg_policy WHERE polrelid = pg_class.oid AND NOT polpermissive AND polroles = '{0}' ORDER BY polname), \
        ARRAY(SELECT coalesce(pg_get_expr(polqual, polrelid), '') FROM pg_policy \
            WHERE polrelid = pg_class.oid AND NOT polpermissive AND polroles = '{0}' ORDER BY polname), \
        ARRAY(SELECT coalesce(pg_get_expr(coalesce(polwithcheck, polqual), polrelid), '') FROM pg_policy \
            WHERE polrelid = pg_class.oid AND NOT polpermissive AND polroles = '{0}' ORDER BY polname) \
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace \
    WHERE relkind IN ('r', 'p') AND pg_get_userbyid(nspowner) = nspname || '_owner' \
        AND has_schema_privilege(pg_namespace.oid, 'USAGE') \
        AND (has_table_privilege(pg_class.oid, 'SELECT, INSERT, UPDATE, DELETE') OR has_any_column_privilege(pg_class.oid, 'SELECT, INSERT, UPDATE')) \
        AND EXISTS (SELECT FROM pg_attribute WHERE attrelid = pg_class.oid AND attname = 'tenant_id' AND NOT attisdropped) \
    ORDER BY 1";

/// The commands a policy may be for, as `pg_policy.polcmd`, beside all.
const COMMANDS: [(&str, &str); 4] = [
    ("r", "reads"),
    ("a", "inserts"),
    ("w", "updates"),
    ("d", "deletes"),
];

struct Found {
    name: String,
    is_partition: bool,
    is_secured: bool,
    is_forced: bool,
    /// Command, condition of what is seen, condition of what is written.
    policies: Vec<(String, String, String)>,
}

/// What stands open, one line a table.
pub(super) async fn open_tables(connection: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    let mut open = Vec::new();
    for row in sqlx::query(TABLES)
        .persistent(false)
        .fetch_all(connection)
        .await?
    {
        type Columns = (String, bool, bool, bool, Vec<String>, Vec<String>, Vec<String>);
        let (name, is_partition, is_secured, is_forced, commands, seen, written) = Columns::from_row(&row)?;
        let policies = commands.into_iter().zip(seen.into_iter().zip(written));
        let table = Found {
            name,
            is_partition,
            is_secured,
            is_forced,
            policies: policies
                .map(|(command, (seen, written))| (command, seen, written))
                .collect(),
        };
        if let Some(why) = table.opening() {
            open.push(format!("{} {why}", table.name));
        }
    }
    Ok(open)
}

impl Found {
    fn opening(&self) -> Option<String> {
        if self.is_partition {
            return Some("can be reached past its table, whose partition it is".into());
        }
        if !self.is_secured {
            return Some("has no row-level security".into());
        }
        if !self.is_forced {
            return Some("does not force row-level security".into());
        }
        let unguarded = COMMANDS.into_iter().find(|(command, _)| !self.is_walled(command));
        unguarded.map(|(_, what)| {
            format!("has no wall for {what}: its restrictive policy is missing or another one")
        })
    }

    /// Whether a restrictive policy for everybody asks for the bound tenant.
    fn is_walled(&self, command: &str) -> bool {
        let mut policies = self.policies.iter().filter(|(of, ..)| of == "*" || of == command);
        policies.any(|(_, seen, written)| {
            let reads = reading_conditions().contains(seen);
            let takes = writing_conditions().contains(seen);
            let gives = writing_conditions().contains(written);
            match command {
                "r" => reads,
                "a" => gives,
                "d" => takes,
                _ => takes && gives,
            }
        })
    }
}
