//! The schemas `authority` and `issuer` on a real PostgreSQL: what their documentation promises.

mod publishers;

use stellaops_db::schema::authority::*;
use stellaops_db::schema::{authority, issuer};
use stellaops_db::testing::{TemplateDatabase, TestDatabase, ensure_login, shared_server};
use stellaops_db::{Config, Database, Error, Id, TenantId, TenantScope, Timestamp};
use uuid::Uuid;

const APPLICATION: &str = "identity_app";
const SYSTEM: &str = "stellaops_system";

struct Fixture {
    db: Database,
    _database: TestDatabase,
}

impl Fixture {
    async fn start() -> Self {
        let server = shared_server().await;
        let template = TemplateDatabase::from_scripts(server, "identity", &[authority::SQL, issuer::SQL])
            .await
            .expect("the schemas are applied");
        for (login, roles) in [(APPLICATION, &["authority_app", "issuer_app"][..]), (SYSTEM, &[])] {
            ensure_login(server, login, roles, login == SYSTEM)
                .await
                .expect("the login is made");
        }
        let database = template.clone_database().await.expect("a copy");
        let config = Config::from_options(database.connect_options_as(APPLICATION))
            .with_system_options(database.connect_options_as(SYSTEM));
        Fixture {
            db: Database::connect(&config).await.expect("connects"),
            _database: database,
        }
    }

    fn tenant(&self, name: &str) -> TenantScope {
        self.db.tenant(&TenantId::new(name).expect("a tenant"))
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn digest(digit: char) -> String {
    format!("sha256:{}", String::from(digit).repeat(64))
}

async fn user(scope: &TenantScope, name: &str) -> User {
    let users = scope.repository::<UserRepository>();
    let row = User::new_row(
        name.into(),
        format!("The user {name}"),
        "operator".into(),
        "operator".into(),
    );
    users.insert(row).await.expect("inserts")
}

/// A refresh token of a sign-in with a password.
async fn refresh_token(scope: &TenantScope) -> Token {
    let clients = scope.repository::<ClientRepository>();
    let grants = vec!["password".to_owned(), "refresh_token".to_owned()];
    let scopes = vec!["graph:read".to_owned()];
    let unproved = ClientAuthentication::None;
    let row = Client::new_row(
        "console".into(),
        "Console".into(),
        unproved,
        grants,
        scopes,
        "operator".into(),
        "operator".into(),
    );
    let client = clients.insert(row).await.expect("inserts").id;
    let user = user(scope, "ada").await.id;
    let row = Token::new_row(
        TokenKind::Refresh,
        OAuthFlow::Password,
        digest('a').into(),
        Id::new(Uuid::from_u128(1)),
        client,
        TokenStatus::Active,
        at("2026-01-31T12:00:00Z"),
        at("2026-02-28T12:00:00Z"),
    );
    let claims = TokenClaims {
        subject: user.to_string(),
        scopes: ["graph:read".to_owned()].into(),
        audiences: None,
        service_identity: None,
        auth_time: at("2026-01-31T12:00:00Z"),
        reason: None,
        ticket: None,
        act: None,
    };
    let row = row.user_id(Some(user)).claims(Some(claims));
    let tokens = scope.repository::<TokenRepository>();
    tokens.insert(row).await.expect("inserts")
}

#[tokio::test]
async fn a_refresh_token_is_redeemed_once_and_then_revoked() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    let (token, now) = (refresh_token(&scope).await, at("2026-02-01T00:00:00Z"));
    let tokens = scope.repository::<TokenRepository>();
    assert!(tokens.redeem(token.id, now).await.expect("redeems"));
    assert!(!tokens.redeem(token.id, now).await.expect("a replay"));
    let shown = tokens
        .get_by_token_hash(digest('a').as_str())
        .await
        .expect("reads");
    let shown = shown.expect("the token is found by its hash");
    assert_eq!(
        (shown.status, shown.redeemed_at),
        (TokenStatus::Redeemed, Some(now))
    );
    assert!(tokens.revoke(&shown, "replay", now).await.expect("revokes"));
    assert!(!tokens.revoke(&shown, "replay", now).await.expect("is told"));
}

#[tokio::test]
async fn users_are_listed_by_name_in_pages() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    for name in ["grace", "ada", "edsger"] {
        user(&scope, name).await;
    }
    user(&fixture.tenant("other"), "barbara").await;
    let users = scope.repository::<UserRepository>();
    let first = users.list_by_username().limit(2).await.expect("lists");
    let next = first.next.expect("there are more");
    let second = users.list_by_username().limit(2).at(next).await.expect("lists");
    let names: Vec<String> = [first.rows, second.rows]
        .concat()
        .into_iter()
        .map(|user| user.username)
        .collect();
    assert_eq!(names, ["ada", "edsger", "grace"]);
}

