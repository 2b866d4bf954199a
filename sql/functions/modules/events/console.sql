-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.events_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_row ->> 'title' $$;
comment on function jalon_engine.events_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.may_enter_moderation(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.may('moderate_events', jalon_engine.caller_roles(p_caller), 'events') $$;
comment on function jalon_engine.may_enter_moderation(jsonb) is 'The moderation of events is for moderators.';

create or replace function jalon_engine.count_moderation(p_caller jsonb)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select count(*) from (
        select from jalon_events.events e
        where e.moderation_status in (select r.code from jalon_engine.referential r
                where r.category = 'EVENT_MODERATION' and r.outcome = 'waiting')
            and e.status not in (select r.code from jalon_engine.referential r
                where r.category = 'EVENT_STATUS' and r.is_final)
        limit 100) q
$$;
comment on function jalon_engine.count_moderation(jsonb) is
'How many events wait for a moderator, as far as a hundred.';

create or replace function jalon_engine.events_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{title,place}'::text[];
comment on function jalon_engine.events_search_columns() is
'The columns in which a record of this table is searched.';

create or replace function jalon_engine.events_stream(
    p_row jsonb, p_caller jsonb, p_before timestamptz, p_before_id text, p_limit integer
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select * from jalon_engine.edits('events', p_row ->> 'id', p_row) $$;
comment on function jalon_engine.events_stream(jsonb, jsonb, timestamptz, text, integer) is 'The edits of an event.';
