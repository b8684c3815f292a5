//! What is stored, and what comes back.

use std::collections::BTreeMap;

use stellaops_db::schema::scheduler::*;
use stellaops_db::{EncodeError, Error, Rows, Sensitive, Timestamp};
use stellaops_db_tests::library::{Member, Reminder, Wish, WishDetails};
use stellaops_db_tests::shop::{Address, Delivery, Order, OrderStatus, OrderType, Pickup, PriceList};

use crate::world::done;

pub(crate) fn schedule(name: &str) -> NewSchedule {
    let everything = ImageSelector {
        scope: SelectionScope::AllImages,
        namespaces: None,
        repositories: None,
        digests: None,
        labels: None,
        include_tags: None,
    };
    Schedule::new_row(
        name.into(),
        ScheduleMode::AnalysisOnly,
        everything,
        "user:ada".into(),
        "user:ada".into(),
    )
}

pub(crate) fn build(sbom: &str) -> GraphBuildJob {
    GraphBuildJob {
        sbom_id: sbom.into(),
        sbom_version_id: "1".into(),
        sbom_digest: format!("sha256:{}", "5".repeat(64)),
        trigger: "manual".into(),
        metadata: BTreeMap::new(),
    }
}

pub(crate) fn graph_job() -> NewGraphJob {
    GraphJob::new_row(GraphJobType::Build, GraphJobPayload::Build(build("sbom")))
}

