//! Advisory locks: one holder of a name at a time, whatever becomes of the holder.

use std::time::Duration;

use stellaops_db::Error;

use crate::support::*;

const NAME: &str = "nightly report";
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_name_has_one_holder_until_it_is_released() {
    let fixture = Fixture::start().await;
    let (one, two) = (fixture.tenant("a"), fixture.tenant("a"));
    let lock = one.try_lock(NAME).await.expect("runs").expect("is free");
    assert!(lock.is_held().await);
    assert!(two.try_lock(NAME).await.expect("runs").is_none());
    refused!(two.lock(NAME, SHORT).await, Error::LockTimeout { .. });
    lock.release().await.expect("releases");
    let lock = two.lock(NAME, SHORT).await.expect("is free again");
    assert_eq!(lock.name(), NAME);
}

#[tokio::test]
async fn another_tenants_and_the_systems_locks_are_others() {
    let fixture = Fixture::start().await;
    let system = fixture.db.system("locks").await.expect("opens");
    let _a = fixture
        .tenant("a")
        .try_lock(NAME)
        .await
        .expect("runs")
        .expect("is free");
    let _b = fixture
        .tenant("b")
        .try_lock(NAME)
        .await
        .expect("runs")
        .expect("is free");
    let mine = system.try_lock(NAME).await.expect("runs").expect("is free");
    assert!(system.try_lock(NAME).await.expect("runs").is_none());
    refused!(system.lock(NAME, SHORT).await, Error::LockTimeout { .. });
    let _other = fixture
        .tenant("a")
        .try_lock("another")
        .await
        .expect("runs")
        .expect("is free");
    mine.release().await.expect("releases");
    system.close().await.expect("closes");
}

#[tokio::test]
async fn a_lock_that_is_dropped_is_released_and_its_connection_serves_others() {
    let fixture = Fixture::with(|config| config.with_max_connections(1)).await;
    let scope = fixture.tenant("a");
    for _ in 0..5 {
        let lock = scope.try_lock(NAME).await.expect("runs").expect("is free");
        drop(lock);
    }
    let lock = scope.lock(NAME, Duration::from_secs(10)).await.expect("is free");
    lock.release().await.expect("releases");
    let repository = scope.repository::<stellaops_db::schema::scheduler::GraphJobRepository>();
    assert_eq!(repository.count([]).await.expect("the pool is whole"), 0);
}

/// A call that is given up while it waits leaves nothing behind.
#[tokio::test]
async fn a_wait_that_is_given_up_takes_no_lock() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let lock = scope.try_lock(NAME).await.expect("runs").expect("is free");
    let waiting = scope.lock(NAME, Duration::from_secs(60));
    assert!(tokio::time::timeout(SHORT, waiting).await.is_err());
    lock.release().await.expect("releases");
    let again = scope.lock(NAME, Duration::from_secs(10)).await.expect("is free");
    again.release().await.expect("releases");
}

#[tokio::test]
async fn a_lock_is_lost_with_its_connection_and_its_work_is_stopped() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let lock = scope.try_lock(NAME).await.expect("runs").expect("is free");
    let ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let kill = async {
        assert_eq!(value::<i64>(&mut fixture.superuser().await, ended).await, 1);
        // The work itself never ends.
        std::future::pending::<()>().await;
    };
    refused!(lock.protect(kill).await, Error::LockLost { name } if name == NAME);
    assert!(!lock.is_held().await);
    let next = scope
        .lock(NAME, Duration::from_secs(10))
        .await
        .expect("others have it");
    assert!(lock.release().await.is_err());
    assert!(next.is_held().await);
}

#[tokio::test]
async fn protected_work_gives_its_result() {
    let fixture = Fixture::start().await;
    let lock = fixture
        .tenant("a")
        .try_lock(NAME)
        .await
        .expect("runs")
        .expect("is free");
    assert_eq!(lock.protect(async { 7 }).await.expect("is held"), 7);
}

#[tokio::test]
async fn a_transactions_lock_ends_with_it() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("a");
    let transaction = scope.begin().await.expect("begins");
    assert!(transaction.try_lock(NAME).await.expect("runs"));
    transaction.lock(NAME).await.expect("it has it already");
    assert!(scope.try_lock(NAME).await.expect("runs").is_none());
    transaction.commit().await.expect("commits");
    let other = scope.begin().await.expect("begins");
    assert!(other.try_lock(NAME).await.expect("runs"));
    drop(other);
    let lock = scope.lock(NAME, Duration::from_secs(10)).await.expect("is free");
    lock.release().await.expect("releases");
}

/// It rests for as long as the work takes, whatever the server thinks of resting transactions.
#[tokio::test]
async fn a_held_lock_outlasts_the_servers_patience_with_idle_transactions() {
    let fixture = Fixture::start().await;
    let impatient = "ALTER ROLE live_app IN DATABASE";
    let name: String = value(&mut fixture.superuser().await, "SELECT current_database()::text").await;
    let set = format!("{impatient} \"{name}\" SET idle_in_transaction_session_timeout = '10ms'");
    run(&mut fixture.superuser().await, &set).await.expect("sets");
    let options = fixture.database.connect_options_as(APPLICATION);
    let pool = one_connection(options).await;
    let db = stellaops_db::Database::from_pool_unguarded(pool, "the server has no patience with the guard");
    let scope = db.tenant(&tenant("a"));
    let lock = scope.try_lock(NAME).await.expect("runs").expect("is free");
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(lock.is_held().await);
}