fn bundle(sequence: i64) -> RevocationBundle {
    RevocationBundle {
        issuer: "https://authority.example/t/acme".into(),
        bundle_id: format!("{sequence:032x}"),
        issued_at: at("2026-01-31T12:00:00Z"),
        valid_from: at("2026-01-31T12:00:00Z"),
        expires_at: at("2026-01-31T13:00:00Z"),
        sequence,
        signing_key_id: "rev-1".into(),
        entries: vec![RevocationEntry {
            kind: RevokedKind::Client,
            id: "console".into(),
            revoked_at: at("2026-01-31T11:00:00Z"),
            reason: RevokedReason::Compromised,
            expires_at: None,
        }],
    }
}

#[tokio::test]
async fn a_sequence_is_published_once_and_the_greatest_is_in_force() {
    let fixture = Fixture::start().await;
    let bundles = fixture.tenant("acme").repository::<RevocationRepository>();
    assert!(bundles.get_latest().await.expect("reads").is_none());
    let row = |sequence: i64| {
        let (issued, expires) = (at("2026-01-31T12:00:00Z"), at("2026-01-31T13:00:00Z"));
        let bundle = bundle(sequence);
        Revocation::new_row(
            sequence,
            bundle,
            digest('b'),
            "e30..c2ln".into(),
            issued,
            expires,
            "authority".into(),
        )
    };
    for sequence in [1, 2] {
        bundles.insert(row(sequence)).await.expect("publishes");
    }
    let again = bundles.insert(row(2)).await;
    assert!(matches!(again, Err(Error::UniqueViolation { .. })), "{again:?}");
    let latest = bundles.get_latest().await.expect("reads").expect("there are two");
    assert_eq!(latest.bundle, bundle(2));
}

/// PostgreSQL tells of the partition's constraint, which has a name of PostgreSQL's own.
#[tokio::test]
async fn of_a_partitioned_table_the_primary_key_that_is_taken_is_known() {
    let fixture = Fixture::start().await;
    let attempts = fixture.tenant("acme").repository::<LoginAttemptRepository>();
    let id = Id::new(Uuid::now_v7());
    let row = |at| {
        LoginAttempt::new_row(OAuthFlow::Password, LoginOutcome::Throttled, digest('a'))
            .id(id)
            .occurred_at(at)
    };
    let now = Timestamp::new(chrono::Utc::now());
    attempts.insert(row(now)).await.expect("inserts");
    let again = attempts.insert(row(now)).await;
    let Err(Error::UniqueViolation { key: Some(key), .. }) = again else {
        panic!("{again:?}");
    };
    assert!(key.is_primary());
    assert_eq!(
        (key.table, &key.columns[..]),
        ("authority.login_attempts", &["occurred_at", "id"][..])
    );
}

#[tokio::test]
async fn usage_is_counted_by_each_tenant_under_the_installations_licence() {
    let fixture = Fixture::start().await;
    let system = fixture.db.system("enter a licence").await.expect("opens");
    let row = License::new_row(
        "SO-1".into(),
        "platform".into(),
        LicenseEdition::Enterprise,
        "Acme".into(),
        LicenseEntitlements {
            features: Default::default(),
            limits: [("images".to_owned(), 10)].into(),
        },
        at("2026-01-01T00:00:00Z"),
        at("2026-01-01T00:00:00Z"),
        at("2027-01-01T00:00:00Z"),
        digest('c'),
        "e30.e30.c2ln".into(),
        "operator".into(),
    );
    let global = system.global_rows();
    let entered = global
        .repository::<LicenseRepository>()
        .insert(row)
        .await
        .expect("enters");
    for (tenant, quantity) in [("a", 3), ("b", 4)] {
        let scope = fixture.tenant(tenant);
        let license = scope.repository::<LicenseRepository>().get(entered.id).await;
        let license = license.expect("reads").expect("every tenant sees it");
        let day = "2026-01-31".parse().expect("a day");
        let row = LicenseUsage::new_row(
            license.tenant_id,
            license.id,
            "images".into(),
            day,
            quantity,
            "scheduler".into(),
        );
        let usage = scope.repository::<LicenseUsageRepository>();
        usage.insert(row).await.expect("counts");
    }
    let order = LicenseUsage::BY_LICENSE_EVERYWHERE.of(entered.tenant_id, entered.id, "images");
    let all = system
        .across_tenants::<LicenseUsageRepository>()
        .list(order)
        .await
        .expect("lists");
    assert_eq!(all.rows.iter().map(|row| row.quantity).sum::<i64>(), 7);
    system.close().await.expect("closes");
}
