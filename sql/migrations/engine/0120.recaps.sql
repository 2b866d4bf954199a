-- Recaps of long histories, as they were counted last: for pages, which may not count a year while somebody waits.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.cached_recap (
    recap text not null,
    question jsonb not null,
    tracked text constraint cached_recap_tracked_fk references jalon_engine.tracked (name) on delete cascade,
    answer jsonb not null,
    counted_at timestamptz not null,
    asked_at timestamptz not null,
    constraint cached_recap_pk primary key (recap, question),
    constraint question_is_an_object check (jsonb_typeof(question) = 'object')
);
comment on table jalon_engine.cached_recap is 'Recaps that were asked for, as they were counted last. '
'jalon.run_maintenance counts again what is a day old, and forgets what nobody asked for in a week.';
comment on column jalon_engine.cached_recap.recap is 'Name of the recap.';
comment on column jalon_engine.cached_recap.question is 'Table, case type and period, as they were asked for.';
comment on column jalon_engine.cached_recap.tracked is 'Tracked table; empty where all were counted.';
comment on column jalon_engine.cached_recap.answer is 'Its rows, and how many there are in all.';
comment on column jalon_engine.cached_recap.counted_at is
'When counting began: the answer holds what was committed by then.';
comment on column jalon_engine.cached_recap.asked_at is 'When a person last had it counted.';
create index cached_recap_tracked_idx on jalon_engine.cached_recap (tracked);
