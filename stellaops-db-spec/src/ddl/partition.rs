//! Partitions by month. The table itself holds none when it is made: a procedure makes those of the current and
//! the next months and detaches those past the retention, when the file is applied and whenever it is called.

use crate::ddl::routine;
use crate::ddl::writer::Lines;
use crate::model::{Table, name, quote_identifier, quote_literal};

/// ` PARTITION BY RANGE (…)`, behind the table's columns.
pub(super) fn clause(table: &Table) -> String {
    let by = table.partition.as_ref().map(|partition| partition.by.sql_name());
    by.map(|by| format!(" PARTITION BY RANGE ({by})"))
        .unwrap_or_default()
}

/// The procedure of a partitioned table. It runs as the owner, so that the system's login needs no right to
/// make or change tables, and touches nothing but this table's partitions.
pub(super) fn procedure(table: &Table) -> Option<Lines> {
    let partition = table.partition.as_ref()?;
    let days = match &table.retention {
        Some(retention) => retention.days.to_string(),
        None => "NULL".into(),
    };
    let signature = format!("{}()", procedure_name(table));
    let create = Lines::one(format!("CREATE OR REPLACE PROCEDURE {signature}"))
        .line("LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s' AS $procedure$")
        .line("BEGIN")
        .nested(Lines::one(format!(
            "CALL stellaops.maintain_partitions({}, {}, {days});",
            quote_literal(&table.sql_name()),
            partition.ahead
        )))
        .line("END $procedure$;");
    let comment = format!(
        "Makes the partitions of {} for this month and {} further ones, and detaches those past the retention.",
        table.qualified(),
        partition.ahead
    );
    Some(
        create
            .then(routine::owned(table, "PROCEDURE", &signature))
            .line(format!(
                "GRANT EXECUTE ON PROCEDURE {signature} TO stellaops_system;"
            ))
            .line(format!(
                "COMMENT ON PROCEDURE {signature} IS {};",
                quote_literal(&comment)
            )),
    )
}

/// The call of the procedure.
pub(super) fn maintain(table: &Table) -> Option<Lines> {
    table.partition.as_ref()?;
    Some(Lines::one(format!("CALL {}();", procedure_name(table))))
}

fn procedure_name(table: &Table) -> String {
    format!(
        "{}.{}",
        quote_identifier(&table.schema),
        quote_identifier(&name::maintain_partitions(table))
    )
}
