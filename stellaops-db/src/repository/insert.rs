use crate::error::Error;
use crate::repository::{Repository, decode_all, decode_first};
use crate::table::{Insert, NamedAssignments, Table, Upsertable, tenancy};
use crate::tenant::TenantId;
use crate::value::Parameter;

/// The greatest number of parameters of one statement: the protocol counts them in 16 bits.
const MAX_PARAMETERS: usize = 65_535;

// The bounds stand at each verb, not here: only there does the compiler say in our words what is missing.
impl<T: Table, A> Repository<T, A> {
    /// Inserts a row and gives it back as it is stored.
    ///
    /// # Errors
    /// [`Error::UniqueViolation`], [`Error::ForeignKeyViolation`], [`Error::CheckViolation`].
    pub async fn insert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        let parameters = self.new_row(row)?;
        let rows = self
            .session
            .rows(Self::TABLE.statements.insert, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        decode_first(&rows)?.ok_or(Error::NotFound {
            table: Self::TABLE.qualified,
        })
    }

    /// Inserts rows with one statement: all or none. In order, as they are stored.
    ///
    /// # Errors
    /// As [`Repository::insert`]; [`Error::OutOfRange`] past 65,535 values, which is as many as one
    /// statement takes.
    pub async fn insert_many(
        &self,
        rows: impl IntoIterator<Item = T::Assignments<Insert>>,
    ) -> Result<Vec<T>, Error>
    where
        A: tenancy::Writes<T::Tenancy>,
    {
        let width = Self::TABLE.inserted().count();
        let mut parameters = self.session.leading(Self::TABLE.has_tenant);
        let mut values = Vec::new();
        for row in rows {
            let own = self.new_row(row)?;
            let own = own.into_iter().skip(usize::from(Self::TABLE.has_tenant));
            let first = parameters.len() + 1;
            parameters.extend(own);
            values.push(placeholders(first, width, Self::TABLE.has_tenant));
        }
        if values.is_empty() {
            return Ok(Vec::new());
        }
        if parameters.len() > MAX_PARAMETERS {
            return Err(Error::OutOfRange {
                what: "values in one insert_many",
                number: i64::try_from(parameters.len()).unwrap_or(i64::MAX),
                range: "at most 65,535: insert the rows in several calls, in one transaction",
            });
        }
        let (before, after) = Self::TABLE.statements.insert_many;
        let sql = format!("{before}{}{after}", values.join(", "));
        let rows = self.session.built_rows(sql, parameters).await;
        decode_all(&rows.map_err(|error| error.of_row(Self::TABLE))?)
    }

    /// Inserts a row, or sets the patchable columns of the row with that key. A status and what is
    /// immutable keep their value; a row that is marked as deleted is not changed.
    ///
    /// # Errors
    /// As [`Repository::insert`]; [`Error::NotFound`] when the row is marked as deleted.
    pub async fn upsert(&self, row: T::Assignments<Insert>) -> Result<T, Error>
    where
        T: Upsertable,
        A: tenancy::Writes<T::Tenancy>,
    {
        let parameters = self.new_row(row)?;
        let rows = self
            .session
            .rows(Self::TABLE.statements.upsert, parameters)
            .await
            .map_err(|error| error.of_row(Self::TABLE))?;
        decode_first(&rows)?.ok_or(Error::NotFound {
            table: Self::TABLE.qualified,
        })
    }

    fn new_row(&self, row: T::Assignments<Insert>) -> Result<Vec<Parameter>, Error> {
        // A global table's rows have no tenant; the context's is then never asked for.
        let nobody = TenantId::global();
        let tenant = self.session.tenant.as_ref().unwrap_or(&nobody);
        let context = self.session.insert_context(tenant);
        Ok(row.into_assignments().into_row(Self::TABLE, &context)?)
    }
}

/// `($1::text, $7, $8)`: the tenant is one parameter, however many rows there are.
fn placeholders(first: usize, width: usize, has_tenant: bool) -> String {
    let own = width - usize::from(has_tenant);
    let tenant = has_tenant.then(|| "$1::text".to_string());
    let values = (first..first + own).map(|number| format!("${number}"));
    format!(
        "({})",
        tenant.into_iter().chain(values).collect::<Vec<_>>().join(", ")
    )
}
