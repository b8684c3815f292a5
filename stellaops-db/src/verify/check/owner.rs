//! Whose schemas, tables, partitions, sequences, views, routines and the domain of the tenant are.

use stellaops_db_spec::model::name::Role;
use stellaops_db_spec::model::quote_identifier;
use stellaops_db_spec::rule;

use super::{Context, role_of, sql_name};
use crate::verify::audit::{Object, Recorder};
use crate::verify::catalog::{Relation, SHARED};

/// An object with its owner.
struct Owned<'a> {
    shown: String,
    /// As `ALTER … OWNER TO` names it.
    altered: String,
    owner: &'a str,
}

pub(super) fn check(context: &Context<'_>, recorder: &mut Recorder) {
    for schema in &context.schemas {
        let owned = of_schema(context, &schema.name);
        belong_to(&role_of(&schema.name, Role::Owner), owned, recorder);
    }
    let mut shared = of_schema(context, SHARED);
    shared.extend(context.catalog.domain.as_ref().map(|domain| Owned {
        shown: "stellaops.tenant".into(),
        altered: "DOMAIN stellaops.tenant".into(),
        owner: &domain.owner,
    }));
    belong_to("stellaops_migrator", shared, recorder);
}

/// The schema itself, all that lies in it, and the partitions of its tables, wherever they are.
fn of_schema<'a>(context: &Context<'a>, schema: &str) -> Vec<Owned<'a>> {
    let itself = context.catalog.schemas.get(schema).map(|owner| Owned {
        shown: format!("schema {schema}"),
        altered: format!("SCHEMA {}", quote_identifier(schema)),
        owner,
    });
    let relations = context.catalog.relations.values();
    let relations = relations
        .filter(|relation| relation.schema == schema || relation.root_schema.as_deref() == Some(schema))
        .map(|relation| Owned {
            shown: format!("{}.{}", relation.schema, relation.name),
            altered: altered(relation),
            owner: &relation.owner,
        });
    let routines = context.catalog.routines.iter();
    let routines = routines
        .filter(|routine| routine.schema == schema)
        .map(|routine| Owned {
            shown: routine.signature.clone(),
            altered: format!("ROUTINE {}", routine.signature),
            owner: &routine.owner,
        });
    itself.into_iter().chain(relations).chain(routines).collect()
}

fn altered(relation: &Relation) -> String {
    let kind = match relation.kind.as_str() {
        "v" => "VIEW",
        "m" => "MATERIALIZED VIEW",
        "f" => "FOREIGN TABLE",
        "S" => "SEQUENCE",
        _ => "TABLE",
    };
    format!("{kind} {}", sql_name(&relation.full_name()))
}

fn belong_to(owner: &str, owned: Vec<Owned<'_>>, recorder: &mut Recorder) {
    recorder.examined(rule::OWNERS_RIGHT, owned.len(), "objects");
    for object in owned.into_iter().filter(|object| object.owner != owner) {
        let message = format!("it belongs to {}, not to {owner}", object.owner);
        let help = format!("ALTER {} OWNER TO {};", object.altered, quote_identifier(owner));
        recorder.error(rule::OWNERS_RIGHT, Object::Other(object.shown), message, help);
    }
}
