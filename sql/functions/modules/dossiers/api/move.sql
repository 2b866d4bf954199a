-- PATCH /dossiers/{id}/status, and PATCH /dossiers/status for many.

create or replace function jalon_api.move_dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier;
    m jalon_engine.moved;
begin
    perform jalon_engine.act_for_user(p_input, p_caller);
    d := jalon_engine.get_dossier(p_key, p_caller, p_locked => true);
    m := jalon_engine.move_dossier(d, p_input, p_caller);
    return jalon_engine.dossier_answer(jalon_engine.get_dossier(p_key, p_caller), p_caller, 200,
        jsonb_build_object(':moves', jsonb_build_array(jsonb_build_array('dossier', m.old_code, m.new_code))));
end
$$;
comment on function jalon_api.move_dossier(text, jsonb, jsonb)
is 'Changes the status of a dossier: {status, statusCode, reason, userId, expectedVersion, expectedStatusCode}.';

create or replace function jalon_engine.move_dossier(p_dossier jalon_dossiers.dossier, p_input jsonb, p_caller jsonb)
returns jalon_engine.moved
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_version constant integer := (p_input ->> 'expectedVersion')::integer;
    v_expected constant text := p_input ->> 'expectedStatusCode';
begin
    -- Who is late learns that first, whatever else is wrong with the request.
    if v_version <> p_dossier.status_version or v_expected <> p_dossier.status_code then
        perform jalon_engine.fail_stale('dossier', 'status_code', p_dossier.id::text, p_dossier.status_version,
            p_dossier.status_code, v_version, v_expected);
    end if;
    return jalon_engine.move('dossier', 'status_code', p_dossier.id::text,
        jalon_engine.wanted_dossier_code(p_dossier, p_input), p_input ->> 'reason');
end
$$;
comment on function jalon_engine.move_dossier(jalon_dossiers.dossier, jsonb, jsonb) is
'Moves a locked dossier to the code that a request asks for.';

create or replace function jalon_engine.try_dossier(p_update jsonb, p_caller jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier;
    m jalon_engine.moved;
    v_state text;
    v_message text;
    v_detail text;
    v_hint text;
    v_schema text;
    v_column text;
    v_constraint text;
    v_words jsonb;
begin
    d := jalon_engine.get_dossier(p_update ->> 'id', p_caller - 'ifMatch', p_locked => true);
    m := jalon_engine.move_dossier(d, p_update, p_caller);
    select x.* into d from jalon_dossiers.dossier x where x.id = d.id;
    return jsonb_build_object('id', d.id, 'httpStatus', 200, 'from', m.old_code,
        'dossier', jalon_engine.dossier_json(d, p_caller ->> 'language'));
exception when others then
    get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
        v_hint = pg_exception_hint, v_schema = schema_name, v_column = column_name, v_constraint = constraint_name;
    -- What is nobody's fault (a deadlock, a full disk) is not this dossier's problem: the whole call fails.
    if left(v_state, 2) not in ('JL', '22', '23') then
        raise;
    end if;
    v_words := jalon_engine.native_refusal(v_state, v_message, v_schema, v_column, v_constraint);
    return jsonb_build_object('id', p_update ->> 'id',
        'httpStatus', coalesce((select e.http_status from jalon_engine.error_code e where e.sqlstate = v_state), 400),
        'problem', case when v_state like 'JL%' and v_detail like '{%' then v_detail::jsonb else '{}' end
            || (v_words - 'message')
            || jsonb_build_object('code', v_state, 'detail', v_words -> 'message', 'hint', nullif(v_hint, '')));
end
$$;
comment on function jalon_engine.try_dossier(jsonb, jsonb) is
'Changes the status of one dossier of many; a refusal comes back as JSON.';

create or replace function jalon_api.move_dossiers(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_bulk constant uuid := gen_random_uuid();
    v_results jsonb;
    v_problem jsonb;
    v_failed integer;
begin
    perform jalon_engine.act_for_user(p_input, p_caller);
    perform jalon_engine.set_marks(null, null, jsonb_build_object('bulkId', v_bulk));
    -- Locked in the order of their ids, answered in the order asked; what an update does
    -- not say, the call says for all.
    select jsonb_agg(o.result order by u.place), count(*) filter (where o.result ? 'problem'),
        (array_agg(o.result -> 'problem' order by u.place) filter (where o.result ? 'problem'))[1]
    into v_results, v_failed, v_problem
    from (select e.value as item, e.ordinality as place
        from jsonb_array_elements(p_input -> 'updates') with ordinality e order by e.value ->> 'id', 2) u
    cross join lateral jalon_engine.try_dossier((case
        when u.item ?| '{status,statusCode}' then p_input - '{status,statusCode}'::text[] else p_input end
        - 'updates') || u.item, p_caller) as o (result);
    if v_failed > 0 and coalesce(p_input ->> 'mode', 'each') = 'all' then
        perform jalon_engine.fail(v_problem ->> 'code', v_problem || jsonb_build_object('items', v_results),
            'dossier.first_of_many');
    end if;
    return jalon_engine.respond(p_status => case when v_failed > 0 then 207 else 200 end,
        p_body => json_build_object('bulkId', v_bulk, 'failed', v_failed, 'items', v_results),
        p_headers => jsonb_build_object('vary', 'Accept-Language', ':moves', coalesce((
            select jsonb_agg(jsonb_build_array('dossier', r -> 'from', r #> '{dossier,statusCode}'))
            from jsonb_array_elements(v_results) r
            where r ? 'dossier'), '[]')));
end
$$;
comment on function jalon_api.move_dossiers(text, jsonb, jsonb)
is 'Changes the status of many dossiers: {updates: [{id, status, statusCode, reason, expectedVersion}], status, '
    'statusCode, reason, userId, mode each|all}; 207 where some were refused.';
