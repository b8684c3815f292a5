//! 06xx: enums, JSONB shapes and queues.

use super::rules;

rules! { SpecCheck;
    ENUM_VALUES = "SDB0601", "the values of an enum fit its storage";
    reason "Stored as smallint, every value has its code in a table; stored as text, the values are a list of texts, each once. There is at least one.";
    wrong r#"storage = "smallint"
values = ["pending", "done"]"#;
    right r#"storage = "smallint"
values = { pending = 0, done = 1 }"#;

    ENUM_CODE = "SDB0602", "every code is distinct and between 0 and 32767";
    reason "The code is what rows hold, as a smallint. Two values of one code could not be told apart when a row is read, and the codes are never renumbered.";
    wrong r#"values = { pending = 0, queued = 0, done = 99999 }"#;
    right r#"values = { pending = 0, queued = 1, done = 2 }"#;

    TRANSITION_UNKNOWN = "SDB0603", "a transition is between declared values";
    reason "The trigger that refuses illegal steps is made from the transitions. A misspelt one would forbid the step that was meant.";
    wrong r#"values = { pending = 0, queued = 1 }
transitions = { pending = ["queud"] }"#;
    right r#"values = { pending = 0, queued = 1 }
transitions = { pending = ["queued"] }"#;

    TRANSITION_SELF = "SDB0604", "a transition goes to another value, and is named once";
    reason "Compare-and-swap from a status to itself always wins, for every worker at once: it decides nothing. Naming a step twice says nothing either.";
    wrong r#"transitions = { queued = ["queued", "running", "running"] }"#;
    right r#"transitions = { queued = ["running"] }"#;

    STATUS_UNREACHABLE = "SDB0605", "every value of a status is reached from where rows begin";
    waivable true;
    reason "A status that no step leads to is either a step that was forgotten, and work stops before it, or a value that is used no more, and belongs to `retired`. Rows begin with `initial`, else with the column's default, else with the values that no other leads to.";
    wrong r#"values = { pending = 0, running = 1, done = 2, failed = 3 }
transitions = { pending = ["running"], running = ["done"] }   # who fails?"#;
    right r#"values = { pending = 0, running = 1, done = 2, failed = 3 }
transitions = { pending = ["running"], running = ["done", "failed"] }"#;

    ENUM_INITIAL = "SDB0606", "`initial` names values that a status begins with";
    reason "It stands on an enum with transitions and names its values, each once. The default of a column is one of them, since it is what a new row begins with.";
    wrong r#"values = ["open", "closed"]
transitions = { open = ["closed"] }
initial = ["opened"]"#;
    right r#"values = ["open", "closed"]
transitions = { open = ["closed"] }
initial = ["open"]"#;

    ENUM_RETIRED = "SDB0607", "a retired value keeps its name and its code to itself";
    reason "Stored rows may hold it for as long as they are kept. Were its name or its code given to another value, those rows would change their meaning without anybody touching them.";
    wrong r#"storage = "smallint"
values = { pending = 0, paused = 1 }
retired = { waiting = 1 }"#;
    right r#"storage = "smallint"
values = { pending = 0, paused = 2 }
retired = { waiting = 1 }"#;

    SHAPE_BODY = "SDB0610", "a shape is a choice (`one_of`), a `part`, or a document with a `version`";
    reason "A document names its version, so that readers know what they hold years later. A choice has at least one alternative and no members of its own: each stored document is one of its alternatives. A part stands inside documents and has no version of its own.";
    wrong r#"[shapes.graph_job_payload]
doc = "What is to be built."
members.sbomId = { type = "text" }"#;
    right r#"[shapes.graph_job_payload]
doc = "What is to be built."
version = "scheduler.graph-job@1"
members.sbomId = { type = "text" }"#;

    SHAPE_VERSION = "SDB0611", "a shape's version is a name, `@` and a number";
    reason "It is stored in every document as `schemaVersion` and compared as a whole; the number tells which of two is newer.";
    wrong r#"version = "graph job v1""#;
    right r#"version = "scheduler.graph-job@1""#;

    SHAPE_ALTERNATIVE = "SDB0612", "the alternatives of a shape are documents of distinct versions";
    reason "A stored document is told apart by its `schemaVersion` alone. An alternative that does not exist, is itself a choice, is named twice, or shares its version with another cannot be told apart.";
    wrong r#"one_of = ["graph_build_job", "graph_build_job"]"#;
    right r#"one_of = ["graph_build_job", "graph_overlay_job"]"#;

    MEMBER_RESERVED = "SDB0613", "`schemaVersion` is no declared member";
    reason "The runtime writes it into every document and checks it in every one it reads. A member of that name would be a second opinion about the version.";
    wrong r#"[shapes.note.members.schemaVersion]
type = "text""#;
    right r#"[shapes.note]
doc = "A note."
version = "scheduler.note@1""#;

    MEMBER_OF = "SDB0614", "`of` stands on a list or a map";
    reason "It names the type of the items. A single value has none.";
    wrong r#"members.sbomId = { type = "text", of = "text" }"#;
    right r#"members.tags = { type = "list", of = "text" }"#;

    MEMBER_PATTERN = "SDB0615", "`pattern` stands on texts";
    reason "A regular expression matches a text: of a text member, or each text in a list, set or map. On any other type the CHECK would compare the printed form of the value.";
    wrong r#"members.count = { type = "integer", pattern = "^[0-9]+$" }"#;
    right r#"members.digest = { type = "text", pattern = "^sha256:[0-9a-f]{64}$" }
members.layers = { type = "list", pattern = "^sha256:[0-9a-f]{64}$" }"#;

    PART_VERSION = "SDB0616", "a part has no version of its own";
    reason "A part stands inside a document, and the document's `schemaVersion` says how all of it is to be read. A second version inside could contradict the first.";
    wrong r#"[shapes.version_range]
doc = "A range of versions."
part = true
version = "vuln.version-range@1""#;
    right r#"[shapes.version_range]
doc = "A range of versions."
part = true"#;

    PART_USE = "SDB0617", "a part stands inside documents only";
    reason "A stored document carries its `schemaVersion`; a part has none. As a column's shape, or as an alternative, nobody could tell what a stored value is.";
    wrong r#"[columns.ranges]
shape = "version_range"            # part = true"#;
    right r#"[columns.ranges]
shape = "version_ranges"

[shapes.version_ranges]
doc = "The ranges of versions that are affected."
version = "vuln.version-ranges@1"
members.ranges = { type = "list", of = "object", shape = "version_range" }"#;

    MEMBER_SHAPE = "SDB0618", "the `shape` of a member is a part, and stands on objects";
    reason "It says what an object looks like: the member itself, or each object in a list or map. A part of that name is declared in the schema; a document with a version of its own is stored in a column of its own.";
    wrong r#"members.ranges = { type = "list", shape = "version_range" }   # of texts"#;
    right r#"members.ranges = { type = "list", of = "object", shape = "version_range" }

[shapes.version_range]
doc = "A range of versions."
part = true"#;

    PART_CYCLE = "SDB0619", "no part holds itself";
    reason "The database's CHECK says what a document looks like to its last member, so its depth is known. A part inside itself has no such depth; a free object has none either, and is not looked into.";
    wrong r#"[shapes.node]
doc = "A node of a tree."
part = true
members.children = { type = "list", of = "object", shape = "node" }"#;
    right r#"[shapes.node]
doc = "A node of a tree."
part = true
members.children = { type = "list", of = "object" }"#;

    QUEUE_COLUMN = "SDB0620", "a queue names columns of the types that it needs";
    reason "A claim sets the end of the lease (nullable timestamptz) and its holder (nullable text), and adds one to the attempts (integer, NOT NULL, default 0). Rows that wait have no lease, hence nullable. The time from when on a row may be claimed is never NULL, and why a row failed is NULL where it did not.";
    wrong r#"[queue]
lease_expires_at = "lease_until"   # type = "text""#;
    right r#"[columns.lease_expires_at]
type = "timestamptz"
nullable = true

[queue]
lease_expires_at = "lease_expires_at""#;

    QUEUE_STATUS = "SDB0621", "the steps of a queue are legal steps of its status";
    reason "A claim is the step from `ready` to `running`, in one statement; completing, giving up and waiting are steps from `running`. Were a value none of the status, or a step no legal transition, the trigger would refuse it. A queue without a status is recurring: its rows are due again and again, at the time that `scheduled_for` says.";
    wrong r#"[enums.job_status]
values = { pending = 0, queued = 1, running = 2, done = 3 }
transitions = { pending = ["queued"], queued = ["running"], running = ["done"] }

[queue]
ready = "pending"
running = "running"
done = "done""#;
    right r#"[queue]
ready = "queued"
running = "running"
done = "done""#;

    QUEUE_ORDER = "SDB0622", "a queue's rows are found through indexes";
    reason "A claim looks for the first rows of one status, across nothing else, and skips those that others have locked; it looks for leases that ran out, and for rows whose time has come. Without an index for each of them, every claim reads or sorts the whole queue.";
    wrong r#"[queue]
order = "by_newest"                # order = ["created_at desc"], pins nothing"#;
    right r#"[[indexes]]
name = "by_status_oldest"
pinned = ["status"]
order = ["created_at"]
why = "claim the oldest first"

[queue]
order = "by_status_oldest""#;

    QUEUE_RETRY = "SDB0623", "a queue tries a row a number of times, and waits longer each time";
    reason "The number of tries is at least one, the first wait is at least a second and no longer than the longest, and a year is the longest that is taken: a row that waits for longer is a row that is lost.";
    wrong r#"[queue]
retry_after = 600
retry_after_most = 60"#;
    right r#"[queue]
max_attempts = 5
retry_after = 60
retry_after_most = 600"#;

    OUTBOX = "SDB0624", "an outbox delivers facts of tenants in the order of their numbers";
    reason "Consumers are given the events of each tenant in the order that the database numbered them in. A row that changes later would be delivered as something that it never was; a number that somebody sets may lie behind those that were delivered already. Events of all tenants are read in the order of the numbers, so an index has that order. Events past their retention stay until every consumer was given them; a partition would leave as a whole.";
    wrong r#"append_only = true
[columns.id]
type = "uuid"
default = "uuid_v7"
[outbox]
number = "id"
why = "the search index follows""#;
    right r#"append_only = true
[columns.id]
type = "bigint"
identity = true
[[indexes]]
name = "by_number"
order = ["id"]
scope = "system"
why = "deliver events in their order"
[outbox]
number = "id"
why = "the search index follows""#;

    MEMBER_VALUES = "SDB0630", "`values` are the distinct words of texts";
    reason "They list all that a text may be, or each text in a list, set or map, so they stand on texts, each once, at least one, without control characters; and nothing else needs to be said about the text: no pattern, no length.";
    wrong r#"members.scope = { type = "text", values = ["all", "one", "all"], max_length = 3 }"#;
    right r#"members.scope = { type = "text", values = ["all", "one"] }"#;

    MEMBER_BOUND_TYPE = "SDB0631", "a bound fits the type of its member";
    reason "`min` and `max` compare integers: the member's, or each in a list or map. `min_length` and `max_length` count the characters of a text, or the items of a list or set. On any other type they would say nothing.";
    wrong r#"members.title = { type = "text", max = 200 }"#;
    right r#"members.title = { type = "text", max_length = 200 }"#;

    MEMBER_BOUND_ORDER = "SDB0632", "the bounds of a member leave a value between them";
    reason "No value fulfils bounds that cross, so no document could have the member. A length is never negative, and a set has no more items than there are words for it.";
    wrong r#"members.priority = { type = "integer", min = 100, max = 0 }"#;
    right r#"members.priority = { type = "integer", min = 0, max = 100 }"#;

    MEMBER_EXAMPLE = "SDB0633", "the example of a member is one of its values";
    reason "The written specification shows it, and tests insert it. It has the member's type, keeps its bounds, and is one of its words; the items of a set are sorted. Only texts, integers, booleans and lists of texts have examples.";
    wrong r#"members.priority = { type = "integer", max = 100, example = 500 }"#;
    right r#"members.priority = { type = "integer", max = 100, example = 50 }"#;

    SHAPE_FORMER = "SDB0634", "`former` names documents of the same name and a smaller number";
    reason "Stored rows keep the document that they were written with. Its shape stays declared, so that the database goes on checking it and the Rust type can turn it into the present form.";
    wrong r#"[shapes.note]
version = "app.note@2"
former  = ["letter"]              # app.letter@1"#;
    right r#"[shapes.note]
version = "app.note@2"
former  = ["note_1"]              # app.note@1"#;
}
