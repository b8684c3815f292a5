//! Publishers and their keys: everybody's, and those of one tenant.

use stellaops_db::schema::issuer::*;
use stellaops_db::{Error, Id};
use uuid::Uuid;

use crate::{Fixture, at, digest};

#[tokio::test]
async fn a_tenant_judges_a_global_publisher_for_itself_alone() {
    let fixture = Fixture::start().await;
    let system = fixture.db.system("enter a publisher").await.expect("opens");
    let row = Issuer::new_row(
        "red-hat".into(),
        "Red Hat".into(),
        IssuerKind::Distributor,
        "operator".into(),
        "operator".into(),
    );
    let publishers = system.global_rows().repository::<IssuerRepository>();
    let entered = publishers.insert(row).await.expect("enters");
    system.close().await.expect("closes");

    let acme = fixture.tenant("acme");
    let weights = acme.repository::<TrustOverrideRepository>();
    let reason = "Their statements lag the fixes.";
    let row = TrustOverride::new_row(
        entered.tenant_id.clone(),
        entered.id,
        200,
        reason.into(),
        "ada".into(),
        "ada".into(),
    );
    weights.insert(row).await.expect("judges");
    let now = at("2026-01-31T12:00:00Z");
    for (tenant, weight) in [("acme", 200), ("other", 500)] {
        let scope = fixture.tenant(tenant);
        let seen = scope
            .repository::<IssuerRepository>()
            .get_by_slug("red-hat")
            .await;
        let seen = seen.expect("reads").expect("every tenant sees it");
        let key = (seen.tenant_id.clone(), seen.id);
        let own = scope
            .repository::<TrustOverrideRepository>()
            .get(key)
            .await
            .expect("reads");
        assert_eq!(seen.effective_weight(own.as_ref(), now), weight);
    }
}

#[tokio::test]
async fn pages_keep_both_of_two_publishers_that_only_their_tenants_tell_apart() {
    let fixture = Fixture::start().await;
    let id = Id::new(Uuid::now_v7());
    let row = || {
        Issuer::new_row(
            "red-hat".into(),
            "Red Hat".into(),
            IssuerKind::Distributor,
            "operator".into(),
            "operator".into(),
        )
        .id(id)
        .created_at(at("2026-01-31T12:00:00Z"))
    };
    let system = fixture.db.system("enter a publisher").await.expect("opens");
    let global = system.global_rows().repository::<IssuerRepository>();
    global.insert(row()).await.expect("enters everybody's");
    system.close().await.expect("closes");
    let acme = fixture.tenant("acme").repository::<IssuerRepository>();
    acme.insert(row()).await.expect("enters its own");

    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let list = acme.list_by_newest_with_deleted().limit(1);
        let page = match after {
            Some(cursor) => list.at(cursor).await,
            None => list.await,
        };
        let page = page.expect("lists");
        seen.extend(page.rows.into_iter().map(|row| row.tenant_id.to_string()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, ["acme", "@global"]);
}

#[tokio::test]
async fn a_key_enters_once_and_only_before_it_expires() {
    let fixture = Fixture::start().await;
    let scope = fixture.tenant("acme");
    let row = Issuer::new_row(
        "own".into(),
        "Own".into(),
        IssuerKind::Internal,
        "ada".into(),
        "ada".into(),
    );
    let issuer = scope
        .repository::<IssuerRepository>()
        .insert(row)
        .await
        .expect("enters");
    let row = || {
        IssuerKey::new_row(
            issuer.tenant_id.clone(),
            issuer.id,
            IssuerKeyKind::Ed25519PublicKey,
            "own-1".into(),
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=".into(),
            digest('d'),
            "ada".into(),
            "ada".into(),
        )
    };
    let keys = scope.repository::<IssuerKeyRepository>();
    let expired = keys
        .insert(row().expires_at(Some(at("2020-01-01T00:00:00Z"))))
        .await;
    let Err(Error::CheckViolation { constraint }) = expired else {
        panic!("an expired key enters: {expired:?}");
    };
    assert_eq!(constraint, "ck_issuer_keys_expiry_is_in_the_future");
    keys.insert(row()).await.expect("enters");
    let again = keys.insert(row()).await;
    assert!(matches!(again, Err(Error::UniqueViolation { .. })), "{again:?}");
}

#[tokio::test]
async fn publishers_of_both_kinds_come_with_the_keys_that_a_tenant_may_see() {
    let fixture = Fixture::start().await;
    let system = fixture.db.system("enter a publisher").await.expect("opens");
    let (acme, other) = (fixture.tenant("acme"), fixture.tenant("other"));
    let publisher = |slug: &str| {
        Issuer::new_row(
            slug.into(),
            slug.into(),
            IssuerKind::Internal,
            "ada".into(),
            "ada".into(),
        )
    };
    let global = system.global_rows();
    let everybodys = global
        .repository::<IssuerRepository>()
        .insert(publisher("b"))
        .await
        .expect("enters");
    let own = acme
        .repository::<IssuerRepository>()
        .insert(publisher("a"))
        .await
        .expect("enters");
    for (digit, scope, issuer, name) in [
        ('a', &global, &everybodys, "everybodys"),
        ('b', &acme, &everybodys, "acmes-of-everybodys"),
        ('c', &other, &everybodys, "anothers-of-everybodys"),
        ('d', &acme, &own, "acmes-own"),
    ] {
        let kind = IssuerKeyKind::Ed25519PublicKey;
        let (tenant, material) = (
            issuer.tenant_id.clone(),
            "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        );
        let row = IssuerKey::new_row(
            tenant,
            issuer.id,
            kind,
            name.into(),
            material.into(),
            digest(digit),
            "ada".into(),
            "ada".into(),
        );
        scope
            .repository::<IssuerKeyRepository>()
            .insert(row)
            .await
            .expect("enters");
    }
    system.close().await.expect("closes");
    let (issuers, keys) = (
        acme.repository::<IssuerRepository>(),
        acme.repository::<IssuerKeyRepository>(),
    );
    let names = |keys: &[IssuerKey]| keys.iter().map(|key| key.key_id.clone()).collect::<Vec<_>>();
    let newest = || IssuerKey::BY_ISSUER_NEWEST.children(10);
    let page = issuers
        .list(Issuer::BY_NEWEST_WITH_DELETED)
        .with(newest())
        .await
        .expect("lists");
    let seen: Vec<_> = page
        .rows
        .iter()
        .map(|(issuer, keys)| (issuer.slug.as_str(), names(keys)))
        .collect();
    let of_everybodys = vec!["acmes-of-everybodys".to_owned(), "everybodys".to_owned()];
    assert_eq!(
        seen,
        [("a", vec!["acmes-own".to_owned()]), ("b", of_everybodys.clone())]
    );
    let families = keys
        .of_each(newest(), [own.id, everybodys.id])
        .await
        .expect("reads");
    assert_eq!(names(&families[&everybodys.id]), of_everybodys);
    for (key, issuer) in keys
        .list(IssuerKey::BY_ISSUER_NEWEST.of(everybodys.tenant_id.clone(), everybodys.id))
        .with(IssuerKey::ISSUER_ID)
        .await
        .expect("lists")
        .rows
    {
        assert_eq!(
            issuer.map(|issuer| issuer.slug).as_deref(),
            Some("b"),
            "{}",
            key.key_id
        );
    }
}
