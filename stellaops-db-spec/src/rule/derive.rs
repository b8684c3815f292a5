//! 01xx: a struct, an enum or a document type held against its spec.

use super::rules;

rules! { CompileError;
    UNKNOWN_TABLE = "SDB0101", "a struct names a table that has a spec";
    reason "A struct takes its columns, types and rules from the spec `specs/<schema>/<table>.toml`. Without that file there is nothing to check it against and nothing to generate.";
    wrong r#"#[derive(Table)]
#[table("scheduler.graph_job")]
pub struct GraphJob { /* … */ }"#;
    right r#"#[derive(Table)]
#[table("scheduler.graph_jobs")]
pub struct GraphJob { /* … */ }"#;

    STRUCT_FORM = "SDB0102", "a table is a struct with named fields";
    reason "Fields are matched with columns by name. Tuple structs and unions have no names to match, and a row is never one of several variants.";
    wrong r#"#[derive(Table)]
#[table("scheduler.graph_jobs")]
pub struct GraphJob(Id<GraphJob>, TenantId);"#;
    right r#"#[derive(Table)]
#[table("scheduler.graph_jobs")]
pub struct GraphJob { pub id: Id<GraphJob>, pub tenant_id: TenantId }"#;

    GENERICS = "SDB0103", "a type of a table has no parameters";
    reason "A spec describes one relation with one type a column. A type or lifetime parameter would stand for many structs that share one table's statements.";
    wrong r#"#[table("scheduler.graph_jobs")]
pub struct GraphJob<P> { pub payload: P }"#;
    right r#"#[table("scheduler.graph_jobs")]
pub struct GraphJob { pub payload: GraphJobPayload }"#;

    UNKNOWN_ATTRIBUTE = "SDB0104", "only known attributes are used";
    reason "Types, defaults, keys and indexes live in the spec alone. An attribute that is ignored would be a second, silent place to say them.";
    wrong r#"#[column("type", index)]
pub kind: GraphJobType,"#;
    right r#"#[column("type")]
pub kind: GraphJobType,"#;

    ATTRIBUTE_FORM = "SDB0105", "an attribute is written once, in its own form";
    reason "`#[table]`, `#[column]`, `#[db_enum]` and `#[jsonb]` each take a name in a string literal, so that it is known while macros expand and can be searched for. Written twice, one of the two would be ignored.";
    wrong r#"#[table(scheduler.graph_jobs)]
pub struct GraphJob { /* … */ }"#;
    right r#"#[table("scheduler.graph_jobs")]
pub struct GraphJob { /* … */ }"#;

    SPEC_FAULTY = "SDB0106", "the spec that a type is checked against has no faults";
    reason "Code generated from a faulty spec would be wrong in ways that are hard to trace. The faults of the spec are shown instead, each with its own code and place.";
    wrong r#"# specs/scheduler/graph_jobs.toml
[columns.status]
type = "varchar""#;
    right r#"# specs/scheduler/graph_jobs.toml
[columns.status]
type = "text""#;

    MISSING_FIELD = "SDB0110", "every column of the spec has a field";
    reason "A row is read and written whole. A column without a field could be neither filled at insert nor seen when it is read.";
    wrong r#"pub struct GraphJob { pub id: Id<GraphJob>, pub tenant_id: TenantId }
// the spec also has the column `status`"#;
    right r#"pub struct GraphJob { pub id: Id<GraphJob>, pub tenant_id: TenantId, pub status: GraphJobStatus }"#;

    DOUBLED_FIELD = "SDB0111", "a column has one field";
    reason "Two fields for one column can hold two values, and only one of them can be written.";
    wrong r#"pub status: GraphJobStatus,
#[column("status")]
pub state: GraphJobStatus,"#;
    right r#"pub status: GraphJobStatus,"#;

    UNKNOWN_FIELD = "SDB0112", "every field is a column of the spec";
    reason "The spec is the one place where columns come into being. A field that is no column is a misspelling, or belongs to another type.";
    wrong r#"pub stauts: GraphJobStatus,"#;
    right r#"pub status: GraphJobStatus,"#;

    WRONG_TYPE = "SDB0113", "a field's type holds every value of its column, and nothing else";
    reason "A type that is too narrow fails at run time on the first row that does not fit; one that is too wide, or lacks the time zone, stores something else than what was meant.";
    wrong r#"pub created_at: chrono::NaiveDateTime,   // the column is timestamptz"#;
    right r#"pub created_at: Timestamp,"#;

    NULLABLE_FIELD = "SDB0114", "the field of a nullable column is an `Option`";
    reason "NULL has to be readable. Without `Option` the first row that holds one fails to decode.";
    wrong r#"pub correlation_id: String,   // nullable = true"#;
    right r#"pub correlation_id: Option<String>,"#;

    OPTION_FIELD = "SDB0115", "the field of a column that is NOT NULL is no `Option`";
    reason "`None` could be written in Rust and refused only by the database; and every reader would have to handle a case that never comes.";
    wrong r#"pub status: Option<GraphJobStatus>,"#;
    right r#"pub status: GraphJobStatus,"#;

    NO_TENANT_FIELD = "SDB0116", "the struct of a tenant's table has a `tenant_id`";
    reason "Whose row it is travels with the row. It is what lets a repository refuse a row of another tenant before anything is sent.";
    wrong r#"pub struct GraphJob { pub id: Id<GraphJob> }"#;
    right r#"pub struct GraphJob { pub id: Id<GraphJob>, pub tenant_id: TenantId }"#;

    FOREIGN_ID = "SDB0117", "an id names the table that its column points at";
    reason "`Id<T>` is the id of a row of T. With the wrong T, ids of different tables can be exchanged, and a look-up finds nothing or something else.";
    wrong r#"pub job_id: Id<Schedule>,   // the column references graph_jobs"#;
    right r#"pub job_id: Id<GraphJob>,"#;

    GENERATED_FIELD = "SDB0118", "a generated column is no field";
    reason "The database computes it from a JSONB path, for an index to use. The value is already in the document, and a copy in the struct could differ from it until the row is written.";
    wrong r#"pub payload: GraphJobPayload,
pub sbom_digest: String,   // paths of `payload`"#;
    right r#"pub payload: GraphJobPayload,"#;

    NAME_CLASH = "SDB0119", "the names that are generated for a table are distinct";
    reason "Columns, indexes and finders become constants and methods. Two that come out alike would give an error inside generated code, far from its cause.";
    wrong r#"[[indexes]]
name = "by_status"

[[unique]]
name = "status"   # a column `by_status` exists too"#;
    right r#"[[indexes]]
name = "by_status_newest""#;

    UNKNOWN_ENUM = "SDB0120", "`#[db_enum]` names an enum that is declared in the specs";
    reason "How the values are stored, and which step may follow which, is said in the spec; an enum without one has no codes to store.";
    wrong r#"#[db_enum("scheduler.graph_jobs_status")]
pub enum GraphJobStatus { /* … */ }"#;
    right r#"#[db_enum("scheduler.graph_job_status")]
pub enum GraphJobStatus { /* … */ }"#;

    UNKNOWN_VARIANT = "SDB0121", "every variant is a declared value";
    reason "A variant without a declared value could not be stored: the database's CHECK knows the declared ones only.";
    wrong r#"pub enum GraphJobStatus { Pending, Waiting }"#;
    right r#"pub enum GraphJobStatus { Pending, Queued }"#;

    MISSING_VARIANT = "SDB0122", "every declared value has a variant";
    reason "A row may hold any declared value. One without a variant would be a row that cannot be read.";
    wrong r#"pub enum GraphJobType { Build }   // values = { build = 0, overlay = 1 }"#;
    right r#"pub enum GraphJobType { Build, Overlay }"#;

    VARIANT_DATA = "SDB0123", "a variant of a stored enum carries no data";
    reason "What is stored is one number or one text. Data beside it would be lost on the way to the database.";
    wrong r#"pub enum GraphJobStatus { Failed(String) }"#;
    right r#"pub enum GraphJobStatus { Failed }"#;

    WRONG_ENUM = "SDB0124", "a field's enum is the one that its column declares";
    reason "Two enums may have the same codes and mean different things; the compiler could not tell once the value is a number in the row.";
    wrong r#"pub status: PolicyJobStatus,   // enum = "graph_job_status""#;
    right r#"pub status: GraphJobStatus,"#;

    SENSITIVE_FIELD = "SDB0125", "the field of a sensitive column is a `Sensitive`";
    reason "`Debug` of the struct would show the value, and `Serialize` would send it along. `Sensitive<T>` shows nothing and is read by `expose` alone. It is recognised by its name, so that an alias of it is not.";
    wrong r#"pub email: String,   // sensitive = true"#;
    right r#"pub email: Sensitive<String>,"#;

    OPEN_FIELD = "SDB0126", "the field of a column that is not sensitive is no `Sensitive`";
    reason "What is secret is said in the spec, where it is reviewed and keeps the value out of indexes and orders too. A field alone that hides the value would promise a care that nothing else takes.";
    wrong r#"pub name: Sensitive<String>,"#;
    right r#"pub name: String,"#;

    UNKNOWN_SHAPE = "SDB0130", "`#[jsonb]` names a shape that is declared in the specs";
    reason "The shape says the version, the members and what happens to unknown ones; the database's CHECK is made from it. A type without a shape would be stored unchecked.";
    wrong r#"#[jsonb("scheduler.graph_payload")]
pub struct GraphJobPayload { /* … */ }"#;
    right r#"#[jsonb("scheduler.graph_job_payload")]
pub struct GraphJobPayload { /* … */ }"#;

    UNKNOWN_MEMBER = "SDB0131", "every field of a document type is a declared member";
    reason "A member that the shape does not declare is refused by the database, or is invisible to whoever reads the spec.";
    wrong r#"pub sbom_hash: String,   // the shape has `sbomDigest`"#;
    right r#"pub sbom_digest: String,"#;

    MISSING_MEMBER = "SDB0132", "every declared member has a field";
    reason "A document is read and written whole. A member without a field would vanish when a document is read, changed and written back.";
    wrong r#"pub struct GraphJobPayload { pub sbom_id: String }   // the shape also has `sbomDigest`"#;
    right r#"pub struct GraphJobPayload { pub sbom_id: String, pub sbom_digest: String }"#;

    UNSTABLE_MEMBER = "SDB0133", "a document type has one canonical form";
    reason "Documents are hashed and compared. `HashMap` and `HashSet` iterate in another order in every process, and a float has several spellings and values that JSON cannot write.";
    wrong r#"pub metadata: HashMap<String, String>,"#;
    right r#"pub metadata: BTreeMap<String, String>,"#;

    MEMBER_OPTION = "SDB0134", "an optional member is an `Option`, a required one is not";
    reason "A required member that may be `None` writes documents that the database refuses; an optional one that is no `Option` cannot read documents that are good.";
    wrong r#"pub trigger: String,   // optional = true"#;
    right r#"pub trigger: Option<String>,"#;

    WRONG_SHAPE = "SDB0135", "a field's document type is that of its column's shape";
    reason "Another shape has other members and another version: every row written would break the column's CHECK.";
    wrong r#"pub payload: PolicyJobPayload,   // shape = "graph_job_payload""#;
    right r#"pub payload: GraphJobPayload,"#;

    SHAPE_ALTERNATIVES = "SDB0136", "a shape with alternatives is an enum with one variant for each";
    reason "A stored document is exactly one of the alternatives, told apart by its `schemaVersion`. An enum says the same in Rust, and a match over it is complete.";
    wrong r#"#[jsonb("scheduler.graph_job_payload")]   // one_of = ["graph_build_job", "graph_overlay_job"]
pub struct GraphJobPayload { /* … */ }"#;
    right r#"#[jsonb("scheduler.graph_job_payload")]
pub enum GraphJobPayload { GraphBuildJob(GraphBuildJob), GraphOverlayJob(GraphOverlayJob) }"#;

    MEMBER_TYPE = "SDB0137", "a field's type holds every value of its member, and nothing else";
    reason "A type that is too narrow cannot read a document that the database took; one that is too wide, or another one, writes documents that the database refuses. A set is a `BTreeSet`, so that equal sets are equal documents; an enum holds the words that it knows, so it needs a member with `values`.";
    wrong r#"pub tags: Vec<String>,   // type = "set""#;
    right r#"pub tags: BTreeSet<String>,"#;

    MEMBER_WORDS = "SDB0138", "the variants of a member's enum are the member's `values`";
    reason "They are compared as serde writes them. A word without a variant would be a document that cannot be read, and a variant without a word one that cannot be written. In a set they stand in the order of bytes, because that is the order of the stored list.";
    wrong r#"pub scope: Scope,   // values = ["all", "by_label"]

#[serde(rename_all = "camelCase")]
pub enum Scope { All, ByLabel }"#;
    right r#"pub scope: Scope,

#[serde(rename_all = "snake_case")]
pub enum Scope { All, ByLabel }"#;

    MEMBER_PART = "SDB0139", "a field's part is the one that its member names";
    reason "The part is declared in the specs, with its members, and the database checks it to the last one. A type that is not held against it could write members that are refused, and miss those that are there.";
    wrong r#"pub ranges: Vec<VersionRange>,   // shape = "version_range"

#[jsonb(part)]
pub struct VersionRange { pub fixed: String }"#;
    right r#"pub ranges: Vec<VersionRange>,

#[jsonb("vuln.version_range")]
pub struct VersionRange { pub fixed: String }"#;

    ROW_FORM = "SDB0140", "a row of a query, or a projection, is a struct with named fields";
    reason "Fields are matched with the columns of a result by name, so that the order in which a text selects them says nothing. Tuple structs have no names to match; a plain tuple is read by position without a derive.";
    wrong r#"#[derive(QueryRow)]
struct StatusCount(GraphJobStatus, i64);"#;
    right r#"#[derive(QueryRow)]
struct StatusCount { status: GraphJobStatus, number: i64 }"#;

    ROW_GENERICS = "SDB0141", "a row of a query, or a projection, has no parameters";
    reason "The columns of a result have one type each. What a type or lifetime parameter stands for would be decided far from the text that selects it, and nothing that is read borrows from the connection.";
    wrong r#"#[derive(QueryRow)]
struct Named<'a> { name: &'a str }"#;
    right r#"#[derive(QueryRow)]
