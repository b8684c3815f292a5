//! What a database's catalog says, read in one snapshot. Facts only: what they mean is for the checks.

mod database;
mod grant;
mod key;
mod reach;
mod relation;
mod role;
mod routine;
mod setting;
mod system;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;
use stellaops_db_spec::model;

use crate::connect::PREDEFINED;
use crate::facts::rows;

pub(super) use database::{EventTrigger, ForeignServer};
pub(super) use grant::{DefaultGrant, Grant};
pub(super) use key::{Constraint, Index};
pub(super) use reach::{Copied, View};
pub(super) use relation::{Column, Policy, Relation, Trigger};
pub(super) use role::{Membership, Role};
pub(super) use routine::Routine;
pub(super) use setting::{DomainType, ParameterGrant, Server, Setting};
pub(super) use system::SystemGrant;

/// `(schema, name)`
pub(super) type Name = (String, String);

/// All facts.
#[derive(Debug)]
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
    pub(super) system_grants: Vec<SystemGrant>,
    /// Those of the schemas, and all of the database that run with their owner's rights.
    pub(super) routines: Vec<Routine>,
    /// Views, of any schema, that read from a table of the schemas.
    pub(super) views: Vec<View>,
    pub(super) copies: Vec<Copied>,
    pub(super) settings: Vec<Setting>,
    /// Who may set what superusers set.
    pub(super) parameters: Vec<ParameterGrant>,
    pub(super) domain: Option<DomainType>,
    pub(super) server: Server,
    /// Of the database itself, its owner's among them.
    pub(super) database_grants: Vec<Grant>,
    /// Who may make something in which schema, owners among them: `(schema, role)`.
    pub(super) makers: BTreeSet<Name>,
    pub(super) event_triggers: Vec<EventTrigger>,
    pub(super) foreign_servers: Vec<ForeignServer>,
}

/// The schema of the shared objects.
pub(super) const SHARED: &str = "stellaops";

impl Catalog {
    /// Reads what the checks of these schemas look at.
    pub(super) async fn read(
        connection: &mut PgConnection,
        schemas: &[&model::Schema],
    ) -> Result<Self, sqlx::Error> {
        let names = schemas.iter().map(|schema| schema.name.clone());
        let with_shared: Vec<String> = names.chain([SHARED.into()]).collect();
        let all = with_shared.as_slice();
        Ok(Catalog {
            schemas: relation::schemas(connection, all).await?,
            roles: role::read(connection).await?,
            relations: relation::read(connection, all).await?,
            columns: by_relation(connection, relation::COLUMNS, all).await?,
            policies: by_relation(connection, relation::POLICIES, all).await?,
            triggers: by_relation(connection, relation::TRIGGERS, all).await?,
            constraints: by_relation(connection, key::CONSTRAINTS, all).await?,
            indexes: by_relation(connection, key::INDEXES, all).await?,
            grants: by_relation(connection, grant::OF_RELATIONS, all).await?,
            schema_grants: grant::of_schemas(connection, all).await?,
            default_grants: grant::defaults(connection, all).await?,
            system_grants: system::grants(connection).await?,
            routines: routine::read(connection, all).await?,
            views: reach::views(connection, all).await?,
            copies: reach::copies(connection, all).await?,
            settings: setting::read(connection).await?,
            parameters: setting::parameters(connection).await?,
            domain: setting::domain(connection).await?,
            server: setting::server(connection).await?,
            database_grants: database::grants(connection).await?,
            makers: database::makers(connection).await?,
            event_triggers: database::event_triggers(connection).await?,
            foreign_servers: database::foreign_servers(connection).await?,
        })
    }

    /// The policies of a relation.
    pub(super) fn policies_of(&self, name: &Name) -> &[Policy] {
        self.policies.get(name).map_or(&[], Vec::as_slice)
    }

    /// The triggers of a relation.
    pub(super) fn triggers_of(&self, name: &Name) -> &[Trigger] {
        self.triggers.get(name).map_or(&[], Vec::as_slice)
    }

    /// The privileges on a relation.
    pub(super) fn grants_on(&self, name: &Name) -> &[Grant] {
        self.grants.get(name).map_or(&[], Vec::as_slice)
    }

    /// The constraints of a relation.
    pub(super) fn constraints_of(&self, name: &Name) -> &[Constraint] {
        self.constraints.get(name).map_or(&[], Vec::as_slice)
    }

    /// The indexes of a relation.
    pub(super) fn indexes_of(&self, name: &Name) -> &[Index] {
        self.indexes.get(name).map_or(&[], Vec::as_slice)
    }

    /// The partitions of a table, at any depth and in any schema.
    pub(super) fn partitions<'a>(&'a self, table: &'a model::Table) -> impl Iterator<Item = &'a Relation> {
        let is_root = |relation: &Relation| {
            relation.root_schema.as_deref() == Some(table.schema.as_str())
                && relation.root.as_deref() == Some(table.name.as_str())
        };
        let relations = self.relations.values();
        relations.filter(move |relation| relation.is_partition && is_root(relation))
    }

