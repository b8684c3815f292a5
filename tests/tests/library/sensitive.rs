//! Whatever is printed, no secret is in it.

use stellaops_db::{Error, Sensitive};
use stellaops_db_tests::library::*;

use crate::fixture::*;

const SECRET: &str = "ada.lovelace@secret.example";
const HASH: &[u8] = b"hash-of-the-secret";

fn member(card: &str, address: &str) -> NewMember {
    let hash = Sensitive::from(HASH.to_vec());
    Member::new_row(card.into(), Sensitive::from(address.to_string())).secret_hash(Some(hash))
}

#[track_caller]
fn assert_hidden(what: &str, shown: &str) {
    let bytes = format!("{HASH:?}");
    let bytes = bytes.trim_matches(['[', ']']);
    for secret in ["lovelace", "secret.example", "hash-of", bytes, "686173682d"] {
        assert!(!shown.contains(secret), "{what}: {shown}");
    }
}

#[tokio::test]
async fn secrets_are_stored_read_and_compared() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let members = fixture.tenant("a").repository::<MemberRepository>();
        let stored = members.insert(member("1", SECRET)).await.expect("inserts");
        assert_eq!(stored.address.expose(), SECRET);
        assert_eq!(stored.secret_hash, Some(Sensitive::from(HASH.to_vec())));
        let found = members.get_by_address(SECRET).await.expect("reads");
        assert_eq!(found.as_ref(), Some(&stored));
        let page = members
            .list(Member::BY_CARD)
            .filter(Member::ADDRESS.eq(SECRET))
            .await;
        assert_eq!(page.expect("lists").rows, std::slice::from_ref(&stored));
        let cleared = members.update(stored.id, Member::patch().secret_hash(None)).await;
        assert_eq!(cleared.expect("updates").secret_hash, None);
    }
}

#[tokio::test]
async fn no_secret_is_in_anything_that_can_be_printed() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let members = fixture.tenant("a").repository::<MemberRepository>();
        let stored = members.insert(member("1", SECRET)).await.expect("inserts");
        assert_hidden("row", &format!("{stored:?} {stored:#?}"));
        assert_hidden("option", &format!("{:?}", stored.secret_hash));
        let filter = Member::ADDRESS.eq(SECRET);
        assert_hidden("filter", &format!("{filter:?}"));
        let list = members.list(Member::BY_CARD).filter(filter).limit(1);
        assert_hidden("list", &format!("{list:?}"));
        assert_hidden("page", &format!("{:?}", list.await.expect("lists")));
        assert_hidden("repository", &format!("{members:?} {:?}", fixture.db));
        let parameter = stellaops_db::__private::Value::to_parameter(&stored.address);
        assert_hidden("parameter", &format!("{parameter:?}"));
    }
}

/// The server's details quote the key and the whole row.
#[tokio::test]
async fn no_secret_is_in_an_error() {
    for server in servers().await {
        let fixture = Fixture::start(server).await;
        let members = fixture.tenant("a").repository::<MemberRepository>();
        members.insert(member("1", SECRET)).await.expect("inserts");
        let taken = members.insert(member("2", SECRET)).await.expect_err("is taken");
        assert!(
            matches!(&taken, Error::UniqueViolation { constraint, .. } if constraint == "uq_members_address"),
            "{taken:?}"
        );
        let broken = members.insert(member("3", "lovelace-without-an-at")).await;
        let broken = broken.expect_err("breaks the check");
        assert!(
            matches!(&broken, Error::CheckViolation { constraint } if constraint == "ck_members_address_form"),
            "{broken:?}"
        );
        let nul = members.insert(member("4", "lovelace\0@secret.example")).await;
        let nul = nul.expect_err("cannot be stored");
        let mut errors = vec![taken, broken, nul];
        let mut superuser = fixture.superuser().await;
        for (change, undo) in [
            ("ADD COLUMN more text NOT NULL", "DROP COLUMN more"),
            (
                "ADD CONSTRAINT excluded EXCLUDE (address WITH =)",
                "DROP CONSTRAINT excluded",
            ),
            (
                "ADD CONSTRAINT odd CHECK ((address || card)::date IS NULL) NOT VALID",
                "DROP CONSTRAINT odd",
            ),
        ] {
            run(&mut superuser, "DELETE FROM library.members")
                .await
                .expect("empties");
            let first = member("5", SECRET);
            let needs_first = change.contains("EXCLUDE");
            if needs_first {
                members.insert(first).await.expect("inserts");
            }
            run(&mut superuser, format!("ALTER TABLE library.members {change}"))
                .await
                .expect("changes");
            let scope = if needs_first { "b" } else { "a" };
            let others = fixture.tenant(scope).repository::<MemberRepository>();
            errors.push(others.insert(member("6", SECRET)).await.expect_err(change));
            run(&mut superuser, format!("ALTER TABLE library.members {undo}"))
                .await
                .expect("changes back");
        }
        for error in errors {
            let mut shown = format!("{error} {error:?} {error:#?}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                shown.push_str(&format!("{cause} {cause:?}"));
                source = cause.source();
            }
            assert_hidden("error", &shown);
        }
    }
}