struct Named { name: String }"#;

    ROW_DOUBLED = "SDB0142", "a column of a result is read into one field";
    reason "A second field of the same column is a copy of the first, or was meant to be another column whose name was not written.";
    wrong r#"status: GraphJobStatus,
#[column("status")]
former: GraphJobStatus,"#;
    right r#"status: GraphJobStatus,
#[column("former_status")]
former: GraphJobStatus,"#;

    PROJECTION_TABLE = "SDB0143", "a projection names one table twice: in the specs, and its struct";
    reason "The columns are checked against the specs, and read by their positions in the struct's table. With two tables the positions would be those of other columns.";
    wrong r#"#[projection("scheduler.graph_jobs", of = "PolicyJob")]"#;
    right r#"#[projection("scheduler.graph_jobs", of = "GraphJob")]"#;

    FORMER_TYPES = "SDB0144", "a document type names the types of its former versions";
    reason "A row that was written with a former version is read into that version's type, and from it into the present one by `From`. Without the type nobody could read the row.";
    wrong r#"#[jsonb("app.note")]                       // former = ["note_1"]
pub struct Note { /* … */ }"#;
    right r#"#[jsonb("app.note", former = "Note1")]
pub struct Note { /* … */ }

impl From<Note1> for Note { /* … */ }"#;
}