    /// Whether a role could switch row-level security off, or is not held by it, or reads around it.
    pub(super) fn is_dangerous(&self, role: &str) -> bool {
        let owners: BTreeSet<&str> = self.schemas.values().map(String::as_str).collect();
        let reachable = self.reachable(role);
        reachable
            .iter()
            .any(|role| self.passes_policies(role) || owners.contains(role) || PREDEFINED.contains(role))
    }

    /// The relation of that name.
    pub(super) fn relation(&self, schema: &str, name: &str) -> Option<&Relation> {
        self.relations.get(&(schema.to_owned(), name.to_owned()))
    }

    /// The columns of a relation, in their order.
    pub(super) fn columns_of(&self, name: &Name) -> &[Column] {
        self.columns.get(name).map_or(&[], Vec::as_slice)
    }

    /// All roles that a role is a member of, or may make itself one of, directly or through others, itself included.
    pub(super) fn reachable(&self, role: &str) -> BTreeSet<&str> {
        self.closure(role, |_| true)
    }

    /// All roles that a role works as, directly or through others, itself included: without those of which it could make
    /// itself a member.
    pub(super) fn works_as(&self, role: &str) -> BTreeSet<&str> {
        self.closure(role, |of| of.works)
    }

    fn closure(&self, role: &str, follows: impl Fn(&Membership) -> bool) -> BTreeSet<&str> {
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
                let of = of.unwrap_or_default().iter().filter(|of| follows(of));
                next.extend(of.map(|of| of.role.as_str()));
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

/// A fact about a relation.
#[derive(Deserialize)]
struct Placed<T> {
    schema: String,
    relation: String,
    #[serde(flatten)]
    fact: T,
}

/// The rows of a query by the relation that their columns `schema` and `relation` name, in the order they come.
async fn by_relation<T: DeserializeOwned>(
    connection: &mut PgConnection,
    query: &'static str,
    schemas: &[String],
) -> Result<BTreeMap<Name, Vec<T>>, sqlx::Error> {
    let mut groups: BTreeMap<Name, Vec<T>> = BTreeMap::new();
    for Placed {
        schema,
        relation,
        fact,
    } in rows(connection, query, schemas).await?
    {
        groups.entry((schema, relation)).or_default().push(fact);
    }
    Ok(groups)
}

/// Whether an object is a member of an extension of a superuser. Whoever else owns an extension adds to it what they like.
macro_rules! superusers_part {
    ($class:literal, $object:literal) => {
        concat!(
            "EXISTS (SELECT FROM pg_depend AS part JOIN pg_extension ON pg_extension.oid = part.refobjid \
                JOIN pg_roles ON pg_roles.oid = extowner WHERE part.classid = ",
            $class,
            " AND part.objid = ",
            $object,
            " AND part.deptype = 'e' AND rolsuper)"
        )
    };
}
use superusers_part;

/// What an expression calls that is neither PostgreSQL's nor an extension's: functions as `<schema>.<name>`, anything else
/// as the server describes it. Of the object of a catalog that holds the expression; `$but` is the id of what is not meant.
macro_rules! calls {
    ($class:literal, $object:literal, $but:literal) => {
        concat!(
            "ARRAY(SELECT DISTINCT CASE used.refclassid WHEN 'pg_catalog.pg_proc'::regclass \
                    THEN (SELECT format('%I.%I', place.nspname, proname) FROM pg_proc JOIN pg_namespace AS place ON place.oid = pronamespace \
                        WHERE pg_proc.oid = used.refobjid) \
                    ELSE pg_describe_object(used.refclassid, used.refobjid, used.refobjsubid) END \
                FROM pg_depend AS used WHERE used.classid = 'pg_catalog.", $class, "'::regclass AND used.objid = ", $object,
            " AND used.refobjid >= 16384 AND used.refobjid <> ", $but, " \
                AND used.refclassid IN ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass) \
                AND NOT ", superusers_part!("used.refclassid", "used.refobjid"), " ORDER BY 1)"
        )
    };
}
use calls;

/// Whether a view reads with the rights of who asks, not of its owner. Of a query on `pg_class`.
macro_rules! invoker {
    () => {
        "coalesce((SELECT option_value::boolean FROM pg_options_to_table(pg_class.reloptions) WHERE option_name = 'security_invoker'), false)"
    };
}
use invoker;

/// Which relations are looked at: those of the schemas, and the partitions of their tables, wherever they are. Of a
/// query on `pg_class` and `pg_namespace`.
macro_rules! ours {
    () => {
        "(pg_namespace.nspname = ANY ($1) OR pg_partition_root(pg_class.oid) IN (SELECT root.oid FROM pg_class AS root \
            JOIN pg_namespace AS place ON place.oid = root.relnamespace WHERE place.nspname = ANY ($1)))"
    };
}
use ours;
