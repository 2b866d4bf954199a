-- Recaps of long histories, as they were counted last: for pages, which may not count a year while somebody waits.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.recap_cache (
    recap text not null,
    question jsonb not null,
    tracked text constraint recap_cache_tracked_fk references jalon_engine.tracked (name) on delete cascade,
    answer jsonb not null,
    counted_at timestamptz not null,
    asked_at timestamptz not null,
    constraint recap_cache_pk primary key (recap, question),
    constraint question_is_an_object check (jsonb_typeof(question) = 'object')
);
comment on table jalon_engine.recap_cache is 'Recaps that were asked for, as they were counted last. '
'jalon.run_maintenance counts again what is a day old, and forgets what nobody asked for in a week.';
comment on column jalon_engine.recap_cache.recap is 'Name of the recap.';
comment on column jalon_engine.recap_cache.question is 'Table, case type and period, as they were asked for.';
comment on column jalon_engine.recap_cache.tracked is 'Tracked table; empty where all were counted.';
comment on column jalon_engine.recap_cache.answer is 'Its rows, and how many there are in all.';
comment on column jalon_engine.recap_cache.counted_at is
'When counting began: the answer holds what was committed by then.';
comment on column jalon_engine.recap_cache.asked_at is 'When a person last had it counted.';
create index recap_cache_tracked_idx on jalon_engine.recap_cache (tracked);

create table jalon_engine.module_recap (
    recap text not null constraint module_recap_pk primary key,
    function_name text not null,
    constraint recap_has_a_function check (function_name ~ '\S')
);
comment on table jalon_engine.module_recap is 'Recaps that modules count for pages of their own. '
'Each is a row of a module, as the function is the module''s.';
comment on column jalon_engine.module_recap.recap is 'Name of the recap.';
comment on column jalon_engine.module_recap.function_name is
'Function of schema jalon_engine that counts it: (question jsonb) returns json or jsonb.';
