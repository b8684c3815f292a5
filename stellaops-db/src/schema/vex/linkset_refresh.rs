//! Bringing a linkset up to date with its claims.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::DbEnum as _;
use crate::schema::vex::digest::hex_of_json;
use crate::schema::vex::{
    Linkset, LinksetAgreement, LinksetDisagreements, LinksetEvent, LinksetEventKind, LinksetEventRepository,
    LinksetId, LinksetPatch, LinksetRepository, NewLinkset, Statement, StatementRepository, StatementState,
};
use crate::{Error, Id, Transaction};

/// How many claims are read with one statement.
const CLAIMS_A_PAGE: u32 = 1_000;

/// What the claims of a linkset come to.
struct Outcome {
    statement_ids: Vec<Id<Statement>>,
    statement_count: i32,
    provider_count: i32,
    agreement: LinksetAgreement,
    disagreements: Option<LinksetDisagreements>,
    content_digest: String,
}

impl Linkset {
    /// Brings the linkset of a vulnerability and a product up to date with the active statements, and tells
    /// what changed in an event; nothing is written when nothing did. To be called in the transaction that
    /// adds a statement or changes its state. `aliases` are the other ids of the vulnerability.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] or [`Error::UniqueViolation`] when another transaction brought it up to
    /// date meanwhile: run the transaction again.
    pub async fn refresh(
        transaction: &Transaction,
        vulnerability_id: &str,
        product_key: &str,
        aliases: &BTreeSet<String>,
    ) -> Result<Linkset, Error> {
        let id = LinksetId::of(vulnerability_id, product_key);
        let linksets: LinksetRepository = transaction.repository();
        // Read before the claims: what comes between the two makes the version differ.
        let known = linksets.get(id.clone()).await?;
        let outcome = Outcome::of(&active(transaction, vulnerability_id, product_key).await?)?;
        let aliases: Vec<String> = aliases.iter().cloned().collect();
        let stored = match &known {
            None => {
                let row = outcome.into_row(id, vulnerability_id, product_key);
                linksets.insert(row.aliases(aliases)).await?
            }
            Some(known) if known.content_digest == outcome.content_digest && known.aliases == aliases => {
                return Ok(known.clone());
            }
            Some(known) => {
                let patch = outcome.into_patch().aliases(aliases);
                linksets.update_expecting(id, known.row_version, patch).await?
            }
        };
        tell(transaction, known.as_ref(), &stored).await?;
        Ok(stored)
    }
}

/// The active statements, in the order of their ids.
async fn active(
    transaction: &Transaction,
    vulnerability_id: &str,
    product_key: &str,
) -> Result<Vec<Statement>, Error> {
    let repository: StatementRepository = transaction.repository();
    let list = || {
        repository
            .list_by_vulnerability_product(vulnerability_id, product_key)
            .filter(Statement::STATE.eq(StatementState::Active))
            .limit(CLAIMS_A_PAGE)
    };
    let mut page = list().await?;
    let mut statements = page.rows;
    while let Some(cursor) = page.next {
        page = list().at(cursor).await?;
        statements.append(&mut page.rows);
    }
    statements.sort_by_key(|statement| statement.id);
    Ok(statements)
}

impl Outcome {
    fn of(statements: &[Statement]) -> Result<Self, Error> {
        let providers: BTreeSet<&str> = statements
            .iter()
            .map(|statement| statement.provider.as_str())
            .collect();
        let disagreements = LinksetDisagreements::among(statements);
        let claims: Vec<Value> = statements.iter().map(claim_json).collect();
        Ok(Outcome {
            statement_ids: statements.iter().map(|statement| statement.id).collect(),
            statement_count: count(statements.len())?,
            provider_count: count(providers.len())?,
            agreement: match statements.len() {
                0 => LinksetAgreement::Empty,
                1 => LinksetAgreement::Single,
                _ if disagreements.is_some() => LinksetAgreement::Disagreed,
                _ => LinksetAgreement::Agreed,
            },
            disagreements,
            content_digest: format!("sha256:{}", hex_of_json(&json!(claims))),
        })
    }

    fn into_row(self, id: LinksetId, vulnerability_id: &str, product_key: &str) -> NewLinkset {
        let (vulnerability_id, product_key) = (vulnerability_id.into(), product_key.into());
        Linkset::new_row(
            id,
            vulnerability_id,
            product_key,
            self.agreement,
            self.content_digest,
        )
        .statement_ids(self.statement_ids)
        .statement_count(self.statement_count)
        .provider_count(self.provider_count)
        .disagreements(self.disagreements)
    }

    fn into_patch(self) -> LinksetPatch {
        Linkset::patch()
            .statement_ids(self.statement_ids)
            .statement_count(self.statement_count)
            .provider_count(self.provider_count)
            .agreement(self.agreement)
            .disagreements(self.disagreements)
            .content_digest(self.content_digest)
    }
}

fn count(number: usize) -> Result<i32, Error> {
    i32::try_from(number).map_err(|_| Error::OutOfRange {
        what: "claims of one linkset",
        number: i64::try_from(number).unwrap_or(i64::MAX),
        range: "at most 2,147,483,647",
    })
}

/// What a claim says, as far as claims are held against each other.
fn claim_json(statement: &Statement) -> Value {
    json!({
        "id": statement.id,
        "provider": statement.provider,
        "status": statement.status.name(),
        "justification": statement.justification.map(|justification| justification.name()),
        "versionRange": statement.version_range,
    })
}

async fn tell(transaction: &Transaction, before: Option<&Linkset>, after: &Linkset) -> Result<(), Error> {
    let ids = before
        .map(|before| before.statement_ids.as_slice())
        .unwrap_or_default();
    let missing = |from: &[Id<Statement>], ids: &[Id<Statement>]| -> Vec<Id<Statement>> {
        ids.iter().copied().filter(|id| !from.contains(id)).collect()
    };
    let (added, removed) = (
        missing(ids, &after.statement_ids),
        missing(&after.statement_ids, ids),
    );
    let kind = match before {
        None => LinksetEventKind::Created,
        Some(_) if added.is_empty() && removed.is_empty() => LinksetEventKind::AliasesChanged,
        Some(_) => LinksetEventKind::ClaimsChanged,
    };
    let event = LinksetEvent::new_row(
        after.id.clone(),
        after.row_version,
        kind,
        after.agreement,
        after.content_digest.clone(),
    )
    .agreement_before(before.map(|before| before.agreement))
    .added(added)
    .removed(removed)
    .disagreements(after.disagreements.clone());
    transaction
        .repository::<LinksetEventRepository>()
        .insert(event)
        .await?;
    Ok(())
}
