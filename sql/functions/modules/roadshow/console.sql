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

create or replace function jalon_engine.roadshow_counterparty_stream(
    p_row jsonb, p_caller jsonb, p_before timestamptz, p_before_id text, p_limit integer
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.edits('roadshow_counterparty', p_row ->> 'id', p_row)
    union all
    select i.date::timestamptz, lpad(i.id::text, 12, '0'), 'interaction', jsonb_build_object(
        'label', jalon_engine.roadshow_event_json(i, p_caller ->> 'language') -> 'typeLabel', 'by', i.meta ->> 'by',
        'notes', i.meta ->> 'note')
    from (
        -- Changes of status stand in the history already.
        select e.* from jalon_roadshow.roadshow_event e
        where e.counterparty_id = (p_row ->> 'id')::integer
            and (e.date::timestamptz, lpad(e.id::text, 12, '0')) < (p_before, p_before_id)
            and e.type <> all (array(select f.code from jalon_engine.referential f
                where f.category = 'ROADSHOW_EVENT_TYPE' and f.meta ->> 'writer' = 'history'))
        order by e.date desc, e.id desc limit p_limit) i
$$;
comment on function jalon_engine.roadshow_counterparty_stream(jsonb, jsonb, timestamptz, text, integer) is
'The edits of a counterparty, and the interactions with it.';
