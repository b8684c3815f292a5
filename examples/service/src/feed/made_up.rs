use serde_json::json;

/// Lines of a feed that nobody published. Of 50,000 entries two are wrong: one cannot be read, and the database
/// refuses the other.
pub fn made_up(number: u64) -> impl Iterator<Item = String> + Send + 'static {
    (1..=number).map(|number| {
        let due = if number % 50_000 == 20_000 { "2025-12-31" } else { "2026-01-22" };
        if number % 50_000 == 40_000 {
            return r#"{"cveID":"CVE-2026-1"#.into();
        }
        let entry = json!({
            "cveID": format!("CVE-2026-{:05}", 10_000 + number),
            "vendorProject": format!("Vendor {}", number % 97),
            "product": format!("Product {}", number % 1_009),
            "vulnerabilityName": "Heap overflow in the parser",
            "dateAdded": "2026-01-01",
            "shortDescription": "A crafted file runs code.",
            "requiredAction": "Apply the vendor's update.",
            "dueDate": due,
            "knownRansomwareCampaignUse": if number.is_multiple_of(5) { "Known" } else { "Unknown" },
        });
        entry.to_string()
    })
}
