//! Rows that are inserted, or meet one that is there.

use crate::bulk::plan::Verb;
use crate::bulk::text::{Answer, Text, answered, comma};

impl Text<'_> {
    pub(super) fn upsert(&mut self, answer: Answer) -> String {
        let target = self.conflict_target();
        let overwritten = match self.plan.verb {
            Verb::Overwrite(_) => self.overwritten(),
            _ => None,
        };
        let Some(overwritten) = overwritten else {
            return self.insert(&format!("{target} DO NOTHING"), answer);
        };
        let insert = self.insert_into("", &format!("{target} DO UPDATE SET {overwritten}"), answer);
        let is_new = self.is_new();
        let written = format!(", written AS ({insert} RETURNING {is_new} AS is_new)");
        let hidden = self.hidden();
        let outcome = format!(
            "SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new), ({hidden}), NULL::bigint[] FROM written"
        );
        format!("{written} {}", answered(&outcome, answer))
    }

    /// Whether a row that was written is new. One that was there was locked before it was changed, and the lock
    /// is in the new version's `xmax`. Rows of partitions come without it: they are looked for as they were when
    /// the statement began, so that one that another transaction inserted meanwhile counts as new.
    fn is_new(&self) -> String {
        if self.table().statements.maintain_partitions.is_empty() {
            return "stored.xmax = 0".into();
        }
        let tenant = self.table().has_tenant.then_some(0);
        let target = self.plan.target().iter().copied();
        let pairs = tenant.into_iter().chain(target).map(|column| {
            let name = self.name(column);
            format!("seen.{name} = stored.{name}")
        });
        format!(
            "NOT EXISTS (SELECT FROM {} AS seen WHERE {})",
            self.table().sql_name(),
            pairs.collect::<Vec<_>>().join(" AND ")
        )
    }

    /// ` ON CONFLICT (tenant_id, name) WHERE deleted_at IS NULL`
    fn conflict_target(&self) -> String {
        let tenant = self.table().has_tenant.then_some(0);
        let columns: Vec<_> = tenant
            .into_iter()
            .chain(self.plan.target().iter().copied())
            .collect();
        let condition = self.plan.unique_key().and_then(|key| key.condition);
        let condition = condition.map(|condition| format!(" WHERE {condition}"));
        format!(
            " ON CONFLICT ({}){}",
            self.table().column_list(&columns),
            condition.unwrap_or_default()
        )
    }

    /// What an upsert sets in a row that is there, if anything, and in which rows: not in those that are marked
    /// as deleted, and not in those that would be as they were.
    fn overwritten(&self) -> Option<String> {
        let table = self.table();
        if table.patchable.is_empty() {
            return None;
        }
        let set = |column: &usize| format!("{0} = EXCLUDED.{0}", self.name(*column));
        let mut sets: Vec<_> = table.patchable.iter().chain(table.touched).map(set).collect();
        sets.extend(self.next_version("stored"));
        let of = |relation: &str| {
            comma(
                table
                    .patchable
                    .iter()
                    .map(|column| format!("{relation}.{}", self.name(*column))),
            )
        };
        let live = self.live("stored").map(|live| format!("{live} AND "));
        Some(format!(
            "{} WHERE {}({}) IS DISTINCT FROM ({})",
            comma(sets),
            live.unwrap_or_default(),
            of("stored"),
            of("EXCLUDED")
        ))
    }

    /// The numbers of the rows that meet one that is marked as deleted. A unique key with a condition may well
    /// be one of rows that are not marked.
    fn hidden(&self) -> String {
        let mark = self.table().soft_delete;
        let places: Option<Vec<_>> = self
            .plan
            .target()
            .iter()
            .map(|column| self.plan.place(*column))
            .collect();
        let is_partial = self.plan.unique_key().is_some_and(|key| key.condition.is_some());
        match (mark, places) {
            (Some(mark), Some(places)) if !is_partial => format!(
                "SELECT array_agg(given.n ORDER BY given.n) FROM given WHERE EXISTS (SELECT FROM {} AS seen WHERE {} AND seen.{} IS NOT NULL)",
                self.table().sql_name(),
                self.same("seen", self.plan.target(), &places),
                self.name(mark)
            ),
            _ => "NULL::bigint[]".into(),
        }
    }

    /// Rows that name a version change it, and rows that name none are new.
    pub(super) fn overwrite_version(&mut self, answer: Answer) -> String {
        let table = self.table();
        let places: Vec<_> = table.key.iter().map(|column| self.place(*column)).collect();
        let changed = self.change_of_version(&places);
        let (expected, key) = (self.expected_name(), table.column_list(table.key));
        let insert = self.insert_into(
            &format!(" WHERE {expected} IS NULL"),
            &format!("{} DO NOTHING", self.conflict_target()),
            answer,
        );
        let keys = table
            .key
            .iter()
            .map(|column| format!("made.{}", self.name(*column)));
        let given = places.iter().map(|place| format!("given.c{place}"));
        let missed = format!(
            "NOT EXISTS (SELECT FROM changed WHERE changed.n = given.n) AND NOT ({expected} IS NULL AND EXISTS (SELECT FROM made WHERE ({}) = ({})))",
            comma(keys),
            comma(given)
        );
        let outcome = self.outcome("(SELECT count(*) FROM made)", &missed, &places);
        format!(
            ", changed AS ({changed}), made AS ({insert} RETURNING {key}) {}",
            answered(&outcome, answer)
        )
    }

    fn change_of_version(&self, places: &[usize]) -> String {
        let table = self.table();
        let set = |column: &usize| format!("{} = given.c{}", self.name(*column), self.place(*column));
        let mut sets: Vec<_> = table.patchable.iter().chain(table.touched).map(set).collect();
        sets.extend(self.next_version("stored"));
        let mut conditions = vec![self.same("stored", table.key, places)];
        conditions.extend(self.live("stored"));
        let version = table.row_version.map(|version| self.name(version));
        conditions.extend(version.map(|version| format!("stored.{version} = {}", self.expected_name())));
        format!(
            "UPDATE {} AS stored SET {} FROM given WHERE {} RETURNING given.n",
            table.sql_name(),
            comma(sets),
            conditions.join(" AND ")
        )
    }

    /// Where among the given values an inserted column is; an upsert inserts all that it sets, and the key.
    fn place(&self, column: usize) -> usize {
        self.plan.place(column).unwrap_or_default()
    }
}
