//! What the catalog says, as plain structs: one query a kind, read as one JSON document.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::PgConnection;

use super::ScaffoldError;

/// Everything that is read.
#[derive(Debug)]
pub(super) struct Catalog {
    pub(super) database: Named,
    pub(super) schemas: Vec<Named>,
    pub(super) relations: Vec<Relation>,
    pub(super) others: Vec<Other>,
}

/// A name with its comment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) comment: Option<String>,
}

/// A table.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Relation {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) comment: Option<String>,
    pub(super) unlogged: bool,
    pub(super) owner: String,
    pub(super) row_security: bool,
    pub(super) forced_row_security: bool,
    pub(super) partition_key: Option<String>,
    /// The body of the procedure that makes its partitions.
    pub(super) maintenance: Option<String>,
    /// The body of the function that chains its rows.
    pub(super) chain: Option<String>,
    /// The body of the function that writes the evidence of system scopes into it.
    pub(super) evidence: Option<String>,
    pub(super) partitions: Vec<String>,
    pub(super) parents: Vec<String>,
    /// Who was granted something, beside the owner.
    pub(super) grantees: Vec<String>,
    pub(super) columns: Vec<Column>,
    pub(super) constraints: Vec<Constraint>,
    pub(super) indexes: Vec<Index>,
    pub(super) triggers: Vec<Trigger>,
    pub(super) policies: Vec<Policy>,
}

/// A column.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Column {
    pub(super) name: String,
    /// As the catalog prints it.
    #[serde(rename = "type")]
    pub(super) type_name: String,
    /// What a domain is made of.
    pub(super) base: Option<String>,
    /// The values of a native enum.
    pub(super) labels: Option<Vec<String>>,
    pub(super) not_null: bool,
    /// `a`, `d` or empty.
    pub(super) identity: String,
    /// `s`, `v` or empty.
    pub(super) generated: String,
    pub(super) default: Option<String>,
    pub(super) collation: Option<String>,
    pub(super) comment: Option<String>,
}

/// A constraint of a table.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Constraint {
    pub(super) name: String,
    /// `p`, `u`, `f`, `c`, `x` or another letter of the catalog.
    pub(super) kind: String,
    pub(super) definition: String,
    pub(super) is_valid: bool,
    pub(super) is_deferrable: bool,
    pub(super) columns: Vec<String>,
    pub(super) parent_schema: Option<String>,
    pub(super) parent: Option<String>,
    pub(super) parent_columns: Vec<String>,
    pub(super) on_delete: String,
    pub(super) on_update: String,
    pub(super) matching: String,
    pub(super) cleared: Vec<String>,
    pub(super) comment: Option<String>,
}

/// An index that no constraint stands for.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) definition: String,
    pub(super) method: String,
    pub(super) is_unique: bool,
    pub(super) is_valid: bool,
    pub(super) is_plain: bool,
    pub(super) columns: Vec<IndexColumn>,
    pub(super) condition: Option<String>,
    pub(super) comment: Option<String>,
}

/// A column of an index; without a name it is an expression.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct IndexColumn {
    pub(super) name: Option<String>,
    pub(super) descending: bool,
    /// `first` or `last`; none when the column is never NULL.
    pub(super) nulls: Option<String>,
}

impl IndexColumn {
    /// Whether it can be no pin: it goes another way than an index does by itself.
    pub(super) fn is_ordered(&self) -> bool {
        self.descending || self.nulls.as_deref() == Some("first")
    }

    /// As an order of the format.
    pub(super) fn order(&self, name: &str) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let nulls = self.nulls.iter().map(|place| format!(" nulls {place}"));
        format!("{name}{direction}{}", nulls.collect::<String>())
    }
}

/// A trigger that somebody made.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Trigger {
    pub(super) name: String,
    pub(super) definition: String,
    /// Qualified, without the arguments.
    pub(super) function: String,
    pub(super) is_enabled: bool,
}

/// A policy of row-level security.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) visible: Option<String>,
    pub(super) writable: Option<String>,
}

/// An object that no spec describes.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Other {
    pub(super) schema: String,
    pub(super) name: String,
    pub(super) kind: String,
}

/// Reads the schemas of these names, or all but the server's own and the shared one.
pub(super) async fn read(
    connection: &mut PgConnection,
    schemas: &[String],
) -> Result<Catalog, ScaffoldError> {
    let mut database: Vec<Named> = rows(connection, DATABASE, schemas).await?;
    Ok(Catalog {
        database: database.pop().ok_or(ScaffoldError::Catalog)?,
        schemas: rows(connection, SCHEMAS, schemas).await?,
        relations: rows(connection, RELATIONS, schemas).await?,
        others: rows(connection, OTHERS, schemas).await?,
    })
}

