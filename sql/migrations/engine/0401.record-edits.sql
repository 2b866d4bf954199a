-- Edits of records' content, which no status shows: for the stream of a record.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.record_edit (
    tracked text not null
    constraint record_edit_tracked_fk references jalon_engine.tracked (name) on delete cascade on update cascade,
    record_key text not null,
    revision integer not null,
    edited_at timestamptz not null,
    edited_by text,
    fields text[] not null,
    constraint record_edit_pk primary key (tracked, record_key, revision)
);
comment on table jalon_engine.record_edit is 'Who edited which fields of a record when; what stood there is not kept.';
comment on column jalon_engine.record_edit.tracked is 'Tracked table.';
comment on column jalon_engine.record_edit.record_key is 'Key of the record.';
comment on column jalon_engine.record_edit.revision is 'Revision that the edit made.';
comment on column jalon_engine.record_edit.edited_at is 'When.';
comment on column jalon_engine.record_edit.edited_by is 'By whom.';
comment on column jalon_engine.record_edit.fields is 'The columns that it changed.';
