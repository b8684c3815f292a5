//! scheduler.graph_jobs.

use sea_orm::entity::prelude::*;

use crate::document::Payload;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "scheduler", table_name = "graph_jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: String,
    #[sea_orm(column_name = "type")]
    pub kind: i16,
    pub status: i16,
    pub payload: Payload,
    pub result: Option<Json>,
    pub failure_reason: Option<String>,
    pub correlation_id: Option<String>,
    pub lease_expires_at: Option<DateTimeUtc>,
    pub leased_by: Option<String>,
    pub attempts: i32,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
