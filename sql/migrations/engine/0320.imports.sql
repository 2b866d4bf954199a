-- What an import of a whole past needs: where its rows wait while they are checked, which numbers records get with it,
-- and a mark for deletions that it tells of.
set local role jalon_historian;
set local lock_timeout = '5s';

create unlogged table jalon_history.import_row (
    place bigint not null,
    line bigint not null,
    record_key text collate "C",
    status_column text not null,
    case_type text,
    from_code text,
    to_code text,
    at text,
    changed_at timestamptz,
    changed_by text not null,
    reason text,
    code_before text,
    is_first boolean not null,
    is_last boolean not null,
    is_record_last boolean not null,
    is_change boolean not null,
    problem jsonb
);
comment on table jalon_history.import_row is
'Rows of a past that a running import checks; empty between transactions.';
comment on column jalon_history.import_row.place is 'Place in the order given.';
comment on column jalon_history.import_row.line is 'Line of the file, or the place.';
comment on column jalon_history.import_row.record_key is 'Key of the record.';
comment on column jalon_history.import_row.status_column is 'Status column that changed.';
comment on column jalon_history.import_row.case_type is 'Case type after the change.';
comment on column jalon_history.import_row.from_code is 'Code before, where the row says it.';
comment on column jalon_history.import_row.to_code is 'Code after; empty where the record ended.';
comment on column jalon_history.import_row.at is 'When, as it is written.';
comment on column jalon_history.import_row.changed_at is 'When.';
comment on column jalon_history.import_row.changed_by is 'Who made the change.';
comment on column jalon_history.import_row.reason is 'Why.';
comment on column jalon_history.import_row.code_before is 'Code to which the row before led.';
comment on column jalon_history.import_row.is_first is 'Whether it is the first of its record and column.';
comment on column jalon_history.import_row.is_last is 'Whether it is the last of its record and column.';
comment on column jalon_history.import_row.is_record_last is 'Whether it is the last of its record.';
comment on column jalon_history.import_row.is_change is 'Whether code or case type differ from the row before.';
comment on column jalon_history.import_row.problem is 'Why it contradicts itself or the record: code and parameters.';

create unlogged table jalon_history.import_record (
    record_key text collate "C",
    is_living boolean not null,
    codes text[],
    case_type text,
    version integer,
    changed_at timestamptz,
    state text not null
);
comment on table jalon_history.import_record is
'Records of which a running import tells; empty between transactions.';
comment on column jalon_history.import_record.record_key is 'Key of the record.';
comment on column jalon_history.import_record.is_living is 'Whether it is in its table.';
comment on column jalon_history.import_record.codes is 'Where it stands, one code for each status column.';
comment on column jalon_history.import_record.case_type is 'Its case type.';
comment on column jalon_history.import_record.version is 'Its version.';
comment on column jalon_history.import_record.changed_at is 'When it last changed.';
comment on column jalon_history.import_record.state is
'What history knows of it: untouched, gone (nothing), imported, or why it gets no past.';

create table jalon_history.renumbering (
    tracked text not null,
    record_key text not null,
    version integer not null,
    changed_at timestamptz not null,
    transaction_id xid8 not null,
    constraint renumbering_pk primary key (tracked, record_key, transaction_id)
);
comment on table jalon_history.renumbering is
'Version and time that records get with the past that a running transaction imports; empty between transactions.';
comment on column jalon_history.renumbering.tracked is 'Tracked table.';
comment on column jalon_history.renumbering.record_key is 'Key of the record.';
comment on column jalon_history.renumbering.version is 'Version of its last change.';
comment on column jalon_history.renumbering.changed_at is 'When that was.';
comment on column jalon_history.renumbering.transaction_id is 'Transaction that imports.';

-- The new check is wider than the old one, so nothing is lost and nothing can fail.
-- squawk-ignore ban-drop-constraint
alter table jalon_history.deletion drop constraint operation_is_known;
-- squawk-ignore constraint-missing-not-valid
alter table jalon_history.deletion add constraint operation_is_known
check (operation in ('DELETE', 'TRUNCATE', 'ERASE', 'TEST', 'IMPORT'));
comment on column jalon_history.deletion.operation is
'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode; IMPORT: it is known from an import.';
-- So that a publication may choose the deletions of one table.
alter table jalon_history.deletion replica identity full;

set local role jalon_owner;
grant select on jalon_engine.referential to jalon_historian;
