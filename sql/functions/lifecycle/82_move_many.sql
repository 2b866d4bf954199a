-- Many records, one call. all: everything or nothing, in one set-based statement; each: every record on its own.
-- Ids are locked in sorted order, results come in the order asked, and a dry run is the real thing, rolled back.

create or replace function jalon.move_many(
    tracked text, ids text[], target text, reason text default null, mode text default 'all', dry_run boolean default false,
    expected_versions integer[] default null, meta jsonb default null, status_column text default null
)
returns table ("position" integer, id text, is_done boolean, old_code text, new_code text, version integer, problem jsonb)
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(move_many.tracked);
    v_column text := coalesce(move_many.status_column, jalon_engine.first_column(t.name));
    v_more jsonb := jsonb_strip_nulls(jsonb_build_object('bulkId', gen_random_uuid(), 'meta', move_many.meta));
    v_results jsonb := '[]';
    v_first_problem jsonb;
begin
    if coalesce(move_many.mode, '') not in ('all', 'each') then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'mode', 'why', 'all or each'));
    end if;
    if cardinality(move_many.expected_versions) <> cardinality(move_many.ids) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'expected_versions', 'why', 'one for each id, or none'));
    end if;
    begin
        select coalesce(jsonb_agg(o.outcome order by w.position), '[]') into v_results
        from (select i.id, i.position from unnest(move_many.ids) with ordinality i (id, position) order by i.id, i.position) w
        cross join lateral jalon_engine.try_move(t, v_column, w.id, move_many.target, move_many.reason,
            move_many.expected_versions[w.position], v_more) as o (outcome);
        select r.value -> 'problem' into v_first_problem from jsonb_array_elements(v_results) r where r.value -> 'problem' is not null limit 1;
        if move_many.dry_run or move_many.mode = 'all' and v_first_problem is not null then
            raise exception using errcode = 'JL000';
        end if;
    exception when sqlstate 'JL000' then
        null;
    end;
    if move_many.mode = 'all' and v_first_problem is not null and not move_many.dry_run then
        perform jalon_engine.fail(v_first_problem ->> 'code', v_first_problem || jsonb_build_object('results', v_results));
    end if;
    return query
    select r.ordinality::integer, move_many.ids[r.ordinality], r.value -> 'problem' is null, r.value ->> 'old_code', r.value ->> 'new_code',
        (r.value ->> 'version')::integer, r.value -> 'problem'
    from jsonb_array_elements(v_results) with ordinality r order by r.ordinality;
end
$$;
comment on function jalon.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text) is
'Moves many records: all or nothing (all) or each on its own (each), with a result per record in the order asked; dry_run shows the same and leaves nothing.';
grant execute on function jalon.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text) to jalon_dba;

create or replace function jalon_engine.try_move(
    p_tracked jalon_engine.tracked, p_column text, p_id text, p_target text, p_reason text, p_expected_version integer, p_more jsonb
)
returns jsonb
language plpgsql volatile
set search_path = ''
as $$
declare
    v_moved jalon_engine.moved;
    v_state text;
    v_message text;
    v_detail text;
    v_hint text;
begin
    v_moved := jalon_generated.move(p_tracked.name, p_column, p_id, p_target, p_reason, null, p_expected_version, p_more);
    return jsonb_build_object('old_code', v_moved.old_code, 'new_code', v_moved.new_code, 'version', v_moved.version, 'has_changed', v_moved.has_changed);
exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail, v_hint = pg_exception_hint;
    -- What is nobody's fault (a deadlock, a full disk) is not this record's problem: the whole call fails.
    if left(v_state, 2) not in ('JL', '22', '23', 'P0') then
        raise;
    end if;
    return jsonb_build_object('problem', case when v_detail like '{%' then v_detail::jsonb else '{}' end
        || jsonb_build_object('code', v_state, 'message', v_message, 'hint', v_hint));
end
$$;
comment on function jalon_engine.try_move(jalon_engine.tracked, text, text, text, text, integer, jsonb) is 'Moves one record on its own; a refusal comes back as JSON.';
