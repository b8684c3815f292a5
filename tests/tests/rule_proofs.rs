//! Rules that the database enforces, or the client while a program runs: each is broken for real by a
//! test of its own, on a real server.

use std::collections::BTreeSet;
use std::path::Path;

use stellaops_db_spec::rule::{self, Enforcement};

/// A rule, and the test that breaks it.
const PROOFS: &[(&str, &str, &str)] = &[
    (
        "SDB0801",
        "ddl_live/isolation.rs",
        "rows_of_other_tenants_are_out_of_reach",
    ),
    (
        "SDB0802",
        "ddl_live/isolation.rs",
        "a_permissive_policy_added_by_hand_widens_nothing",
    ),
    (
        "SDB0803",
        "ddl_live/isolation.rs",
        "work_without_a_tenant_raises_for_every_role",
    ),
    (
        "SDB0804",
        "ddl_live/isolation.rs",
        "a_transaction_serves_one_tenant_until_it_is_rolled_back",
    ),
    (
        "SDB0805",
        "ddl_live/tenancies.rs",
        "grants_are_exactly_those_that_are_needed",
    ),
    (
        "SDB0806",
        "ddl_live/guards.rs",
        "facts_are_not_changed_by_anybody",
    ),
    ("SDB0807", "ddl_live/guards.rs", "a_status_takes_legal_steps_only"),
    (
        "SDB0808",
        "ddl_live/retired.rs",
        "no_row_gets_a_retired_value_and_old_rows_keep_theirs",
    ),
    (
        "SDB0809",
        "ddl_live/isolation.rs",
        "a_row_points_into_its_own_tenant_only",
    ),
    (
        "SDB0810",
        "ddl_live/tenancies.rs",
        "global_rows_are_read_by_all_and_written_by_the_system",
    ),
    (
        "SDB0811",
        "ddl_live/tenancies.rs",
        "rows_of_all_tenants_can_be_read_and_not_changed",
    ),
    (
        "SDB0812",
        "ddl_live/isolation.rs",
        "what_ignores_or_probes_row_security_is_not_granted",
    ),
    (
        "SDB0813",
        "ddl_live/apply.rs",
        "a_session_that_is_bound_to_a_tenant_applies_nothing",
    ),
    (
        "SDB0814",
        "ddl_live/drift.rs",
        "another_shape_stops_the_run_and_every_difference_is_named",
    ),
    (
        "SDB0815",
        "ddl_live/apply.rs",
        "a_role_with_other_attributes_is_corrected_or_stops_with_the_remedy",
    ),
    ("SDB0816", "ddl_live/drift.rs", "changed_guards_are_put_back"),
    (
        "SDB0817",
        "ddl_live/shapes.rs",
        "each_kind_of_bad_document_is_refused",
    ),
    (
        "SDB0818",
        "ddl_live/guards.rs",
        "checks_refuse_bad_values_by_their_name",
    ),
    (
        "SDB0819",
        "ddl_live/guards.rs",
        "a_supplied_time_of_change_stays_and_a_missing_one_is_set",
    ),
    (
        "SDB0820",
        "live/ledger/keeping.rs",
        "rows_of_an_undeletable_table_are_deleted_by_nobody_and_still_change",
    ),
    (
        "SDB0821",
        "live/ledger/keeping.rs",
        "facts_within_their_retention_are_deleted_and_changed_by_nobody",
    ),
    (
        "SDB0822",
        "ddl_live/audit.rs",
        "what_a_session_makes_for_itself_is_not_run_as_the_owner",
    ),
    (
        "SDB0901",
        "live/connecting.rs",
        "a_login_that_could_see_through_row_level_security_is_refused",
    ),
    (
        "SDB0902",
        "live/connecting.rs",
        "a_database_without_the_schema_is_told_at_once",
    ),
    ("SDB0903", "live/tenants.rs", "what_cannot_be_a_tenant_is_none"),
    (
        "SDB0904",
        "live/cursors.rs",
        "a_cursor_serves_its_own_query_and_tenant_only",
    ),
    (
        "SDB0905",
        "live/cursors.rs",
        "a_text_that_is_no_cursor_is_refused",
    ),
    ("SDB0906", "live/pages.rs", "a_limit_is_from_one_to_ten_thousand"),
    (
        "SDB0907",
        "live/rows.rs",
        "an_expected_version_is_kept_or_the_conflict_names_both",
    ),
    (
        "SDB0908",
        "live/systems.rs",
        "without_a_system_login_there_is_no_system_scope",
    ),
    (
        "SDB0909",
        "live/transactions.rs",
        "a_repository_that_outlives_its_transaction_says_so",
    ),
    (
        "SDB0910",
        "live/transactions.rs",
        "committing_after_a_failed_operation_fails",
    ),
    ("SDB0911", "live/values.rs", "a_nul_is_refused_wherever_it_stands"),
    (
        "SDB0912",
        "live/values.rs",
        "a_document_of_another_version_or_with_unknown_members_is_refused",
    ),
    ("SDB0913", "live/swaps.rs", "of_many_at_once_one_wins"),
    (
        "SDB0914",
        "live/claims.rs",
        "no_row_is_claimed_twice_and_none_is_forgotten",
    ),
    (
        "SDB0915",
        "live/connecting.rs",
        "a_statement_over_its_time_limit_is_cancelled",
    ),
    (
        "SDB0916",
        "live/rows.rs",
        "a_marked_row_is_hidden_until_it_is_restored",
    ),
    ("SDB0917", "live/queries.rs", "the_system_login_runs_no_query"),
    (
        "SDB0918",
        "live/queries.rs",
        "a_query_is_one_statement_on_data_with_a_value_for_each_parameter",
    ),
    (
        "SDB0919",
        "live/query_rows.rs",
        "what_does_not_fit_is_told_by_column_and_struct_without_values",
    ),
    (
        "SDB0920",
        "live/cursors.rs",
        "a_key_is_changed_without_refusing_the_cursors_of_the_old_one",
    ),
    (
        "SDB0921",
        "live/locks.rs",
        "a_lock_outside_a_transaction_is_refused_before_anything_is_sent",
    ),
    (
        "SDB0922",
        "live/queue/leases.rs",
        "a_worker_whose_row_was_taken_over_ends_nothing",
    ),
    (
        "SDB0923",
        "live/guard.rs",
        "a_program_is_refused_while_a_table_stands_open",
    ),
    (
        "SDB0924",
        "live/guard.rs",
        "a_database_of_another_shape_is_refused_with_every_difference",
    ),
    (
        "SDB1101",
        "live/configuration.rs",
        "a_configuration_is_one_plain_document",
    ),
    (
        "SDB1102",
        "live/configuration.rs",
        "a_misspelt_or_repeated_setting_is_told_with_the_name_that_is_meant",
    ),
    (
        "SDB1103",
        "live/configuration.rs",
        "a_value_without_its_unit_or_of_another_kind_is_refused",
    ),
    (
        "SDB1104",
        "live/configuration.rs",
        "a_password_in_the_file_is_refused_and_never_shown",
    ),
    (
        "SDB1105",
        "live/configuration.rs",
        "a_module_that_is_no_schema_or_has_no_url_is_told",
    ),
    (
        "SDB1106",
        "live/configuration.rs",
        "a_reference_that_leads_nowhere_is_told_when_its_module_is_opened",
    ),
    (
        "SDB1107",
        "live/secured.rs",
        "a_server_elsewhere_is_verified_without_being_asked_to",
    ),
];

#[test]
fn every_rule_of_the_database_and_of_the_client_is_broken_by_one_test() {
    let rules: Vec<&str> = rule::all()
        .filter(|rule| {
            !matches!(
                rule.enforcement,
                Enforcement::SpecCheck | Enforcement::CompileError | Enforcement::Verify
            )
        })
        .map(|rule| rule.code)
        .collect();
    let proven: Vec<&str> = PROOFS.iter().map(|(code, ..)| *code).collect();
    assert_eq!(proven, rules);
    let tests: BTreeSet<_> = PROOFS.iter().map(|(_, file, test)| (file, test)).collect();
    assert_eq!(tests.len(), PROOFS.len(), "a test proves two rules");
}

#[test]
fn every_test_that_is_named_runs() {
    for (code, file, test) in PROOFS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let at = text
            .find(&format!("fn {test}("))
            .unwrap_or_else(|| panic!("{file} has no test {test} for {code}"));
        let before = &text[..at];
        let attributes = &before[before.rfind("\n\n").unwrap_or(0)..];
        assert!(attributes.contains("test]"), "{test} is no test");
        assert!(!attributes.contains("#[ignore"), "{test} is ignored");
    }
}