async fn rows<T: DeserializeOwned>(
    connection: &mut PgConnection,
    query: &'static str,
    schemas: &[String],
) -> Result<Vec<T>, ScaffoldError> {
    let found: Option<String> = sqlx::query_scalar(query)
        .bind(schemas)
        .fetch_one(&mut *connection)
        .await?;
    serde_json::from_str(found.as_deref().unwrap_or("[]")).map_err(|_| ScaffoldError::Catalog)
}

const DATABASE: &str = "SELECT jsonb_build_array(jsonb_build_object('name', datname, 'comment', shobj_description(oid, 'pg_database')))::text
    FROM pg_database WHERE datname = current_database() AND $1::text[] IS NOT NULL";

const SCHEMAS: &str = r#"
SELECT jsonb_agg(to_jsonb(found) ORDER BY found.name COLLATE "C")::text FROM (
  SELECT nspname AS name, obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace
  WHERE CASE WHEN cardinality($1::text[]) > 0 THEN nspname = ANY ($1)
             ELSE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'stellaops') END
) AS found"#;

const RELATIONS: &str = r#"
SELECT jsonb_agg(to_jsonb(found) - 'oid' ORDER BY found.schema COLLATE "C", found.name COLLATE "C")::text FROM (
  SELECT c.oid, n.nspname AS schema, c.relname AS name, obj_description(c.oid, 'pg_class') AS comment,
    c.relpersistence = 'u' AS unlogged, pg_get_userbyid(c.relowner) AS owner,
    c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced_row_security,
    pg_get_partkeydef(c.oid) AS partition_key,
    (SELECT prosrc FROM pg_proc WHERE pronamespace = n.oid AND prokind = 'p' AND c.relkind = 'p'
       AND prosrc LIKE '%stellaops.maintain_partitions(%' AND proname = 'maintain_' || c.relname || '_partitions') AS maintenance,
    (SELECT prosrc FROM pg_proc WHERE pronamespace = n.oid AND proname = 'chain_' || c.relname
       AND prosrc LIKE '%stellaops.chain_hash(%') AS chain,
    (SELECT prosrc FROM pg_proc WHERE pronamespace = n.oid AND proname = 'record_system_access_in_' || c.relname) AS evidence,
    ARRAY(SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = c.oid ORDER BY 1) AS partitions,
    ARRAY(SELECT inhparent::regclass::text FROM pg_inherits WHERE inhrelid = c.oid ORDER BY inhseqno) AS parents,
    ARRAY(SELECT DISTINCT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(grantee)::text END
          FROM aclexplode(c.relacl) WHERE grantee <> c.relowner ORDER BY 1) AS grantees,
    (SELECT coalesce(jsonb_agg(to_jsonb(l) - 'attnum' ORDER BY l.attnum), '[]') FROM (
      SELECT a.attnum, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
        CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END AS base,
        CASE WHEN t.typtype = 'e' THEN (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) END AS labels,
        a.attnotnull AS not_null, a.attidentity AS identity, a.attgenerated AS generated,
        pg_get_expr(d.adbin, d.adrelid) AS default,
        CASE WHEN a.attcollation <> 0 THEN (SELECT collname FROM pg_collation WHERE oid = a.attcollation) END AS collation,
        col_description(c.oid, a.attnum) AS comment
      FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS l) AS columns,
    (SELECT coalesce(jsonb_agg(to_jsonb(k) - 'oid' ORDER BY k.oid), '[]') FROM (
      SELECT o.oid, o.conname AS name, o.contype AS kind, pg_get_constraintdef(o.oid) AS definition,
        o.convalidated AS is_valid, o.condeferrable AS is_deferrable,
        ARRAY(SELECT attname::text FROM unnest(o.conkey) WITH ORDINALITY AS u (number, position)
              JOIN pg_attribute ON attrelid = o.conrelid AND attnum = number ORDER BY position) AS columns,
        (SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace WHERE pg_class.oid = o.confrelid) AS parent_schema,
        (SELECT relname FROM pg_class WHERE oid = o.confrelid) AS parent,
        ARRAY(SELECT attname::text FROM unnest(o.confkey) WITH ORDINALITY AS u (number, position)
              JOIN pg_attribute ON attrelid = o.confrelid AND attnum = number ORDER BY position) AS parent_columns,
        o.confdeltype AS on_delete, o.confupdtype AS on_update, o.confmatchtype AS matching,
        ARRAY(SELECT attname::text FROM jsonb_array_elements_text(nullif(to_jsonb(o) -> 'confdelsetcols', 'null')) AS u (number)
              JOIN pg_attribute ON attrelid = o.conrelid AND attnum = number::int) AS cleared,
        obj_description(o.oid, 'pg_constraint') AS comment
      FROM pg_constraint o WHERE o.conrelid = c.oid AND o.contype NOT IN ('n', 't')) AS k) AS constraints,
    (SELECT coalesce(jsonb_agg(to_jsonb(x) - 'oid' ORDER BY x.oid), '[]') FROM (
      SELECT i.indexrelid AS oid, ic.relname AS name, pg_get_indexdef(i.indexrelid) AS definition, am.amname AS method,
        i.indisunique AS is_unique, i.indisvalid AS is_valid,
        i.indnatts = i.indnkeyatts AND ic.reloptions IS NULL AND pg_get_indexdef(i.indexrelid) !~ ' NULLS NOT DISTINCT'
          AND NOT EXISTS (SELECT FROM unnest(i.indclass::oid[]) AS u (class) JOIN pg_opclass ON pg_opclass.oid = class WHERE NOT opcdefault)
          AND NOT EXISTS (SELECT FROM generate_series(1, i.indnkeyatts) AS p (position)
                          JOIN pg_attribute ON attrelid = i.indrelid AND attnum = i.indkey[position - 1]
                          WHERE i.indcollation[position - 1] <> attcollation
                            OR attnotnull AND i.indoption[position - 1] NOT IN (0, 3)) AS is_plain,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('name', attname, 'descending', (i.indoption[position - 1] & 1) = 1,
            'nulls', CASE WHEN NOT attnotnull THEN CASE i.indoption[position - 1] & 2 WHEN 2 THEN 'first' ELSE 'last' END END) ORDER BY position), '[]')
         FROM generate_series(1, i.indnkeyatts) AS p (position)
         LEFT JOIN pg_attribute ON attrelid = i.indrelid AND attnum = i.indkey[position - 1] AND attnum <> 0) AS columns,
        pg_get_expr(i.indpred, i.indrelid) AS condition, obj_description(i.indexrelid, 'pg_class') AS comment
      FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
      WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND conrelid = c.oid)) AS x) AS indexes,
    (SELECT coalesce(jsonb_agg(to_jsonb(g) ORDER BY g.name COLLATE "C"), '[]') FROM (
      SELECT tgname AS name, pg_get_triggerdef(g.oid) AS definition, tgenabled IN ('O', 'A') AS is_enabled,
        (SELECT nspname || '.' || proname FROM pg_proc p JOIN pg_namespace ON pg_namespace.oid = pronamespace WHERE p.oid = tgfoid) AS function
      FROM pg_trigger g WHERE tgrelid = c.oid AND NOT tgisinternal) AS g) AS triggers,
    (SELECT coalesce(jsonb_agg(to_jsonb(y) ORDER BY y.name COLLATE "C"), '[]') FROM (
      SELECT polname AS name, pg_get_expr(polqual, polrelid) AS visible, pg_get_expr(polwithcheck, polrelid) AS writable
      FROM pg_policy WHERE polrelid = c.oid) AS y) AS policies
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')
    AND CASE WHEN cardinality($1::text[]) > 0 THEN n.nspname = ANY ($1)
             ELSE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'stellaops') END
) AS found"#;

