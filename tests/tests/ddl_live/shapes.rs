//! JSONB shapes: each kind of bad document is refused by the constraint's name, never by another error.

use sqlx::PgConnection;

use crate::shop::*;

async fn write(connection: &mut PgConnection, column: &str, document: &str) -> Result<(), sqlx::Error> {
    run(
        connection,
        format!(
            "UPDATE shop.orders SET {column} = '{}'",
            document.replace('\'', "''")
        ),
    )
    .await
}

#[tokio::test]
async fn documents_of_the_shape_are_accepted() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        let with = |more: &str| DOCUMENT.replacen('{', &format!("{{{more}, "), 1);
        for good in [
            DOCUMENT.to_owned(),
            with(r#""note": "it's""#),
            with(r#""limit": -9223372036854775808"#),
            with(r#""limit": 9223372036854775807"#),
            with(r#""extras": []"#),
        ] {
            write(&mut connection, "document", &good)
                .await
                .unwrap_or_else(|error| panic!("{good}: {error}"));
            write(&mut connection, "extra", &good)
                .await
                .unwrap_or_else(|error| panic!("{good}: {error}"));
        }
        let loose = r#"{"schemaVersion": "shop.loose@1", "name": "x", "more": [1.5]}"#;
        write(&mut connection, "extra", loose).await.unwrap();
        run(&mut connection, "UPDATE shop.orders SET extra = NULL")
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn each_kind_of_bad_document_is_refused() {
    for server in servers().await {
        let database = shop(server).await;
        let mut connection = database.connect().await.unwrap();
        for bad in bad_documents() {
            for (column, name) in [("document", "ck_orders_document"), ("extra", "ck_orders_extra")] {
                assert_eq!(
                    constraint(write(&mut connection, column, &bad).await),
                    name,
                    "{bad}"
                );
            }
        }
        let loose = r#"{"schemaVersion": "shop.loose@1", "name": "x"}"#;
        assert_eq!(
            constraint(write(&mut connection, "document", loose).await),
            "ck_orders_document"
        );
    }
}

fn bad_documents() -> Vec<String> {
    let mut bad: Vec<String> = ["null", "1", "\"x\"", "true", "[]", "{}", "[\"schemaVersion\"]"]
        .map(str::to_owned)
        .into();
    let swapped = [
        ("shop.every-member@1", "shop.every-member@2"),
        ("\"shop.every-member@1\"", "null"),
        ("\"abc\"", "\"ABC\""),
        ("\"abc\"", "5"),
        ("\"abc\"", "null"),
        ("\"whole\": 1", "\"whole\": 1.5"),
        ("\"whole\": 1", "\"whole\": 1.0"),
        ("\"whole\": 1", "\"whole\": \"1\""),
        ("\"whole\": 1", "\"whole\": 9223372036854775808"),
        ("\"whole\": 1", "\"whole\": [1]"),
        ("\"truth\": true", "\"truth\": \"true\""),
        ("[\"a\"]", "[\"a\", 1]"),
        ("[\"a\"]", "[[\"a\"]]"),
        ("[\"a\"]", "[null]"),
        ("[\"a\"]", "\"a\""),
        ("[\"a\"]", "{}"),
        ("[1, -2]", "[1, 2.5]"),
        ("[1, -2]", "[\"1\"]"),
        ("[1, -2]", "[9223372036854775808]"),
        ("[false]", "[0]"),
        ("[{}]", "[[]]"),
        ("{\"k\": \"v\"}", "{\"k\": 1}"),
        ("{\"k\": \"v\"}", "{\"k\": [\"v\"]}"),
        ("{\"k\": \"v\"}", "[]"),
        ("{\"k\": 3}", "{\"k\": \"3\"}"),
        ("{\"x\": [null]}", "[]"),
        ("\"free\"", "\"unknown\": 1, \"free\""),
        ("\"free\"", "\"note\": null, \"free\""),
        ("\"free\"", "\"note\": \"other\", \"free\""),
        ("\"free\"", "\"limit\": \"1\", \"free\""),
        ("\"free\"", "\"extras\": {}, \"free\""),
        ("\"free\"", "\"extras\": [1], \"free\""),
        ("\"truth\": true, ", ""),
        ("\"texts\": [\"a\"], ", ""),
        ("\"labels\": {\"k\": \"v\"}, ", ""),
        ("\"whole\": 1, ", ""),
        ("\"text\": \"abc\", ", ""),
    ];
    for (good, worse) in swapped {
        assert!(DOCUMENT.contains(good), "{good}");
        bad.push(DOCUMENT.replacen(good, worse, 1));
    }
    bad
}
