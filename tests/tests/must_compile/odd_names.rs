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
