//! The rows of a chain, page by page, on their way to the verifier.

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use stellaops_db_spec::statement::ChainStatements;

use crate::chain::{ChainFault, ChainLink, ChainReport, ChainVerifier};
use crate::error::Error;
use crate::scope::Session;
use crate::table::ChainDescriptor;
use crate::tenant::TenantId;
use crate::value::Parameter;

/// How many rows are read at once.
const PAGE: i64 = 1_000;

/// The statements of a chain, from a struct's descriptor or from the specs.
pub(crate) struct ChainTexts {
    columns: Vec<String>,
    tenants: String,
    bounds: String,
    rows: String,
}

impl From<&ChainDescriptor> for ChainTexts {
    fn from(descriptor: &ChainDescriptor) -> Self {
        ChainTexts {
            columns: descriptor.columns.iter().map(|name| (*name).to_owned()).collect(),
            tenants: descriptor.tenants.into(),
            bounds: descriptor.bounds.into(),
            rows: descriptor.rows.into(),
        }
    }
}

impl From<&ChainStatements> for ChainTexts {
    fn from(statements: &ChainStatements) -> Self {
        ChainTexts {
            columns: statements.columns.clone(),
            tenants: statements.tenants.clone(),
            bounds: statements.bounds.clone(),
            rows: statements.rows.clone(),
        }
    }
}

/// Whom the rows of a chain are asked of.
pub(crate) trait Source {
    /// The rows of a statement.
    async fn ask(&mut self, text: &str, parameters: Vec<Parameter>) -> Result<Vec<PgRow>, Error>;
}

impl Source for &Session {
    async fn ask(&mut self, text: &str, parameters: Vec<Parameter>) -> Result<Vec<PgRow>, Error> {
        self.built_rows(text.to_owned(), parameters).await
    }
}

#[cfg(feature = "verify")]
impl Source for sqlx::PgConnection {
    async fn ask(&mut self, text: &str, parameters: Vec<Parameter>) -> Result<Vec<PgRow>, Error> {
        let arguments = crate::value::binder::bind(parameters)?;
        let query = sqlx::query_with(sqlx::AssertSqlSafe(text.to_owned()), arguments);
        Ok(query.fetch_all(self).await?)
    }
}

/// The end of a chain and of its rows, as of one moment.
struct Bounds {
    head: Option<(i64, Vec<u8>)>,
    first: Option<i64>,
    last: Option<i64>,
}

/// Verifies the chains of all tenants, in the order of their ids.
pub(crate) async fn verify_all(
    source: &mut impl Source,
    texts: &ChainTexts,
) -> Result<Vec<ChainReport>, Error> {
    let mut reports = Vec::new();
    for row in source.ask(&texts.tenants, Vec::new()).await? {
        let tenant = TenantId::stored(row.try_get::<&str, _>(0)?);
        reports.push(verify(source, texts, &tenant).await?);
    }
    Ok(reports)
}

/// Verifies the chain of a tenant as it is now; rows that are written meanwhile are left for the next time.
pub(crate) async fn verify(
    source: &mut impl Source,
    texts: &ChainTexts,
    tenant: &TenantId,
) -> Result<ChainReport, Error> {
    let bounds = bounds(source, texts, tenant).await?;
    let mut verifier = ChainVerifier::new(texts.columns.clone());
    let mut report = ChainReport {
        tenant: tenant.clone(),
        first: bounds.first,
        rows: 0,
        fault: None,
    };
    if let (Some(first), Some(last)) = (bounds.first, bounds.last) {
        report.fault = read(source, texts, tenant, (first, last), &mut verifier).await?;
    }
    report.rows = verifier.rows();
    if report.fault.is_none() {
        let head = bounds
            .head
            .as_ref()
            .map(|(position, hash)| (*position, hash.as_slice()));
        report.fault = verifier.finish(head).err();
    }
    Ok(report)
}

async fn bounds(source: &mut impl Source, texts: &ChainTexts, tenant: &TenantId) -> Result<Bounds, Error> {
    let rows = source.ask(&texts.bounds, vec![Parameter::named(tenant)]).await?;
    let Some(row) = rows.first() else {
        return Ok(Bounds {
            head: None,
            first: None,
            last: None,
        });
    };
    let position: Option<i64> = row.try_get(0)?;
    let hash: Option<Vec<u8>> = row.try_get(1)?;
    Ok(Bounds {
        head: position.zip(hash),
        first: row.try_get(2)?,
        last: row.try_get(3)?,
    })
}

/// The first fault of the rows from one position to another. Each page begins at the last row of the page before,
/// which is passed over: a second row of that number is then seen.
async fn read(
    source: &mut impl Source,
    texts: &ChainTexts,
    tenant: &TenantId,
    (first, last): (i64, i64),
    verifier: &mut ChainVerifier,
) -> Result<Option<ChainFault>, Error> {
    let mut from = first;
    let mut seen = 0;
    loop {
        let parameters = vec![
            Parameter::named(tenant),
            Parameter::BigInt(Some(from)),
            Parameter::BigInt(Some(PAGE)),
        ];
        let rows = source.ask(&texts.rows, parameters).await?;
        for row in rows.iter().skip(seen) {
            let link = link(row)?;
            if link.position > last {
                return Ok(None);
            }
            if let Err(fault) = verifier.take(&link) {
                return Ok(Some(fault));
            }
            from = link.position;
        }
        if i64::try_from(rows.len()).unwrap_or(PAGE) < PAGE {
            return Ok(None);
        }
        seen = 1;
    }
}

fn link(row: &PgRow) -> Result<ChainLink, Error> {
    Ok(ChainLink {
        position: row.try_get(0)?,
        previous: row.try_get(1)?,
        hash: row.try_get(2)?,
        texts: row.try_get(3)?,
    })
}
