//! Constraints and indexes.

use serde::Deserialize;

use super::{calls, ours, superusers_part};

/// A constraint of a table, or of a partition.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Constraint {
    pub(in crate::verify) name: String,
    /// `pg_constraint.contype`
    pub(in crate::verify) kind: String,
    pub(in crate::verify) validated: bool,
    pub(in crate::verify) columns: Vec<String>,
    /// Of a foreign key: the table, in this schema or as `<schema>.<name>`.
    pub(in crate::verify) parent: Option<String>,
    pub(in crate::verify) parent_columns: Vec<String>,
    /// `pg_constraint.confdeltype`
    pub(in crate::verify) on_delete: String,
    /// `pg_constraint.confupdtype`
    pub(in crate::verify) on_update: String,
    /// Of a foreign key: the table on which a trigger that looks at it is switched off.
    pub(in crate::verify) disabled_on: Option<String>,
    /// As `pg_get_constraintdef` prints it; empty of a check.
    pub(in crate::verify) definition: String,
    /// Of a check.
    pub(in crate::verify) condition: Option<String>,
    /// What the condition calls that somebody made.
    pub(in crate::verify) calls: Vec<String>,
}

/// An index of a table, or of a partition.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::verify) struct Index {
    pub(in crate::verify) name: String,
    pub(in crate::verify) unique: bool,
    pub(in crate::verify) valid: bool,
    /// The key columns in their order; empty texts for expressions.
    pub(in crate::verify) columns: Vec<String>,
    /// For each key column, whether all operators of its class are leakproof.
    pub(in crate::verify) leakproof: Vec<bool>,
    /// Which rows are in it, if not all.
    pub(in crate::verify) condition: Option<String>,
    /// What its columns and its condition call that somebody made.
    pub(in crate::verify) calls: Vec<String>,
}

/// On PostgreSQL 18 a constraint can be there and not enforced; such a one is as good as not validated.
pub(super) const CONSTRAINTS: &str = concat!(
    "SELECT nspname::text AS schema, pg_class.relname::text AS relation, conname::text AS name, \
        contype::text AS kind, \
        convalidated AND coalesce((to_jsonb(pg_constraint) ->> 'conenforced')::boolean, true) AS validated, \
        ARRAY(SELECT attname::text FROM unnest(conkey) WITH ORDINALITY AS key (number, place) \
            JOIN pg_attribute ON attrelid = conrelid AND attnum = number ORDER BY place) AS columns, \
        CASE WHEN parent.relnamespace = pg_class.relnamespace THEN parent.relname::text ELSE confrelid::regclass::text END AS parent, \
        ARRAY(SELECT attname::text FROM unnest(confkey) WITH ORDINALITY AS key (number, place) \
            JOIN pg_attribute ON attrelid = confrelid AND attnum = number ORDER BY place) AS parent_columns, \
        confdeltype::text AS on_delete, confupdtype::text AS on_update, \
        (SELECT min(tgrelid::regclass::text) FROM pg_trigger WHERE tgconstraint = pg_constraint.oid AND tgenabled NOT IN ('O', 'A')) AS disabled_on, \
        CASE contype WHEN 'c' THEN '' ELSE pg_get_constraintdef(pg_constraint.oid) END AS definition, \
        CASE contype WHEN 'c' THEN pg_get_expr(conbin, conrelid) END AS condition, \
        CASE contype WHEN 'c' THEN ",
    calls!("pg_constraint", "pg_constraint.oid", "0"),
    " ELSE '{}' END AS calls \
    FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace \
        LEFT JOIN pg_class AS parent ON parent.oid = confrelid \
    WHERE contype IN ('c', 'f', 'p', 'u', 'x') AND ",
    ours!(),
    " ORDER BY conrelid, conname"
);

pub(super) const INDEXES: &str = concat!(
    "SELECT nspname::text AS schema, pg_class.relname::text AS relation, own.relname::text AS name, \
        indisunique AS unique, indisvalid AND indisready AS valid, \
        ARRAY(SELECT coalesce(attname::text, '') FROM generate_series(0, indnkeyatts - 1) AS place \
            LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[place] AND attnum > 0 ORDER BY place) AS columns, \
        ARRAY(SELECT coalesce((SELECT bool_and(proleakproof) FROM pg_opclass \
                JOIN pg_amop ON amopfamily = opcfamily AND amoplefttype = opcintype AND amoprighttype = opcintype AND amoppurpose = 's' \
                JOIN pg_operator ON pg_operator.oid = amopopr JOIN pg_proc ON pg_proc.oid = oprcode \
                WHERE pg_opclass.oid = indclass[place]), false) \
            FROM generate_series(0, indnkeyatts - 1) AS place ORDER BY place) AS leakproof, \
        pg_get_expr(indpred, indrelid) AS condition, \
        ",
    calls!("pg_class", "indexrelid", "0"),
    " AS calls \
    FROM pg_index JOIN pg_class AS own ON own.oid = indexrelid JOIN pg_class ON pg_class.oid = indrelid \
        JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace \
    WHERE ",
    ours!(),
    " ORDER BY indrelid, own.relname"
);
