-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.proposition_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_row ->> 'title' $$;
comment on function jalon_engine.proposition_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.proposition_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{title}'::text[];
comment on function jalon_engine.proposition_search_columns() is
'The columns in which a record of this table is searched.';

create or replace function jalon_engine.proposition_stream(
    p_row jsonb, p_caller jsonb, p_before timestamptz, p_before_id text, p_limit integer
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.edits('proposition', p_row ->> 'id', p_row)
    union all (
        select e.triggered_at, 'action ' || e.id, 'action', jsonb_build_object('label', a.name, 'by', e.triggered_by,
            'reason', e.reason)
        from jalon_propositions.proposition p
        join jalon_propositions.proposition_custom_action_events e on e.proposition_id = p.id
        join jalon_propositions.proposition_custom_actions a on a.id = e.action_id
        where p.id = (p_row ->> 'id')::uuid and e.triggered_at <= p_before
            and (e.triggered_at, 'action ' || e.id) < (p_before, p_before_id)
            and jalon_engine.reads_proposition_actions(p, p_caller)
        order by e.triggered_at desc, e.id desc limit p_limit)
$$;
comment on function jalon_engine.proposition_stream(jsonb, jsonb, timestamptz, text, integer) is
'The edits of a proposition and, for whoever may read them, the triggerings of its custom actions.';
