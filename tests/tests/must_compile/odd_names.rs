//! Columns whose names mean something to Rust, to SQL or to generated code.
#![allow(dead_code, unreachable_pub)]

use chrono::NaiveDate;
use stellaops_db::{Id, Table, TenantId, TenantScope};

#[derive(Table)]
#[table("shop.words", specs = "shop/specs")]
pub struct Word {
    pub id: Id<Word>,
    pub tenant_id: TenantId,
    pub table: String,
    pub r#type: String,
    #[column("self")]
    pub this: String,
    pub sql: String,
    pub newest: Option<bool>,
    pub new: String,
    pub new_row: String,
    pub patch: String,
    pub columns: String,
    pub parameters: String,
    pub key: NaiveDate,
}

/// What a text may select under such names, in a struct that both derives could stand on.
#[derive(Debug, stellaops_db::QueryRow)]
pub struct r#Match {
    pub r#type: String,
    #[column("?column?")]
    pub unnamed: i32,
    pub row: Option<bool>,
    pub __row: i64,
    pub __0: i64,
}

pub async fn read(scope: TenantScope) -> Result<Option<r#Match>, stellaops_db::Error> {
    let text =
        "SELECT type, 1, true AS row, 2::bigint AS __row, 3::bigint AS __0 FROM shop.words WHERE type = $1";
    let transaction = scope.begin().await?;
    transaction.query("DELETE FROM shop.words").execute().await?;
    transaction.query(text).bind("noun").first().await
}

pub async fn example(scope: TenantScope) -> Result<(), stellaops_db::Error> {
    let words = WordRepository::new(&scope);
    let found = words.get_by_unique("noun", "word").await?;
    let listed = words.list_by_type_table("noun").limit(3).await?;
    let listed_too = words
        .list(Word::BY_TYPE_TABLE.of("noun".to_string()))
        .filter(Word::TYPE.eq("noun"))
        .await?;
    let patch = Word::patch()
        .r#type("verb".into())
        .newest(Some(true))
        .patch("p".into())
        .columns("c".into());
    for word in listed.rows.into_iter().chain(listed_too.rows).chain(found) {
        words.update(word.id, Word::patch().this(word.this)).await?;
    }
    let _ = patch;
    Ok(())
}

#[test]
fn constants_know_the_columns_they_stand_for() {
    assert_eq!(Word::THIS.name(), "self");
    assert_eq!(Word::TYPE.name(), "type");
}
