//! 04xx: tenancy, keys, references, and how long rows live.

use super::rules;

rules! { SpecCheck;
    TENANT_WRITTEN = "SDB0401", "`tenant_id` is implied by the tenancy and never written";
    reason "The tenant's column, its type, its place in front of every key, index and reference, and its policies are one thing, decided by `tenancy`. Written by hand, one of them would be forgotten somewhere.";
    wrong r#"[columns.tenant_id]
type = "text""#;
    right r#"tenancy = "tenant""#;

    KEY_COLUMN = "SDB0402", "a key names columns of the table, each once";
    reason "The key is what a caller passes to name one row. A column that does not exist, or that is named twice, identifies nothing. A global table's key has at least one column; the key of a registry is the tenant alone.";
    wrong r#"key = ["id", "id"]"#;
    right r#"key = ["id"]"#;

    KEY_TYPE = "SDB0403", "key columns are NOT NULL, stored, and compared by bytes";
    reason "A key must tell rows apart on every machine: NULL equals nothing, JSONB and arrays have no leakproof equality that an index could serve under row-level security, a generated column cannot be set, and collations other than C differ between versions.";
    wrong r#"key = ["payload"]
[columns.payload]
shape = "graph_job_payload""#;
    right r#"key = ["id"]
[columns.id]
type = "uuid""#;

    PARENT_UNKNOWN = "SDB0404", "a reference names a table of the same schema";
    reason "The foreign key is made from the parent's key, so the parent has to have a spec.";
    wrong r#"[columns.job_id]
type = "uuid"
references = "graph_job""#;
    right r#"[columns.job_id]
type = "uuid"
references = "graph_jobs""#;

    PARENT_KEY = "SDB0405", "a reference holds its parent's key, column by column, of the same types";
    reason "Between tenants' tables the foreign key is `(tenant_id, columns) -> (tenant_id, key)`. It holds the tenant, so a row can never point into another one. A column alone has room for a key of one column; a longer key, or a unique one, is listed under `[[references]]`. PostgreSQL demands equal types.";
    wrong r#"[columns.job_id]
type = "text"                  # the key of graph_jobs is a uuid
references = "graph_jobs""#;
    right r#"[columns.job_id]
type = "uuid"
references = "graph_jobs""#;

    CROSS_SCHEMA = "SDB0406", "no reference crosses a schema";
    reason "Each schema is owned by one service and applies alone. A foreign key across would tie their deployments together, and lock one service's rows while another writes.";
    wrong r#"[columns.user_id]
type = "uuid"
references = "authority.users""#;
    right r#"[columns.user_id]
type = "uuid"
doc = "The user's id in schema authority; checked by the service, not by a foreign key.""#;

    SET_NULL_REQUIRED = "SDB0407", "`on_delete = \"set_null\"` stands on a nullable column";
    reason "Deleting the parent would set a NOT NULL column to NULL: every such delete would fail, with an error about this table instead of the parent.";
    wrong r#"[columns.job_id]
type = "uuid"
references = "graph_jobs"
on_delete = "set_null""#;
    right r#"[columns.job_id]
type = "uuid"
nullable = true
references = "graph_jobs"
on_delete = "set_null""#;

    REFERENCE_UNINDEXED = "SDB0408", "a referencing column leads an index or a key";
    waivable true;
    reason "PostgreSQL makes no index for a foreign key. Each delete of a parent then reads the whole child table to find the rows that point at it, while it holds locks. A partial index does not help: the check looks for all rows.";
    wrong r#"[columns.job_id]
type = "uuid"
references = "graph_jobs"      # and no index begins with job_id"#;
    right r#"[[indexes]]
name = "by_job"
pinned = ["job_id"]
why = "the events of one job; deleting a job""#;

    CASCADE_APPEND_ONLY = "SDB0409", "rows of an append-only table are not deleted or changed by their parent";
    reason "The database refuses UPDATE and DELETE on an append-only table, also when they come from a cascade. Every delete of a parent with such rows would fail with a confusing error; `restrict` says the same openly.";
    wrong r#"append_only = true
[columns.job_id]
type = "uuid"
references = "graph_jobs"
on_delete = "cascade""#;
    right r#"append_only = true
[columns.job_id]
type = "uuid"
references = "graph_jobs"
on_delete = "restrict""#;

    REFERENCE_CYCLE = "SDB0410", "references between tables form no cycle";
    reason "Tables are created, filled and copied parents first. In a cycle no table is first: not even one row could be inserted without switching the checks off. A table that points at itself is no cycle.";
    wrong r#"# runs.toml:      references = "schedules"
# schedules.toml: references = "runs""#;
    right r#"# runs.toml:      references = "schedules"
# schedules.toml: last_run_id without a reference"#;

    PARENT_TENANT = "SDB0411", "a reference to a `tenant_or_global` table brings the parent's tenant along";
    reason "The parent is a row of the own tenant or of `@global`, and its key holds the tenant. Which of the two is meant has to be a column of its own, `<x>_tenant_id` for `<x>_id`, and is checked to be one of them.";
    wrong r#"[columns.issuer_id]
type = "uuid"
references = "issuers"          # tenancy = "tenant_or_global""#;
    right r#"[columns.issuer_id]
type = "uuid"
references = "issuers"
[columns.issuer_tenant_id]
type = "text"
doc = "The issuer's tenant, or @global.""#;

    GLOBAL_POINTS_AT_TENANT = "SDB0412", "a global table points at no tenant's rows";
    reason "Global rows are read by every tenant. A reference from them would need one tenant's key, tell all others that the row exists, and let that tenant's deletes fail because of it.";
    wrong r#"tenancy = "global"
[columns.job_id]
type = "uuid"
references = "graph_jobs"       # tenancy = "tenant""#;
    right r#"tenancy = "global"
[columns.advisory_id]
type = "uuid"
references = "advisories"       # tenancy = "global""#;

    ON_DELETE_ALONE = "SDB0413", "`on_delete` stands beside `references`";
    reason "It says what happens when the row it points at is deleted. A column that points at nothing never sees that happen, so the writer meant something else.";
    wrong r#"[columns.job_id]
type = "uuid"
on_delete = "cascade""#;
    right r#"[columns.job_id]
type = "uuid"
references = "graph_jobs"
on_delete = "cascade""#;

    APPEND_ONLY_CHANGES = "SDB0414", "an append-only table has nothing that changes";
    reason "The database refuses every UPDATE and DELETE on it. A row version, a soft delete, a queue, a status with transitions, `on_update` or `compare_and_swap` would promise changes that always fail.";
    wrong r#"append_only = true
soft_delete = "deleted_at""#;
    right r#"append_only = true"#;

    CASCADE_UNDELETABLE = "SDB0415", "rows that nobody deletes are not deleted with their parent";
    reason "The database refuses DELETE on a table with `deletable = false`, also when it comes from a cascade. Every delete of a parent with such rows would fail with an error about this table; `restrict` says openly that the parent stays as long as they do.";
    wrong r#"deletable = false
[columns.pack_id]
type = "uuid"
references = "packs"
on_delete = "cascade""#;
    right r#"deletable = false
[columns.pack_id]
type = "uuid"
references = "packs"
on_delete = "restrict""#;

    RETENTION_COLUMN = "SDB0416", "the age of a row is counted from a time that cannot be moved";
    reason "A row whose time is NULL would be kept for ever, so the column is a timestamptz that is not NULL. Where the database keeps rows from being deleted early, nobody may move their time either: it is part of the key, immutable, or in an append-only table. Rows that may be deleted at any time may also count from a time that moves, such as their last use. Of a partitioned table it is the column whose month decides, because whole months go.";
    wrong r#"deletable = false
[retention]
column = "updated_at"          # changes with every update
days = 90
why = "replay analysis""#;
    right r#"deletable = false
[columns.created_at]
type = "timestamptz"
default = "now"
immutable = true
[retention]
column = "created_at"
days = 90
why = "replay analysis""#;

    RETENTION_DAYS = "SDB0417", "a retention has from 1 to 36,500 days";
    reason "With no day at all a row could go in the moment it is written. More than a hundred years is for ever: then the table needs no retention.";
    wrong r#"[retention]
column = "created_at"
days = 0
why = "short""#;
    right r#"[retention]
column = "created_at"
days = 1
why = "only needed on the same day""#;

    RETENTION_INDEX = "SDB0418", "an index serves the search for expired rows";
    reason "A purge asks for the oldest rows of all tenants. Without an index that begins with the column of the retention, and not with the tenant, each purge reads the whole table. A partitioned table needs none: its months go as a whole.";
    wrong r#"[[indexes]]
name = "by_newest"
order = ["created_at desc"]    # the tenant is put in front
why = "newest first"
[retention]
column = "created_at"
days = 90
why = "replay analysis""#;
    right r#"[[indexes]]
name = "by_age"
order = ["created_at"]
scope = "system"
why = "purge what is past its retention"
[retention]
column = "created_at"
days = 90
why = "replay analysis""#;

    PARTITION_KEY = "SDB0420", "a partitioned table's key begins with the time whose month decides";
    reason "PostgreSQL keeps a key unique within a partition, so the key holds the column that decides about the partition. As its first column it also finds the partition of a row. Months are made ahead, by names that hold the month: a row whose month has no partition is refused.";
    wrong r#"key = ["id"]
[partition]
by = "occurred_at"
why = "a month is detached whole""#;
    right r#"key = ["occurred_at", "id"]
[partition]
by = "occurred_at"
why = "a month is detached whole""#;

    PARTITION_ALONE = "SDB0421", "a partitioned table is no queue, marks no deletion, and nothing points at it";
    reason "Its rows are written once and go with their month, as a whole and without a look at single rows. A reference would have to hold the time as well and would keep the month from being detached; a queue and a mark of deletion change rows all the time.";
    wrong r#"# approvals.toml
[columns.event_id]
type = "uuid"
references = "events"          # partitioned"#;
    right r#"[columns.event_id]
type = "uuid"
doc = "The event's id; no reference, because months of events are detached.""#;

    PARTITION_UNIQUE = "SDB0422", "a unique key of a partitioned table holds the time whose month decides";
    reason "Each partition has an index of its own, and no index sees all of them. PostgreSQL refuses a unique key that two partitions could break together.";
    wrong r#"[[unique]]
name = "number"
columns = ["number"]
why = "events are looked up"
[partition]
by = "occurred_at"
why = "a month is detached whole""#;
    right r#"[[unique]]
name = "number"
columns = ["number", "occurred_at"]
why = "events are looked up"
[partition]
by = "occurred_at"
why = "a month is detached whole""#;

    HASH_CHAIN_COLUMN = "SDB0423", "a hash chain goes through the facts of each tenant, by three columns of its own";
    reason "The database numbers the rows of a tenant, and gives each the hash of the row before and its own. Rows that may change, or that belong to nobody, make no chain; a column that somebody else sets, or that may be NULL, is no link. The chain is read in the order of its numbers, so an index has that order.";
    wrong r#"append_only = true
[columns.position]
type = "bigint"
nullable = true
[hash_chain]
heads = "chain_heads"
position = "position"
previous = "previous"
hash = "hash"
why = "proves that no event was changed""#;
    right r#"append_only = true
[columns.position]
type = "bigint"
[columns.previous]
type = "bytea"
[columns.hash]
type = "bytea"
[[indexes]]
name = "by_position"
order = ["position"]
why = "verify the chain"
[hash_chain]
heads = "chain_heads"
position = "position"
previous = "previous"
hash = "hash"
why = "proves that no event was changed""#;

    HASH_CHAIN_HEADS = "SDB0424", "the heads of a hash chain are a table of their own with one row a tenant";
    reason "The head holds the number and the hash of a tenant's last row. Its lock puts the rows of a tenant in one line, and with it a row that is cut off at the end is missed. Only the chain writes it, so nothing else can be in it that somebody would have to set.";
    wrong r#"# chain_heads.toml
tenancy = "tenant"
key = ["id"]"#;
    right r#"# chain_heads.toml
tenancy = "tenant"
key = []
[columns.position]
type = "bigint"
[columns.hash]
type = "bytea"
[columns.updated_at]
type = "timestamptz"
default = "now"
on_update = "now""#;

    EVIDENCE_COLUMN = "SDB0425", "evidence of system scopes fills every column of its table";
    reason "When a system scope opens or ends, the database writes a row of this table, and the scope does not open if that fails. A column that nothing sets, or one of another type, would make every opening fail.";
    wrong r#"[evidence]
actor = "actor"
action = "action"
reason = "reason"
entity = "entity_id"
time = "created_on"            # a date"#;
    right r#"[evidence]
actor = "actor"
action = "action"
reason = "reason"
entity = "entity_id"
time = "occurred_at"
values = { service = "stellaops", entity_type = "stellaops.system_access" }"#;

    REFERENCE_COLUMNS = "SDB0426", "a composite reference names columns of its table, each once";
    reason "The columns hold the parent's key. One that is not there, is named twice or is computed by the database cannot hold a part of it; the tenant is put in front by itself.";
    wrong r#"[[references]]
columns = ["revision_id", "revision_id"]
to = "graph_nodes"
why = "an edge begins at a node of its own revision""#;
    right r#"[[references]]
columns = ["revision_id", "from_node"]
to = "graph_nodes"
why = "an edge begins at a node of its own revision""#;

    REFERENCE_KEY = "SDB0427", "the key of a reference is a unique key of the parent that holds all rows";
    reason "PostgreSQL lets a foreign key point at the primary key or at a unique constraint. A unique key with `where` is a partial index: a row that it leaves out could not be pointed at, and the server refuses the reference.";
    wrong r#"[[references]]
columns = ["channel_name"]
to = "channels"
key = "name"                     # where = "deleted_at IS NULL"
why = "a rule names a channel""#;
    right r#"[[references]]
columns = ["channel_id", "channel_kind"]
to = "channels"
key = "id_kind"                  # columns = ["id", "kind"], without `where`
why = "a rule names a channel of its own kind""#;

    COMPOSITE_PARENT_TENANT = "SDB0428", "a composite reference points at no `tenant_or_global` table";
    reason "The parent is a row of the own tenant or of `@global`, and a column has to say which. Its name, `<x>_tenant_id`, follows from the one column `<x>_id` that points; several columns give no such name.";
    wrong r#"[[references]]
columns = ["issuer_id", "fingerprint"]
to = "issuer_keys"               # tenancy = "tenant_or_global"
why = "the key that signed""#;
    right r#"[columns.issuer_key_id]
type = "uuid"
references = "issuer_keys"
[columns.issuer_key_tenant_id]
type = "text"
doc = "The key's tenant, or @global.""#;
}
