//! Times and days as PostgreSQL counts them. It has some that no calendar of ours has, `infinity` among
//! them, on which the driver's own reading panics.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sqlx::error::BoxDynError;
use sqlx::postgres::{PgTypeInfo, PgValueFormat, PgValueRef, Postgres};
use sqlx::{Decode, Type};

/// A `timestamptz`.
pub(super) struct StoredTime(pub(super) DateTime<Utc>);

/// A `date`.
pub(super) struct StoredDate(pub(super) NaiveDate);

/// PostgreSQL counts from the first day of the year 2000.
const EPOCH: NaiveDate = NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day");

impl Type<Postgres> for StoredTime {
    fn type_info() -> PgTypeInfo {
        <DateTime<Utc> as Type<Postgres>>::type_info()
    }
}

impl Type<Postgres> for StoredDate {
    fn type_info() -> PgTypeInfo {
        <NaiveDate as Type<Postgres>>::type_info()
    }
}

impl Decode<'_, Postgres> for StoredTime {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Decode::<Postgres>::decode(value).map(StoredTime);
        }
        let microseconds = TimeDelta::microseconds(Decode::<Postgres>::decode(value)?);
        let epoch = EPOCH.and_time(chrono::NaiveTime::MIN).and_utc();
        let time = epoch.checked_add_signed(microseconds);
        time.map(StoredTime)
            .ok_or_else(|| "the time is infinite or too far".into())
    }
}

impl Decode<'_, Postgres> for StoredDate {
    fn decode(value: PgValueRef<'_>) -> Result<Self, BoxDynError> {
        if value.format() == PgValueFormat::Text {
            return Decode::<Postgres>::decode(value).map(StoredDate);
        }
        let days: i32 = Decode::<Postgres>::decode(value)?;
        let date = EPOCH.checked_add_signed(TimeDelta::days(days.into()));
        date.map(StoredDate)
            .ok_or_else(|| "the day is infinite or too far".into())
    }
}
