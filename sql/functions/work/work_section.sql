-- One section of somebody's work, as the start page shows it.

create or replace function jalon_engine.work_item(
    p_tracked jalon_engine.tracked, p_row jsonb, p_at timestamptz, p_by text, p_caller jsonb, p_roles text[]
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('table', p_tracked.name, 'id', p_row ->> p_tracked.key_column,
        'title', jalon_engine.record_title(p_tracked, p_row),
        'caseType', jalon_engine.case_type_name(p_tracked.name, p_row ->> p_tracked.workflow_column,
            p_caller ->> 'language'),
        'since', p_at, 'by', p_by, 'version', p_row -> 'status_version',
        'etag', jalon_engine.etag(p_row ->> p_tracked.key_column, (p_row ->> 'status_version')::integer),
        'statuses', jalon_engine.statuses(p_tracked, p_row, jalon_engine.roles_for_record(p_tracked,
            p_caller ->> 'actor', p_roles, p_row), p_caller ->> 'language'))
$$;
comment on function jalon_engine.work_item(jalon_engine.tracked, jsonb, timestamptz, text, jsonb, text[]) is
'A record in a section of somebody''s work.';

create or replace function jalon_engine.work_section(
    p_section text, p_caller jsonb, p_roles text[], p_looked timestamptz, p_limit integer
)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_oldest_first constant boolean := p_section in ('waiting', 'overdue');
    v_counted constant integer := greatest(p_limit, 100);
    v_keys jsonb;
    v_items json;
begin
    select coalesce(jsonb_agg(jsonb_build_array(k.tracked, k.record_key, k.changed_at, k.changed_by) order by
        case when v_is_oldest_first then k.changed_at end, k.changed_at desc, k.tracked, k.record_key), '[]')
    into v_keys
    from jalon_engine.work_keys(p_section, p_caller, p_roles, p_looked, v_counted) k;
    select coalesce(json_agg(jalon_engine.work_item(t, r.row, (k.value ->> 2)::timestamptz, k.value ->> 3,
        p_caller, p_roles)
        order by k.ordinality), '[]')
    into v_items
    from jsonb_array_elements(jsonb_path_query_array(v_keys, '$[0 to $last]',
        jsonb_build_object('last', p_limit - 1))) with ordinality k
    join jalon_engine.tracked t on t.name = k.value ->> 0
    cross join lateral (select jalon_engine.read_row(t, k.value ->> 1) as row) r
    where r.row is not null;
    return json_build_object('section', p_section, 'count', least(jsonb_array_length(v_keys), v_counted),
        'isMore', jsonb_array_length(v_keys) >= v_counted, 'items', v_items);
end
$$;
comment on function jalon_engine.work_section(text, jsonb, text[], timestamptz, integer) is
'A section of the caller''s work: how many records (as far as a hundred), and the first of them.';
