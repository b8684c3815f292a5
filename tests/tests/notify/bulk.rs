//! Arrays of ids and of texts, empty ones too, are stored in bulk as they are one by one.

use stellaops_db::Id;
use stellaops_db::schema::notify::{
    Channel, MaintenanceWindow, MaintenanceWindowRepository, NewMaintenanceWindow,
};
use uuid::Uuid;

use crate::support::{Fixture, at, tenant};

fn id<T>(number: usize) -> Id<T> {
    Id::new(Uuid::from_u128(number as u128 + 1))
}

fn window(number: usize) -> NewMaintenanceWindow {
    let channels: Vec<Id<Channel>> = (0..number % 4).map(id).collect();
    let events = ["scanner.report.ready", "zastava.admission"];
    MaintenanceWindow::new_row(
        format!("window {number}"),
        at("2026-03-01T12:00:00Z"),
        at("2026-03-01T14:00:00Z"),
        "user:ada".into(),
        "user:ada".into(),
    )
    .id(id(number))
    .channel_ids(channels)
    .event_types(events[..number % 3].iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn windows_of_many_channels_are_stored_alike_in_every_way() {
    let fixture = Fixture::start().await;
    let single = fixture
        .tenant("single")
        .repository::<MaintenanceWindowRepository>();
    let mut expected = Vec::new();
    for number in 0..12 {
        expected.push(single.insert(window(number)).await.expect("inserts"));
    }
    let ways = [(20, 20, 20), (0, 20, 20), (0, 0, 20), (1, 3, 5)];
    for (position, (values, arrays, batch)) in ways.into_iter().enumerate() {
        let scope = fixture.tenant(&format!("way-{position}"));
        let windows = scope.repository::<MaintenanceWindowRepository>();
        let rows = windows.insert_many((0..12).map(window));
        let rows = rows.with_sizes(values, arrays, batch).returning().await;
        for (row, expected) in rows.expect("inserts").into_iter().zip(&expected) {
            let row = MaintenanceWindow {
                tenant_id: tenant("single"),
                created_at: expected.created_at,
                updated_at: expected.updated_at,
                ..row
            };
            assert_eq!(&row, expected, "way {position}");
        }
        // Each takes the channels of the next.
        let change = |number: usize| {
            let channels = (0..(number + 1) % 4).map(id).collect();
            (id(number), MaintenanceWindow::patch().channel_ids(channels))
        };
        let report = windows
            .update_many((0..12).map(change))
            .with_sizes(values, arrays, batch)
            .await;
        assert_eq!(report.expect("updates").updated, 12, "way {position}");
        for number in 0..12 {
            let row = windows.get(id(number)).await.expect("reads").expect("is there");
            assert_eq!((row.channel_ids.len(), row.row_version), ((number + 1) % 4, 2));
        }
    }
}
