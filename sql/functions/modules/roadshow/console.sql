-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.roadshow_counterparty_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_row ->> 'name' $$;
comment on function jalon_engine.roadshow_counterparty_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.roadshow_counterparty_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{name}'::text[];
comment on function jalon_engine.roadshow_counterparty_search_columns() is
'The columns in which a record of this table is searched.';

create or replace function jalon_engine.roadshow_counterparty_stream(p_row jsonb, p_caller jsonb)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.edits('roadshow_counterparty', p_row ->> 'id', p_row)
    union all
    -- Changes of status stand in the history already.
    select e.date::timestamptz, lpad(e.id::text, 12, '0'), 'interaction', jsonb_build_object(
        'label', jalon_engine.roadshow_event_json(e, p_caller ->> 'language') -> 'typeLabel', 'by', e.meta ->> 'by',
        'notes', e.meta ->> 'note')
    from jalon_roadshow.roadshow_event e
    where e.counterparty_id = (p_row ->> 'id')::integer and not exists (
        select from jalon_engine.referential f
        where f.category = 'ROADSHOW_EVENT_TYPE' and f.code = e.type and f.meta ->> 'writer' = 'history')
$$;
comment on function jalon_engine.roadshow_counterparty_stream(jsonb, jsonb) is
'The edits of a counterparty, and the interactions with it.';
