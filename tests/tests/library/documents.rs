//! Documents: whatever is accepted comes back equal, and what is not is refused before the database sees it.
//! `PROPTEST_CASES=10000` tries more of them.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value as Json};
use stellaops_db::{ContentHash, EncodeError, Error, Filter, path};
use stellaops_db_tests::library::*;

use crate::fixture::*;

fn number() -> impl Strategy<Value = Json> {
    let fraction = any::<f64>().prop_filter_map("a number of JSON", |number| {
        serde_json::Number::from_f64(number).map(Json::Number)
    });
    prop_oneof![
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        (-1000..1000_i64).prop_map(Json::from),
        (-9007199254740993..9007199254740993_i64).prop_map(Json::from),
        fraction,
        (-1000..1000_i32).prop_map(|number| Json::from(f64::from(number) / 8.0)),
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-z\\\\\"/\u{0}-\u{1f}\u{7f}\u{2028}\u{fffd}\u{10ffff}]{0,5}"
    ]
}

fn json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        number(),
        text().prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            object(inner).prop_map(Json::Object),
        ]
    })
}

fn object(inner: impl Strategy<Value = Json>) -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::vec((text(), inner), 0..6).prop_map(|members| members.into_iter().collect())
}

/// What the documentation says is refused.
fn is_refusable(value: &Json) -> bool {
    let is_nul = |text: &str| text.contains('\0');
    let beyond = |integer: u64| integer > (1 << 53) - 1;
    match value {
        Json::String(text) => is_nul(text),
        Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(integer), ..) => beyond(integer),
            (_, Some(integer), _) => beyond(integer.unsigned_abs()),
            (.., Some(fraction)) => fraction.fract() == 0.0,
            _ => true,
        },
        Json::Array(items) => items.iter().any(is_refusable),
        Json::Object(members) => members
            .iter()
            .any(|(name, value)| is_nul(name) || is_refusable(value)),
        Json::Null | Json::Bool(_) => false,
    }
}

async fn check(wishes: &WishRepository, extra: Map<String, Json>) -> Result<(), TestCaseError> {
    let details = WishDetails {
        author: None,
        extra: Some(extra.clone()),
    };
    let row = Wish::new_row("north".into(), 1, vec![], details.clone());
    match wishes.insert(row).await {
        Ok(stored) => {
            prop_assert_eq!(&stored.details, &details);
            let read = wishes.get(stored.id).await.expect("reads").expect("is there");
            prop_assert_eq!(&read.details, &details);
            prop_assert_eq!(
                ContentHash::of(&read.details).ok(),
                ContentHash::of(&details).ok()
            );
        }
        Err(Error::Encode(error)) if matches!(error.cause(), EncodeError::Json { .. }) => {
            prop_assert!(
                is_refusable(&Json::Object(extra)),
                "it is refused without a reason"
            );
        }
        Err(other) => prop_assert!(false, "the database was asked: {other}"),
    }
    Ok(())
}

#[test]
fn whatever_is_accepted_comes_back_equal() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let mut runner = TestRunner::new(Config {
        failure_persistence: None,
        ..Config::default()
    });
    runtime.block_on(async {
        let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
        let wishes = fixture.tenant("a").repository::<WishRepository>();
        let handle = tokio::runtime::Handle::current();
        let ran = tokio::task::block_in_place(|| {
            runner.run(&object(json()), |extra| handle.block_on(check(&wishes, extra)))
        });
        if let Err(failure) = ran {
            panic!("{failure}");
        }
    });
}

/// Rows stay as they were written, by a program of before, until they are written again.
#[tokio::test]
async fn rows_of_a_former_version_are_read_in_the_present_form() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let wishes = fixture.tenant("a").repository::<WishRepository>();
        let row = |number| Wish::new_row("north".into(), number, vec![], WishDetails::default());
        let old = wishes.insert(row(1)).await.expect("inserts");
        wishes.insert(row(2)).await.expect("inserts");
        let mut superuser = fixture.superuser().await;
        let store = async |superuser: &mut sqlx::PgConnection, document: &str| {
            let sql = format!("UPDATE library.wishes SET details = '{document}' WHERE urgency = 1");
            run(superuser, sql).await
        };
        let former = r#"{"schemaVersion": "library.wish-details@1", "writers": "Ada, Grace"}"#;
        store(&mut superuser, former)
            .await
            .expect("the former shape is still one");
        let read = wishes.get(old.id).await.expect("reads").expect("is there");
        assert_eq!(read.details.author.as_deref(), Some("Ada"));
        let listed = wishes.list(Wish::BY_URGENCY).await.expect("lists").rows;
        assert_eq!(
            listed.iter().filter(|wish| wish.details.author.is_some()).count(),
            1
        );
        for wrong in [
            r#"{"schemaVersion": "library.wish-details@1"}"#,
            r#"{"schemaVersion": "library.wish-details@2", "writers": "Ada"}"#,
            r#"{"schemaVersion": "library.wish-details@3"}"#,
        ] {
            store(&mut superuser, wrong)
                .await
                .expect_err("each version has its own shape");
        }
        // Written again, it is of the present version.
        let patch = Wish::patch().details(read.details.clone());
        let written = wishes.update(old.id, patch).await.expect("updates");
        assert_eq!(written.details, read.details);
        let hash = ContentHash::of(&written.details).expect("has one");
        assert_eq!(ContentHash::of(&read.details).expect("has one"), hash);
    }
}

/// The driver takes equal texts for one statement: filters that no row meets must send the same parameters.
#[tokio::test]
async fn filters_that_no_row_meets_follow_each_other_on_one_connection() {
    let fixture = Fixture::start(stellaops_db::testing::shared_server().await).await;
    let pool = fixture.one_connection(APPLICATION).await;
    let database = stellaops_db::Database::from_pool(pool, [])
        .await
        .expect("is walled off");
    let scope = database.tenant(&stellaops_db::TenantId::new("a").expect("a tenant"));
    let wishes = scope.repository::<WishRepository>();
    for _ in 0..2 {
        let author = Wish::DETAILS.at(path!(WishDetails: author));
        let none = author.is_in(Vec::<String>::new());
        assert_eq!(wishes.count([Filter::any([])]).await.expect("counts"), 0);
        assert_eq!(wishes.count([none]).await.expect("counts"), 0);
    }
}