on_both! {
    async fn what_is_not_assigned_gets_its_default(world) {
        let now = Timestamp::new(world.clock().now());
        let schedule = done(world.rows::<Schedule>().insert(schedule("nightly"))).await;
        assert_eq!((schedule.timezone.as_str(), schedule.enabled), ("UTC", true));
        assert_eq!((schedule.row_version, schedule.created_at, schedule.updated_at), (1, now, now));
        assert_eq!((schedule.description, schedule.deleted_at), (None, None));
        let job = done(world.rows::<GraphJob>().insert(graph_job())).await;
        assert_eq!((job.status, job.attempts), (GraphJobStatus::Pending, 0));
        let prices = done(world.rows::<PriceList>().insert(PriceList::new_row())).await;
        assert_eq!(prices.labels, ["new"]);
    }

    async fn times_are_cut_to_microseconds(world) {
        let precise: chrono::DateTime<chrono::Utc> = "2026-01-02T03:04:05.123456789Z".parse().expect("a time");
        let row = Reminder::new_row("R1".into(), "loan".into(), precise.into());
        let stored = done(world.rows::<Reminder>().insert(row)).await;
        assert_eq!(stored.due_at.to_string(), "2026-01-02T03:04:05.123456Z");
        let found = world.rows::<Reminder>().list(Reminder::BY_KIND.of("loan"));
        let found = found.filter(Reminder::DUE_AT.eq(Timestamp::new(precise))).await.expect("lists");
        assert_eq!(found.rows, [stored]);
    }

    async fn texts_bytes_and_secrets_come_back_as_they_were(world) {
        let members = world.rows::<Member>();
        let secret = Sensitive::from(vec![0_u8, 255, 92, 39]);
        let row = Member::new_row("c'1\\".into(), Sensitive::from("ada@example.org".to_owned()));
        let member = done(members.insert(row.secret_hash(Some(secret.clone())))).await;
        assert_eq!((member.card.as_str(), member.secret_hash.clone()), ("c'1\\", Some(secret)));
        assert_eq!(done(members.find(Member::UNIQUE_ADDRESS.of("ada@example.org"))).await, Some(member));
    }

    async fn a_text_with_nul_is_refused(world) {
        let row = Reminder::new_row("R\0".into(), "loan".into(), Timestamp::new(world.clock().now()));
        let refused = world.rows::<Reminder>().insert(row).await.expect_err("it is refused");
        let told = "`library.reminders.number`: a text with a NUL character cannot be stored";
        assert_eq!((refused.code(), refused.to_string().as_str()), (Some("SDB0911"), told));
        let filter = Reminder::NUMBER.eq("\0");
        refused!(world.rows::<Reminder>().count([filter]).await, Error::Encode(EncodeError::Nul));
    }

    async fn enums_are_stored_by_code_and_by_name(world) {
        let orders = world.rows::<Order>();
        let customer = stellaops_db_tests::shop::Customer::new_row("ada".into());
        let customer = done(world.rows::<stellaops_db_tests::shop::Customer>().insert(customer)).await;
        let delivery = Delivery::Fetched(Pickup { counter: 3, more: BTreeMap::new() });
        let row = Order::new_row(customer.id, OrderType::GiftCard, delivery.clone());
        let order = done(orders.insert(row.status(OrderStatus::Sent))).await;
        assert_eq!((order.kind, order.status, &order.delivery), (OrderType::GiftCard, OrderStatus::Sent, &delivery));
        assert_eq!(done(orders.count([Order::KIND.eq(OrderType::GiftCard)])).await, 1);
        assert_eq!(done(orders.count([Order::STATUS.eq(OrderStatus::Open)])).await, 0);
    }

    async fn documents_come_back_equal(world) {
        let jobs = world.rows::<GraphJob>();
        let mut payload = build("sbom");
        payload.metadata = BTreeMap::from([("b".into(), "ü\u{1F600}\"\\".into()), ("a".into(), String::new())]);
        let overlay = GraphJobPayload::Overlay(GraphOverlayJob {
            graph_revision_id: format!("grv_{}", "7".repeat(64)),
            build_job_id: None,
            overlay_kind: GraphOverlayKind::Vex,
            overlay_key: "k".into(),
            subjects: Some(vec!["x".into()]),
            trigger: "manual".into(),
            metadata: BTreeMap::new(),
        });
        for (kind, payload) in [(GraphJobType::Build, GraphJobPayload::Build(payload)), (GraphJobType::Overlay, overlay)] {
            let job = done(jobs.insert(GraphJob::new_row(kind, payload.clone()))).await;
            assert_eq!(job.payload, payload);
            assert_eq!(done(jobs.get(job.id)).await, Some(job));
        }
    }

    async fn free_objects_keep_nulls_and_numbers(world) {
        let wishes = world.rows::<Wish>();
        let extra = serde_json::json!({ "none": null, "half": 0.5, "small": 1e-7, "list": [1, [], {}], "no": false });
        let details = WishDetails { author: None, extra: extra.as_object().cloned() };
        let wish = done(wishes.insert(Wish::new_row("north".into(), 1, Vec::new(), details.clone()))).await;
        assert_eq!(wish.details, details);
        assert_eq!(done(wishes.get(wish.id)).await.expect("is there").details, details);
    }

    async fn promoted_members_are_computed(world) {
        let wishes = world.rows::<Wish>();
        let by = |author: Option<&str>| WishDetails { author: author.map(str::to_owned), extra: None };
        let row = |author| Wish::new_row("north".into(), 1, Vec::new(), by(author));
        let austen = done(wishes.insert(row(Some("Austen")))).await;
        let nobody = done(wishes.insert(row(None))).await;
        assert_eq!(done(wishes.count([Wish::AUTHOR.eq("Austen")])).await, 1);
        assert_eq!(done(wishes.count([Wish::AUTHOR.is_null()])).await, 1);
        done(wishes.update(nobody.id, Wish::patch().details(by(Some("Austen"))))).await;
        done(wishes.update(austen.id, Wish::patch().details(by(None)))).await;
        let listed = wishes.list(Wish::BY_AUTHOR).filter(Wish::AUTHOR.eq("Austen")).await.expect("lists");
        assert_eq!(listed.rows.iter().map(|wish| wish.id).collect::<Vec<_>>(), [nobody.id]);
    }

    async fn promoted_members_of_one_alternative_are_null_in_the_other(world) {
        let customer = stellaops_db_tests::shop::Customer::new_row("ada".into());
        let customer = done(world.rows::<stellaops_db_tests::shop::Customer>().insert(customer)).await;
        let orders = world.rows::<Order>();
        let sent = Delivery::Sent(Address { street_name: "Elm".into(), note: None });
        let fetched = Delivery::Fetched(Pickup { counter: 1, more: BTreeMap::new() });
        for delivery in [sent, fetched] {
            done(orders.insert(Order::new_row(customer.id, OrderType::Goods, delivery))).await;
        }
        assert_eq!(done(orders.count([Order::STREET.eq("Elm")])).await, 1);
        assert_eq!(done(orders.count([Order::STREET.is_null()])).await, 1);
        let page = orders.list(Order::BY_STREET.of("Elm")).await.expect("lists");
        assert_eq!(page.rows.len(), 1);
    }
}
