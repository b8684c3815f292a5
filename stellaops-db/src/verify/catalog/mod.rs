//! What a database's catalog says, read in one snapshot. Facts only: what they mean is for the checks.

mod grant;
mod key;
mod relation;
mod role;
mod routine;
mod setting;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use sqlx::{AssertSqlSafe, PgConnection};
use stellaops_db_spec::model;

pub(super) use grant::{DefaultGrant, Grant};
pub(super) use key::{Constraint, Index};
pub(super) use relation::{Column, Copied, Policy, Relation, Trigger, View};
pub(super) use role::Role;
pub(super) use routine::Routine;
pub(super) use setting::{DomainType, Server, Setting};

/// `(schema, name)`
pub(super) type Name = (String, String);

/// All facts.
pub(super) struct Catalog {
    /// The schemas of the specs that are there, and who owns each.
    pub(super) schemas: BTreeMap<String, String>,
    pub(super) roles: BTreeMap<String, Role>,
    /// Tables, partitions, views and sequences of the schemas.
    pub(super) relations: BTreeMap<Name, Relation>,
    pub(super) columns: BTreeMap<Name, Vec<Column>>,
    pub(super) policies: BTreeMap<Name, Vec<Policy>>,
    pub(super) triggers: BTreeMap<Name, Vec<Trigger>>,
    pub(super) constraints: BTreeMap<Name, Vec<Constraint>>,
    pub(super) indexes: BTreeMap<Name, Vec<Index>>,
    /// Of relations and their columns.
    pub(super) grants: BTreeMap<Name, Vec<Grant>>,
    pub(super) schema_grants: BTreeMap<String, Vec<Grant>>,
    pub(super) default_grants: Vec<DefaultGrant>,
    /// Those of the schemas, and all of the database that run with their owner's rights.
    pub(super) routines: Vec<Routine>,
    /// Views, of any schema, that read from a table of the schemas.
    pub(super) views: Vec<View>,
    pub(super) copies: Vec<Copied>,
    pub(super) settings: Vec<Setting>,
    pub(super) domain: Option<DomainType>,
    pub(super) server: Server,
}

/// The schema of the shared objects.
pub(super) const SHARED: &str = "stellaops";

impl Catalog {
    /// Reads what the checks of these schemas look at.
    pub(super) async fn read(
        connection: &mut PgConnection,
        schemas: &[&model::Schema],
    ) -> Result<Self, sqlx::Error> {
        let names: Vec<String> = schemas.iter().map(|schema| schema.name.clone()).collect();
        let with_shared: Vec<String> = names.iter().cloned().chain([SHARED.into()]).collect();
        let all = with_shared.as_slice();
        Ok(Catalog {
            schemas: relation::schemas(connection, all).await?,
            roles: role::read(connection).await?,
            relations: relation::read(connection, all).await?,
            columns: relation::columns(connection, all).await?,
            policies: relation::policies(connection, all).await?,
            triggers: relation::triggers(connection, all).await?,
            constraints: key::constraints(connection, all).await?,
            indexes: key::indexes(connection, all).await?,
            grants: grant::of_relations(connection, all).await?,
            schema_grants: grant::of_schemas(connection, all).await?,
            default_grants: grant::defaults(connection, all).await?,
            routines: routine::read(connection, all).await?,
            views: relation::views(connection, &names).await?,
            copies: relation::copies(connection, &names).await?,
            settings: setting::read(connection).await?,
            domain: setting::domain(connection).await?,
            server: setting::server(connection).await?,
        })
    }

    /// The relation of that name.
    pub(super) fn relation(&self, schema: &str, name: &str) -> Option<&Relation> {
        self.relations.get(&(schema.to_owned(), name.to_owned()))
    }

    /// All roles that a role is a member of, directly or through others, itself included.
    pub(super) fn reachable(&self, role: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let mut next: Vec<&str> = self
            .roles
            .get_key_value(role)
            .map(|(name, _)| name.as_str())
            .into_iter()
            .collect();
        while let Some(role) = next.pop() {
            if found.insert(role) {
                let of = self.roles.get(role).map(|role| role.member_of.as_slice());
                next.extend(of.unwrap_or_default().iter().map(String::as_str));
            }
        }
        found
    }

    /// Whether the role, as it is, passes every policy.
    pub(super) fn passes_policies(&self, role: &str) -> bool {
        self.roles
            .get(role)
            .is_some_and(|role| role.superuser || role.bypasses)
    }
}

/// Puts rows under their relation's name, in the order they came.
fn grouped<T>(rows: impl IntoIterator<Item = (Name, T)>) -> BTreeMap<Name, Vec<T>> {
    let mut groups: BTreeMap<Name, Vec<T>> = BTreeMap::new();
    for (name, row) in rows {
        groups.entry(name).or_default().push(row);
    }
    groups
}

/// The rows of a query on the catalog, by the names of its columns; `$1` are the schemas.
async fn rows<T: DeserializeOwned>(
    connection: &mut PgConnection,
    query: &'static str,
    schemas: &[String],
) -> Result<Vec<T>, sqlx::Error> {
    let text = format!(
        "WITH schemas AS (SELECT $1::text[]) SELECT coalesce(json_agg(fact), '[]')::text FROM ({query}) AS fact"
    );
    let found: String = sqlx::query_scalar(AssertSqlSafe(text))
        .bind(schemas)
        .persistent(false)
        .fetch_one(connection)
        .await?;
    serde_json::from_str(&found).map_err(|fault| sqlx::Error::Decode(fault.into()))
}
