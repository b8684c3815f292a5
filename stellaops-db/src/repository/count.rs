use sqlx::Row as _;

use crate::error::Error;
use crate::query::Filter;
use crate::query::select::{self, Built, Selection};
use crate::repository::Repository;
use crate::scope::Session;
use crate::table::Table;

impl<T: Table, A> Repository<T, A> {
    /// How many rows this scope sees that fulfil all filters; those marked as deleted don't count. Each of
    /// them is looked at: of very many rows [`Repository::count_up_to`] is enough where "more than 10,000" is.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn count(&self, filters: impl IntoIterator<Item = Filter<T>>) -> Result<u64, Error> {
        count(&self.session, filters, None).await
    }

    /// As [`Repository::count`], but no further than `bound`: what has more rows than that is as good as
    /// `bound`.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn count_up_to(
        &self,
        bound: u32,
        filters: impl IntoIterator<Item = Filter<T>>,
    ) -> Result<u64, Error> {
        count(&self.session, filters, Some(bound.into())).await
    }

    /// About how many rows this scope sees that fulfil all filters, as the planner expects from its
    /// statistics, without reading a row: a number for a person, not for a decision.
    ///
    /// # Errors
    /// What the database can say.
    pub async fn estimate(&self, filters: impl IntoIterator<Item = Filter<T>>) -> Result<u64, Error> {
        let selection = Selection::counted(self.session.tenant.clone(), filters)?;
        let Built { sql, parameters } = select::estimate(selection);
        let rows = self.session.built_rows(sql, parameters).await?;
        let plan: Option<String> = rows.first().map(|row| row.try_get_unchecked(0)).transpose()?;
        Ok(expected_rows(plan.as_deref().unwrap_or_default()))
    }
}

pub(super) async fn count<T: Table>(
    session: &Session,
    filters: impl IntoIterator<Item = Filter<T>>,
    bound: Option<i64>,
) -> Result<u64, Error> {
    let Built { sql, parameters } =
        select::count(Selection::counted(session.tenant.clone(), filters)?, bound);
    let rows = session.built_rows(sql, parameters).await?;
    let number: i64 = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0);
    Ok(u64::try_from(number).unwrap_or(0))
}

/// The rows of the topmost node.
fn expected_rows(plan: &str) -> u64 {
    let plan: serde_json::Value = serde_json::from_str(plan).unwrap_or_default();
    let rows = plan.pointer("/0/Plan/Plan Rows");
    rows.and_then(serde_json::Value::as_u64).unwrap_or(0)
}
