-- Which tables stand under Jalon, and what is remembered of deleted records.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.tracked (
    name text constraint tracked_pk primary key,
    table_schema text not null,
    table_name text not null,
    key_column text not null,
    key_type text not null,
    workflow_column text,
    history_schema text not null,
    history_name text not null,
    history_key text not null,
    on_delete text not null default 'keep',
    relations jsonb not null default '{}',
    resolver text,
    changed_by_column text,
    has_foreign_key boolean not null default false,
    move_permission text not null default 'move_freely',
    tracked_at timestamptz not null default now(),
    tracked_by text not null,
    constraint a_table_is_tracked_once unique (table_schema, table_name),
    constraint a_history_serves_one_table unique (history_schema, history_name),
    constraint on_delete_is_known check (on_delete in ('keep', 'cascade', 'refuse')),
    constraint relations_is_an_object check (jsonb_typeof(relations) = 'object')
);
comment on table jalon_engine.tracked is 'Tables under Jalon, by name: a dump restores.';
comment on column jalon_engine.tracked.name is 'Name in calls, views and addresses.';
comment on column jalon_engine.tracked.table_schema is 'Schema of the table.';
comment on column jalon_engine.tracked.table_name is 'Table.';
comment on column jalon_engine.tracked.key_column is 'Its key.';
comment on column jalon_engine.tracked.key_type is 'Type of the key.';
comment on column jalon_engine.tracked.workflow_column is 'Column that holds the case type, where there is one.';
comment on column jalon_engine.tracked.history_schema is 'Schema of its history table.';
comment on column jalon_engine.tracked.history_name is 'Its history table.';
comment on column jalon_engine.tracked.history_key is 'Column of the history that holds the record''s key.';
comment on column jalon_engine.tracked.on_delete is
'What becomes of history when the record goes: keep, cascade, or the deletion is refused.';
comment on column jalon_engine.tracked.relations is
'Relation -> column: who stands in that column holds the relation as a role for this record.';
comment on column jalon_engine.tracked.resolver is
'Function (p_actor text, p_key text) returns text[]: further roles of an actor for one record.';
comment on column jalon_engine.tracked.changed_by_column is 'Column of the table that is set to the actor.';
comment on column jalon_engine.tracked.has_foreign_key is 'Whether history refers to the record by a foreign key.';
comment on column jalon_engine.tracked.move_permission is
'Permission that a move in somebody''s name asks for where no workflow says who may make it.';
comment on column jalon_engine.tracked.tracked_at is 'Since when.';
comment on column jalon_engine.tracked.tracked_by is 'By whom.';

create table jalon_engine.tracked_column (
    tracked text not null constraint tracked_column_tracked_fk references jalon_engine.tracked (name) on delete cascade
        on update cascade, column_name text not null,
    category text not null constraint tracked_column_category_fk references jalon_engine.category (code),
    position integer not null,
    constraint tracked_column_pk primary key (tracked, column_name)
);
comment on table jalon_engine.tracked_column is
'The status columns of a tracked table and the category each obeys; the first is the record''s status proper.';
comment on column jalon_engine.tracked_column.tracked is 'Tracked table.';
comment on column jalon_engine.tracked_column.column_name is 'Status column.';
comment on column jalon_engine.tracked_column.category is 'Category of its codes.';
comment on column jalon_engine.tracked_column.position is 'Order; 1 is the status proper.';
create index tracked_column_category_idx on jalon_engine.tracked_column (category);

set local role jalon_historian;
create table jalon_history.deletion (
    id uuid constraint deletion_pk primary key,
    tracked text not null,
    record_key text,
    records bigint not null default 1,
    operation text not null,
    deleted_at timestamptz not null,
    deleted_by text not null,
    db_role text not null,
    transaction_id xid8 not null,
    last_version integer,
    last_changed_at timestamptz,
    constraint operation_is_known check (operation in ('DELETE', 'TRUNCATE', 'ERASE', 'TEST')),
    constraint last_row_is_whole check ((last_version is null) = (last_changed_at is null))
);
comment on table jalon_history.deletion is
'That a tracked record was deleted, when and by whom. Without its key where history went with it.';
comment on column jalon_history.deletion.id is 'Identifier.';
comment on column jalon_history.deletion.tracked is 'Tracked table.';
comment on column jalon_history.deletion.record_key is 'Key of the record, where its history stays.';
comment on column jalon_history.deletion.records is 'How many records.';
comment on column jalon_history.deletion.operation is
'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode.';
comment on column jalon_history.deletion.deleted_at is 'When.';
comment on column jalon_history.deletion.deleted_by is 'By whom.';
comment on column jalon_history.deletion.db_role is 'Database session it came through.';
comment on column jalon_history.deletion.transaction_id is 'Transaction.';
comment on column jalon_history.deletion.last_version is
'Version of the last history row, which this deletion ended. Empty where history went with the record, and where a '
'record that had gone before was erased.';
comment on column jalon_history.deletion.last_changed_at is 'Time of that row.';
create index deletion_tracked_idx on jalon_history.deletion (tracked, deleted_at);
create index deletion_record_idx on jalon_history.deletion (tracked, record_key);

create table jalon_history.partitioned_record (
    tracked text not null,
    record_key text not null,
    ended_at timestamptz,
    ended_in xid8,
    constraint partitioned_record_pk primary key (tracked, record_key)
);
comment on table jalon_history.partitioned_record is
'Records of partitioned tables, one row a key: no unique index of such a table sees to it that a key has one record.';
comment on column jalon_history.partitioned_record.tracked is 'Tracked table.';
comment on column jalon_history.partitioned_record.record_key is
'Key of the record, or a digest of it where history goes with the record.';
comment on column jalon_history.partitioned_record.ended_at is 'When it was deleted; empty while it lives.';
comment on column jalon_history.partitioned_record.ended_in is 'Transaction that deleted it.';

create table jalon_history.erasure (
    tracked text not null,
    record_key text not null,
    transaction_id xid8 not null,
    constraint erasure_pk primary key (tracked, record_key, transaction_id)
);
comment on table jalon_history.erasure is 'Records that a running transaction erases; empty between transactions.';
comment on column jalon_history.erasure.tracked is 'Tracked table.';
comment on column jalon_history.erasure.record_key is 'Key of the record.';
comment on column jalon_history.erasure.transaction_id is 'Transaction that erases it.';

set local role jalon_owner;

create type jalon_engine.change as (
    tracked text, column_name text, category text, case_type text, ruling_case_type text, old_row jsonb, new_row jsonb
);
comment on type jalon_engine.change is 'A change of one status column while it is checked.';
grant select on jalon_engine.tracked, jalon_engine.tracked_column to jalon_historian;
