//! No text becomes a part of a statement: the server's log and its views of sessions show none of them.

use sqlx::PgConnection;
use stellaops_db_tests::corpus;
use stellaops_db_tests::ledger::{Visit, VisitRepository};

use crate::support::{self, own_server, run, value};
use crate::{Attacked, everywhere};

/// What stands in each text, and nowhere else.
const MARK: &str = "zqxjkvwyz";

/// All there is in the database and on the server that no attacker has: relations, functions, policies, roles and
/// their memberships, and the rows of everybody else.
async fn elsewhere(superuser: &mut PgConnection) -> String {
    value(
        superuser,
        "SELECT concat_ws(' ', \
         (SELECT count(*) FROM pg_class WHERE relpersistence <> 't'), (SELECT count(*) FROM pg_proc), \
         (SELECT md5(string_agg(p::text, ' ' ORDER BY p::text)) FROM pg_policies p), \
         (SELECT md5(string_agg(t.tgname || t.tgenabled::text, ' ' ORDER BY t.oid)) FROM pg_trigger t), \
         (SELECT md5(string_agg(r.rolname || r.rolsuper::text || r.rolbypassrls::text, ' ' ORDER BY r.oid)) FROM pg_authid r), \
         (SELECT count(*) FROM pg_auth_members), (SELECT count(*) FROM pg_database), \
         (SELECT count(*) FROM pg_db_role_setting), (SELECT count(*) FROM library.books), \
         (SELECT md5(string_agg(v::text, ' ' ORDER BY id)) FROM ledger.visits v WHERE tenant_id NOT LIKE 'attacker%'), \
         (SELECT count(*) FROM scheduler.graph_jobs WHERE tenant_id NOT LIKE 'attacker%'))",
    )
    .await
}

#[tokio::test]
async fn no_text_becomes_a_part_of_a_statement() {
    let settings = [("log_statement", "all"), ("log_min_duration_statement", "0")];
    let server = own_server(&settings).await;
    let attacked = Attacked::on(support::copy(&server).await).await;
    let mut superuser = attacked.database.connect().await.expect("connects");
    let victims = attacked.tenant("victim").repository::<VisitRepository>();
    victims
        .insert(Visit::new_row("victim".into()))
        .await
        .expect("inserts");
    let before = elsewhere(&mut superuser).await;
    let scope = attacked.tenant("attacker");
    let marked: Vec<String> = corpus::texts()
        .into_iter()
        .filter(|text| !text.contains('\0'))
        .map(|text| format!("{text}{MARK}{text}"))
        .collect();
    for text in marked.iter().filter(|text| everywhere::is_short(text)) {
        let told = |error: stellaops_db::Error| panic!("{text:?}: {error}");
        everywhere::rows(&scope, text).await.unwrap_or_else(told);
        everywhere::documents(&scope, text).await.unwrap_or_else(told);
        // A worker's name does not begin so.
        if !text.starts_with('@') {
            everywhere::names(&scope, text).await.unwrap_or_else(told);
        }
        if !text.chars().any(char::is_control) {
            everywhere::consumer(&attacked.db, text)
                .await
                .unwrap_or_else(told);
        }
        let system = attacked.db.system(text).await.expect("opens");
        system.close().await.expect("closes");
    }
    let bulk = attacked.tenant("attacker in bulk");
    everywhere::bulk(&bulk, &marked).await.expect("stores all");
    let shown: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%' || $1 || '%'")
            .bind(MARK)
            .fetch_one(&mut superuser)
            .await
            .expect("reads");
    assert_eq!(shown, 0, "a session shows a text");
    assert_eq!(elsewhere(&mut superuser).await, before, "something else changed");
    let log = server.log().expect("the server is ours");
    assert!(
        log.contains("stellaops-db ledger.visits insert"),
        "statements are logged"
    );
    let line = log.lines().find(|line| line.contains(MARK));
    assert_eq!(line, None, "a text is in the log");
    run(&mut superuser, format!("SELECT '{MARK}'"))
        .await
        .expect("runs");
    assert!(
        server.log().is_some_and(|log| log.contains(MARK)),
        "what is in a statement is in the log"
    );
    server.stop().await.expect("stops");
}
