//! Retired values: rows that hold one live on, and no row gets one.

use stellaops_db_spec::ddl::sqlstate;
use stellaops_db_spec::source::{SourceFile, Sources};

use crate::shop::*;

const PARCELS: &str = r#"
summary = "A parcel."
tenancy = "tenant"

[columns.id]
type = "uuid"
default = "uuid_v7"
doc = "Made by the client."

[columns.status]
enum = "parcel_status"
default = "open"

[columns.size]
enum = "parcel_size"
default = "small"

[columns.note]
type = "text"
nullable = true
doc = "A remark."

[enums.parcel_status]
doc = "How far the parcel is."
storage = "text"
values = ["open", "sent"]
transitions = { open = ["sent"], held = ["open"] }
retired = ["held"]

[enums.parcel_size]
doc = "How large the parcel is."
storage = "smallint"
values = { small = 0, large = 2 }
retired = { medium = 1 }

[[waivers]]
rule = "SDB0432"
why = "the test knows its parcels"
"#;

/// The file of the schema `post`.
fn post() -> String {
    let file = |path: &str, text: &str| SourceFile {
        path: path.into(),
        text: text.into(),
    };
    let sources = Sources::new(vec![
        file(
            "specs/database.toml",
            "spec_version = 1\nname = \"d\"\nsummary = \"D.\"",
        ),
        file("specs/post/schema.toml", "summary = \"Parcels.\""),
        file("specs/post/parcels.toml", PARCELS),
    ]);
    let database = stellaops_db_spec::load_sources(&sources).unwrap_or_else(|report| panic!("{report}"));
    let mut files = stellaops_db_spec::ddl::emit(&database).into_iter();
    let sql = files.find(|file| file.path == "schemas/post.sql");
    sql.expect("the file is emitted").text
}

#[tokio::test]
async fn no_row_gets_a_retired_value_and_old_rows_keep_theirs() {
    for server in servers().await {
        let database = empty(server).await;
        let mut superuser = database.connect().await.unwrap();
        run(&mut superuser, post()).await.unwrap();
        let insert = |status: &str, size: u8| {
            format!(
                "INSERT INTO post.parcels (tenant_id, id, status, size) VALUES ('a', gen_random_uuid(), '{status}', {size})"
            )
        };
        for refused in [insert("held", 0), insert("open", 1)] {
            let error = run(&mut superuser, refused.as_str()).await;
            assert_eq!(code(error), sqlstate::RETIRED_VALUE, "{refused}");
        }
        run(&mut superuser, insert("open", 0)).await.unwrap();
        let refused = run(&mut superuser, "UPDATE post.parcels SET size = 1")
            .await
            .unwrap_err();
        assert_eq!(
            refused.as_database_error().unwrap().message(),
            "post.parcels: medium is retired, and no row gets it as its size"
        );

        // A row from before the values were retired.
        let old = format!(
            "ALTER TABLE post.parcels DISABLE TRIGGER USER; DELETE FROM post.parcels; {}; ALTER TABLE post.parcels ENABLE TRIGGER USER",
            insert("held", 1)
        );
        run(&mut superuser, old).await.unwrap();
        run(&mut superuser, "UPDATE post.parcels SET note = 'seen'")
            .await
            .unwrap();
        run(
            &mut superuser,
            "UPDATE post.parcels SET status = 'open', size = 2",
        )
        .await
        .unwrap();
        let back = run(&mut superuser, "UPDATE post.parcels SET status = 'held'").await;
        assert_eq!(code(back), sqlstate::ILLEGAL_TRANSITION);
    }
}
