use crate::schema::vex::{LinksetId, Observation, Project, VexJustification, VexStatus};
use crate::{DbEnum, Error, Id, Table, TenantId, Timestamp, Transaction};

/// One claim about one vulnerability in one product: what it means there, why, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Table)]
#[table("vex.statements")]
pub struct Statement {
    /// The id; UUIDv7, made by the client.
    pub id: Id<Statement>,
    /// Whose statement it is.
    pub tenant_id: TenantId,
    /// Where it comes from.
    pub origin: StatementOrigin,
    /// The document that it was read from; none: it is the tenant's own.
    pub observation_id: Option<Id<Observation>>,
    /// The place among the claims of its document, from 0.
    pub position: i32,
    /// The project that an assessment is limited to; none: it holds for all.
    pub project_id: Option<Id<Project>>,
    /// Who says so: the document's provider, or [`Statement::SELF`].
    pub provider: String,
    /// The vulnerability by its public id.
    pub vulnerability_id: String,
    /// The product in its canonical form: a package URL, or a CPE name.
    pub product_key: String,
    /// The versions that it covers; none: exactly what the product key says.
    pub version_range: Option<String>,
    /// What the vulnerability means for the product.
    pub status: VexStatus,
    /// Why the product is not affected.
    pub justification: Option<VexJustification>,
    /// Why it is not affected, or what the impact is, in words.
    pub impact_statement: Option<String>,
    /// What users of the product should do, in words.
    pub action_statement: Option<String>,
    /// Whether it counts; changes by compare-and-swap.
    pub state: StatementState,
    /// The statement that this one takes the place of.
    pub supersedes_id: Option<Id<Statement>>,
    /// When it was claimed.
    pub stated_at: Timestamp,
    /// When it was superseded or withdrawn; none: it is active.
    pub closed_at: Option<Timestamp>,
    /// The subject that made the assessment; none: a connector read it.
    pub created_by: Option<String>,
    /// When it was stored.
    pub created_at: Timestamp,
    /// When its state was changed last.
    pub updated_at: Timestamp,
}

/// Where a statement comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.statement_origin")]
pub enum StatementOrigin {
    /// A provider's document.
    Observation,
    /// The tenant's own people.
    Assessment,
}

/// Whether a statement counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, DbEnum)]
#[db_enum("vex.statement_state")]
pub enum StatementState {
    /// It does.
    Active,
    /// A later one takes its place.
    Superseded,
    /// Whoever made it took it back.
    Withdrawn,
}

impl Statement {
    /// The provider of the tenant's own assessments.
    pub const SELF: &'static str = "self";

    /// Whether it counts.
    pub fn is_active(&self) -> bool {
        self.state == StatementState::Active
    }

    /// Takes the statement back. False when it is not active any more.
    ///
    /// # Errors
    /// As [`crate::Repository::compare_and_swap_with`].
    pub async fn withdraw(&self, transaction: &Transaction) -> Result<bool, Error> {
        close(transaction, self.id, StatementState::Withdrawn).await
    }

    /// The linkset that it belongs to.
    pub fn linkset_id(&self) -> LinksetId {
        LinksetId::of(&self.vulnerability_id, &self.product_key)
    }
}

impl NewStatement {
    /// Inserts the statement in the place of an earlier one. None, and nothing is inserted, when the earlier
    /// one is not active any more: somebody else has superseded or withdrawn it.
    ///
    /// # Errors
    /// As [`crate::Repository::insert`].
    pub async fn supersede(
        self,
        transaction: &Transaction,
        earlier: Id<Statement>,
    ) -> Result<Option<Statement>, Error> {
        if !close(transaction, earlier, StatementState::Superseded).await? {
            return Ok(None);
        }
        let statements: StatementRepository = transaction.repository();
        statements
            .insert(self.supersedes_id(Some(earlier)))
            .await
            .map(Some)
    }
}

/// Whether the statement was active, and has that state now.
async fn close(
    transaction: &Transaction,
    statement: Id<Statement>,
    state: StatementState,
) -> Result<bool, Error> {
    let statements: StatementRepository = transaction.repository();
    let swap = Statement::STATE.from(StatementState::Active).to(state);
    let closed = Statement::patch().closed_at(Some(transaction.now()));
    let swapped = statements.compare_and_swap_with(statement, swap, closed);
    Ok(swapped.await?.is_won())
}
