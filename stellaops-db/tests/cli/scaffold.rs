//! `scaffold`

use crate::support::*;

#[test]
fn scaffold_prints_the_struct_of_a_table_and_those_of_a_schema() {
    let folder = initialised();
    let table = run(folder.path(), &["scaffold", "shop.orders"]);
    table.assert_said(
        0,
        &[
            "#[table(\"shop.orders\")]\npub struct Order {",
            "pub tenant_id: TenantId,",
            "#[db_enum(\"shop.",
        ],
    );
    let schema = run(folder.path(), &["scaffold", "shop"]);
    assert_eq!(schema.code, 0);
    for line in table.out.lines().filter(|line| line.starts_with("pub ")) {
        assert!(schema.out.contains(line), "{line}");
    }
    let (code, answer) = run(folder.path(), &["scaffold", "shop.orders", "--format", "json"]).json();
    assert_eq!((code, answer["rust"].as_str()), (0, Some(table.out.as_str())));
}

#[test]
fn scaffold_of_what_the_specs_have_not_names_the_nearest() {
    let folder = initialised();
    run(folder.path(), &["scaffold", "shop.order"])
        .assert_said(1, &["no `shop.order`", "did you mean `shop.orders`?"]);
    run(folder.path(), &["scaffold", "elsewhere.things"])
        .assert_said(1, &["no `elsewhere.things`", "<schema>.<table>"]);
    let (code, answer) = run(folder.path(), &["scaffold", "shpo", "--format", "json"]).json();
    assert_eq!((code, answer["nearest"].as_str()), (1, Some("shop")));
}
