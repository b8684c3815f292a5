//! 00xx: the form of a spec file, before anything is known about what it means.

use super::rules;

rules! { SpecCheck;
    TOML_SYNTAX = "SDB0001", "a spec file is TOML";
    reason "The specs are read by this toolkit, by editors and by other tools; what one reader forgives, another reads differently. Keys may not be written twice, because the second would silently win.";
    wrong r#"summary = "A queued job."
summary = "A job.""#;
    right r#"summary = "A queued job.""#;

    UNKNOWN_KEY = "SDB0002", "a spec file has known keys only";
    reason "A misspelt key would be a rule that nobody enforces: `nulable = true` would leave the column NOT NULL and say nothing.";
    wrong r#"[columns.note]
type = "text"
nulable = true"#;
    right r#"[columns.note]
type = "text"
nullable = true"#;

    WRONG_KIND = "SDB0003", "the value of a key is of the kind that the key takes";
    reason "Values are never converted: the string \"false\" would otherwise have to mean something, and readers would guess differently.";
    wrong r#"nullable = "false""#;
    right r#"nullable = false"#;

    MISSING_KEY = "SDB0004", "every required key is written";
    reason "What is required has no safe default. Tenancy above all: a table that forgot to say whose rows it holds must not come into being.";
    wrong r#"summary = "A queued job.""#;
    right r#"summary = "A queued job."
tenancy = "tenant""#;

    UNKNOWN_WORD = "SDB0005", "a key with a closed list of words holds one of them";
    reason "Every word has one meaning in SQL, in Rust and in the documents. A word outside the list has none.";
    wrong r#"tenancy = "tenants""#;
    right r#"tenancy = "tenant""#;

    EMPTY_TEXT = "SDB0006", "a text says something";
    reason "Summaries, reasons and meanings become comments of the database and pages that people review. An empty one satisfies the form and helps nobody.";
    wrong r#"why = """#;
    right r#"why = "list the jobs of one status, newest first""#;

    SPEC_VERSION = "SDB0007", "the specs are written in version 1 of the format";
    reason "The format may change in a later version. Specs of a version that this toolkit does not know could mean something else, so they are not read at all.";
    wrong r#"spec_version = 2"#;
    right r#"spec_version = 1"#;

    STRAY_FILE = "SDB0008", "a folder with table files has a `schema.toml`";
    reason "A folder below `specs/` is a database schema, owned by one service; its `schema.toml` says so. Without it, a table file in a misspelt or forgotten folder would found a schema that nobody owns.";
    wrong r#"# specs/schedular/graph_jobs.toml, and no specs/schedular/schema.toml
summary = "A job.""#;
    right r#"# specs/scheduler/schema.toml
summary = "Scheduled and queued work.""#;

    WAIVER_UNKNOWN = "SDB0009", "a waiver names a rule by its code";
    reason "A waiver excuses one table from one rule. A code that no rule has excuses nothing, and the reader would believe otherwise.";
    wrong r#"[[waivers]]
rule = "SDB9999"
why  = "the table is small""#;
    right r#"[[waivers]]
rule = "SDB0508"
why  = "the short index is kept in memory for the hourly report""#;

    WAIVER_REFUSED = "SDB0010", "only a rule of judgement is waived";
    reason "Rules of form, type and tenancy are what the generated code and the isolation of tenants rest on: no reason makes a table safe without them. `stellaops-db explain` says of each rule whether a table may be excused from it.";
    wrong r#"[[waivers]]
rule = "SDB0401"                # the tenancy
why  = "one tenant only, for now""#;
    right r#"tenancy = "tenant""#;

    WAIVER_IDLE = "SDB0011", "a waiver excuses a fault that is there";
    reason "Waivers are read as a list of known exceptions. One that excuses nothing any more, or repeats another, makes the list untrue, and would silently excuse the next fault of that kind.";
    wrong r#"# no index of the table is the beginning of another
[[waivers]]
rule = "SDB0508"
why  = "the short index is kept in memory""#;
    right r#"# nothing is waived"#;

    HIDDEN_CHARACTER = "SDB0012", "a text holds no NUL, and nothing that turns its direction";
    reason "What a spec says becomes SQL, Rust and documents. PostgreSQL's texts hold no NUL, and characters that override the direction show a reviewer something else than what is run (CVE-2021-42574).";
    wrong r#"doc = "Made by the\u0000 client.""#;
    right r#"doc = "Made by the client.""#;
}
