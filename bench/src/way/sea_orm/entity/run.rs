//! scheduler.runs.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(schema_name = "scheduler", table_name = "runs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: String,
    pub schedule_id: Option<Uuid>,
    pub scheduled_for: Option<DateTimeUtc>,
    pub reason: String,
    pub reason_detail: Option<String>,
    pub requested_by: Option<String>,
    pub state: String,
    pub impact_snapshot_id: Option<Uuid>,
    pub images_selected: i32,
    pub images_done: i32,
    pub images_failed: i32,
    pub new_critical: i32,
    pub new_high: i32,
    pub failure_reason: Option<String>,
    pub started_at: Option<DateTimeUtc>,
    pub finished_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::schedule::Entity",
        from = "(Column::TenantId, Column::ScheduleId)",
        to = "(super::schedule::Column::TenantId, super::schedule::Column::Id)"
    )]
    Schedule,
}

impl Related<super::schedule::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Schedule.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