const OTHERS: &str = r#"
SELECT jsonb_agg(to_jsonb(found) ORDER BY found.schema COLLATE "C", found.kind, found.name COLLATE "C")::text FROM (
  SELECT n.nspname AS schema, c.relname AS name,
    CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table'
                   WHEN 'c' THEN 'composite type' ELSE 'sequence' END AS kind
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm', 'f', 'c', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
                      AND (deptype = 'e' OR deptype IN ('i', 'a') AND c.relkind = 'S'))
  UNION ALL
  SELECT n.nspname, p.oid::regprocedure::text, CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE p.prosrc NOT LIKE '%CALL stellaops.maintain_partitions(%' AND p.prosrc NOT LIKE '%stellaops.chain_hash(%'
      AND p.proname !~ '^record_system_access_in_'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype IN ('e', 'i'))
  UNION ALL
  SELECT n.nspname, t.typname, CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum type' ELSE 'range type' END
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('d', 'e', 'r') AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_type'::regclass AND objid = t.oid AND deptype = 'e')
  UNION ALL
  SELECT n.nspname, format('%I on %s', r.rulename, r.ev_class::regclass), 'rule'
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN'
  UNION ALL
  SELECT n.nspname, s.stxname, 'extended statistics' FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace
) AS found
WHERE CASE WHEN cardinality($1::text[]) > 0 THEN found.schema = ANY ($1)
           ELSE found.schema !~ '^pg_' AND found.schema NOT IN ('information_schema', 'stellaops') END"#;
