//! Every text as a name that the server keeps: of a consumer, a session, the reason of a system scope.

use stellaops_db::persistence::Persistence;
use stellaops_db::{Config, Database, Error};
use stellaops_db_tests::corpus;

use crate::support::{APPLICATION, tenant, value};
use crate::{Attacked, everywhere};

#[tokio::test]
async fn a_reason_is_kept_as_it_was_given() {
    let attacked = Attacked::start().await;
    let mut superuser = attacked.database.connect().await.expect("connects");
    let count = "SELECT count(*) FROM stellaops.system_access WHERE reason = $1";
    for text in corpus::texts() {
        match attacked.db.system(&text).await {
            Ok(scope) => scope
                .close()
                .await
                .unwrap_or_else(|error| panic!("{text:?}: {error}")),
            Err(Error::Encode(_)) => assert!(text.contains('\0'), "{text:?}"),
            Err(other) => {
                assert!(text.trim_matches(' ').is_empty(), "{text:?}: {other:?}");
                continue;
            }
        }
        if !text.contains('\0') {
            let kept = sqlx::query_scalar::<_, i64>(count)
                .bind(&text)
                .fetch_one(&mut superuser)
                .await;
            assert_eq!(kept.expect("reads"), 1, "{text:?}");
        }
    }
}

#[tokio::test]
async fn a_consumer_is_known_by_the_bytes_of_its_name() {
    let attacked = Attacked::start().await;
    let mut superuser = attacked.database.connect().await.expect("connects");
    let mut good = 0;
    for text in corpus::texts() {
        match everywhere::consumer(&attacked.db, &text).await {
            Ok(()) => good += 1,
            Err(Error::ConsumerName { name }) => {
                assert_eq!(name, text);
                let is_good = !text.trim().is_empty() && !text.chars().any(char::is_control);
                assert!(!is_good, "{text:?}");
            }
            Err(other) => panic!("{text:?}: {other:?}"),
        }
    }
    let known: i64 = value(&mut superuser, "SELECT count(*) FROM stellaops.outbox_consumers").await;
    assert_eq!(known, good, "no two names are one");
}

/// The session's name is sent where settings are: it is taken as it is, or refused, and says nothing there.
#[tokio::test]
async fn a_session_may_have_any_name_and_gets_nothing_by_it() {
    let attacked = Attacked::start().await;
    let url = attacked.database.url_as(APPLICATION);
    // To connect takes long.
    for text in corpus::texts().into_iter().step_by(5) {
        // What JSON quotes, YAML does.
        let name = serde_json::to_string(&text).expect("a text is JSON");
        let file =
            format!("version: 1\nmodules:\n  shop:\n    url: \"{url}\"\n    application_name: {name}\n");
        let config = match Persistence::from_bytes("persistence.yaml", file.as_bytes()) {
            Ok(persistence) => persistence
                .module("shop")
                .unwrap_or_else(|error| panic!("{text:?}: {error}")),
            Err(report) => {
                let is_good = !text.is_empty() && text.len() <= 63 && !text.contains(char::is_control);
                assert!(!is_good || !is_of_yaml(&text), "{text:?}: {report}");
                continue;
            }
        };
        let db = Database::connect(&config)
            .await
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        let scope = db.tenant(&tenant("named"));
        let seen = scope.query(
            "SELECT current_user::text, current_setting('app.tenant_id'), current_setting('search_path')",
        );
        let seen = seen.one::<(String, String, String)>().await.expect("reads");
        let expected = (
            APPLICATION.to_owned(),
            "named".to_owned(),
            "\"$user\", public".to_owned(),
        );
        assert_eq!(seen, expected, "{text:?}");
        db.close().await;
    }
}

/// What YAML takes in a file.
fn is_of_yaml(text: &str) -> bool {
    !text.contains(['\u{fffe}', '\u{ffff}', '\u{feff}', '\u{2028}', '\u{2029}'])
}

/// A part of a URL ends at a NUL on the way to the server, and what is behind it is a setting of its own.
#[test]
fn no_part_of_a_url_smuggles_a_setting_in() {
    let smuggled = "%00options%00-c%20app.tenant_id=victim";
    for url in [
        format!("postgres://app{smuggled}@localhost/shop"),
        format!("postgres://app:word{smuggled}@localhost/shop"),
        format!("postgres://app@localhost/shop{smuggled}"),
        format!("postgres://app@localhost/shop?user=app{smuggled}"),
        format!("postgres://app@localhost/shop?dbname=shop{smuggled}"),
        format!("postgres://app@localhost/shop?application_name=app{smuggled}"),
        format!("postgres://app@localhost/shop?options=-c%20a=b{smuggled}"),
        format!("postgres://app@localhost/shop?options[a]=b{smuggled}"),
    ] {
        assert!(Config::from_url(&url).is_err(), "{url}");
    }
    for url in [
        "postgres://app@localhost/shop",
        "postgres://app@localhost/shop?user=%2500",
    ] {
        assert!(Config::from_url(url).is_ok(), "{url}");
    }
}
