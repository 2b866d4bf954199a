-- Which stays have passed their deadline, each announced once, and until when each status column was looked at.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.passed_deadline (
    tracked text not null
    constraint passed_deadline_tracked_fk references jalon_engine.tracked (name) on delete cascade on update cascade,
    column_name text not null,
    record_key text not null,
    code text not null,
    entered_at timestamptz not null,
    due_at timestamptz not null,
    transaction_id xid8 not null default pg_current_xact_id(),
    constraint passed_deadline_pk primary key (tracked, column_name, record_key)
);
comment on table jalon_engine.passed_deadline is
'Of each record the newest stay that passed its deadline, so that no stay is announced twice.';
comment on column jalon_engine.passed_deadline.tracked is 'Tracked table.';
comment on column jalon_engine.passed_deadline.column_name is 'Status column.';
comment on column jalon_engine.passed_deadline.record_key is 'Key of the record.';
comment on column jalon_engine.passed_deadline.code is 'Code on which the record stayed.';
comment on column jalon_engine.passed_deadline.entered_at is 'When the stay began; with the record it names the stay.';
comment on column jalon_engine.passed_deadline.due_at is 'The deadline, as it was when it was found to have passed.';
comment on column jalon_engine.passed_deadline.transaction_id is 'Transaction that found it.';
create index passed_deadline_transaction_idx on jalon_engine.passed_deadline
    (tracked, ((transaction_id::text)::bigint));

create table jalon_engine.deadline_look (
    tracked text not null
    constraint deadline_look_tracked_fk references jalon_engine.tracked (name) on delete cascade on update cascade,
    column_name text not null,
    limits jsonb not null,
    looked_until timestamptz not null,
    read_whole_at timestamptz not null,
    constraint deadline_look_pk primary key (tracked, column_name)
);
comment on table jalon_engine.deadline_look is 'The last look for deadlines at each status column.';
comment on column jalon_engine.deadline_look.tracked is 'Tracked table.';
comment on column jalon_engine.deadline_look.column_name is 'Status column.';
comment on column jalon_engine.deadline_look.limits is 'The longest stay of each code that had one then.';
comment on column jalon_engine.deadline_look.looked_until is 'Deadlines until then were looked at.';
comment on column jalon_engine.deadline_look.read_whole_at is 'When all records were last read for it.';

insert into jalon_engine.turn (name) values ('deadlines');
