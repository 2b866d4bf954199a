-- POST /tracked/{table}/moves: many records to one code, all or each.

create or replace function jalon_api.move_records(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_key);
    v_ids text[] := array(select jalon_engine.key_text(t.key_type, i)
        from jsonb_array_elements_text(p_input -> 'ids') i);
    v_versions integer[] := array(select v::integer
        from jsonb_array_elements_text(nullif(p_input -> 'expectedVersions', 'null')) v);
    v_mode text := coalesce(p_input ->> 'mode', 'all');
    v_seen text[];
    v_results json;
    v_moves jsonb;
    v_failed integer;
begin
    if p_input ? 'expectedVersions' and cardinality(v_versions) <> cardinality(v_ids) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'expectedVersions'), 'JL405.versions');
    end if;
    v_seen := jalon_engine.visible(t, v_ids, p_caller);
    if v_mode = 'all' and not v_ids <@ v_seen then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', t.name, 'id', (select i from unnest(v_ids) i where i <> all (v_seen) limit 1)));
    end if;
    with wanted as (
        select w.id, w.version, w.position from unnest(v_ids, v_versions) with ordinality w (id, version, position)
    ), done as (
        select m.* from jalon_engine.move_many(t.name,
            (select coalesce(array_agg(w.id order by w.position), '{}') from wanted w where w.id = any (v_seen)),
            p_input ->> 'to', p_input ->> 'reason', v_mode, false,
            case when cardinality(v_versions) > 0 then (select array_agg(w.version order by w.position) from wanted w
                where w.id = any (v_seen)) end, p_input -> 'meta', p_input ->> 'column') m
    ), told as (
        select w.id, w.position, d.is_done, d.old_code, d.new_code, d.version,
            case when w.id = any (v_seen) then d.problem
                else jsonb_build_object('code', 'JL401', 'message', jalon_engine.text_of('JL401',
                    jsonb_build_object('table', t.name, 'id', w.id), p_caller ->> 'language'))
            end as problem
        from (select w.*, row_number() over (partition by w.id = any (v_seen) order by w.position) as place
            from wanted w) w
        left join done d on w.id = any (v_seen) and d.position = w.place
    )
    select json_agg(json_build_object('id', o.id, 'status', coalesce(e.http_status,
        case when o.problem is null then 200 else 400 end), 'from', o.old_code, 'to', o.new_code, 'version', o.version,
            'etag', case when o.version is not null then jalon_engine.etag(o.id, o.version) end,
            'problem', o.problem || jsonb_build_object('brief', jalon_engine.brief_refusal(t, p_input ->> 'column',
                o.problem, p_caller ->> 'language'))) order by o.position),
        jsonb_agg(jsonb_build_array(t.name, o.old_code, o.new_code))
        filter (where o.problem is null and o.old_code <> o.new_code), count(*) filter (where o.problem is not null)
    into v_results, v_moves, v_failed
    from told o left join jalon_engine.error_code e on e.sqlstate = o.problem ->> 'code';
    return jalon_engine.respond(p_status => case when v_failed > 0 then 207 else 200 end,
        p_body => json_build_object('items', coalesce(v_results, '[]'), 'failed', v_failed),
        p_headers => jsonb_build_object(':moves', coalesce(v_moves, '[]')));
end
$$;
comment on function jalon_api.move_records(text, jsonb, jsonb) is 'Moves many records of a tracked table: {ids, to, '
'reason, mode all|each, expectedVersions, meta, column}; 207 where some were refused.';

create or replace function jalon_engine.brief_refusal(
    p_tracked jalon_engine.tracked, p_column text, p_problem jsonb, p_language text
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Statuses by their labels, and nothing of the record itself: what many are refused for is said once.
    select coalesce(jalon_engine.text_of('bulk.' || (p_problem ->> 'code'), n.params, p_language),
        jalon_engine.short_message(jsonb_build_object('code', p_problem -> 'code', 'message', p_problem -> 'message',
            'params', n.params), p_language))
    from (select p_problem || coalesce((select jsonb_object_agg(e.key,
                jalon_engine.code_name(c.category, e.value, p_language))
            from jsonb_each_text(p_problem) e where e.key in ('from', 'to') and e.value is not null), '{}') as params
        from jalon_engine.tracked_column c
        where c.tracked = p_tracked.name
            and c.column_name = coalesce(p_column, jalon_engine.first_column(p_tracked.name))) n
$$;
comment on function jalon_engine.brief_refusal(jalon_engine.tracked, text, jsonb, text) is
'Why one record of many was refused, in few words that others may share.';

create or replace function jalon_engine.visible(p_tracked jalon_engine.tracked, p_ids text[], p_caller jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_reads_all constant boolean := jalon_engine.can_read_all(p_tracked.name, p_caller);
begin
    return array(
        select r ->> p_tracked.key_column
        from jalon_engine.rows_as_mover(format('select x.* from %s x where x.%I = any (($1)::%s[])',
            jalon_engine.table_of(p_tracked), p_tracked.key_column, p_tracked.key_type),
            array(select i from unnest(p_ids) i where jalon_engine.is_key(p_tracked.key_type, i))) r
        where v_reads_all or jalon_engine.can_read_record(p_tracked, p_caller, v_roles, r));
end
$$;
comment on function jalon_engine.visible(jalon_engine.tracked, text[], jsonb) is
'Those of these records that there are and the caller may see.';
