-- GET /dossiers: last changed first, in pages; with `moves` also what the caller may do with each.

create or replace function jalon_api.dossiers(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('dossier');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_since timestamptz := jalon_engine.moment('changedSince', p_input ->> 'changedSince');
    v_found jalon_dossiers.dossier[];
    v_next text;
begin
    if v_after is not null and not jalon_engine.is_key('uuid', v_after ->> 1) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'after', 'why', p_input ->> 'after'));
    end if;
    -- Filters are in the statement only where they are asked for, so that an index can serve them.
    execute 'select array(select x from jalon_dossiers.dossier x where true'
        || case when p_input ? 'caseType' then ' and x.case_type = $7 ->> ''caseType''' else '' end
        || case when p_input ? 'statusCode' then ' and x.status_code = $7 ->> ''statusCode''' else '' end
        || case when p_input ? 'status' then ' and x.status = $7 ->> ''status''' else '' end
        || case when p_input ? 'outcome' then ' and x.status_code = any ($8)' else '' end
        || case when p_input ? 'assignee' then ' and x.assignee = $7 ->> ''assignee''' else '' end
        || case when p_input ? 'organisation' then ' and x.organisation = $7 ->> ''organisation''' else '' end
        || case when p_input ? 'text'
                then ' and concat_ws('' '', x.lead_name, x.lead_phone, x.source, x.organisation) ilike $2' else '' end
        || case when v_since is not null then ' and x.updated_at >= $3' else '' end
        || case when v_after is not null then ' and (x.updated_at, x.id) < ($4, $5)' else '' end
        || case when jalon_engine.can_read_all(t.name, p_caller) then ''
            else format(' and (%s)', jalon_engine.visible_rows_sql(t)) end
        || ' order by x.updated_at desc, x.id desc limit $6)'
    into v_found
    using jalon_engine.visible_rows_values(t, p_caller, v_roles),
        '%' || regexp_replace(p_input ->> 'text', '([\\%_])', '\\\1', 'g') || '%', v_since,
        jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid, v_limit + 1, p_input, array(select f.code
            from jalon_engine.referential f where f.category = 'CASE_STATUS' and f.outcome = p_input ->> 'outcome');
    if cardinality(v_found) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(v_found[v_limit].updated_at, v_found[v_limit].id));
    end if;
    return (200, json_build_object('items', coalesce((
        select json_agg(case when (p_input ->> 'moves')::boolean
            then (jalon_engine.dossier_json(u, p_caller ->> 'language')::jsonb
                || jalon_engine.dossier_offers(t, u, p_caller, v_roles))::json
            else jalon_engine.dossier_json(u, p_caller ->> 'language') end order by u.updated_at desc, u.id desc)
        from unnest(v_found[:v_limit]) u), '[]'), 'next', v_next),
        null, jsonb_build_object('vary', 'Accept-Language')
            || case when v_next is null then '{}' else jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.dossiers(text, jsonb, jsonb)
is 'Dossiers, last changed first, in pages: {caseType, statusCode, status, outcome, assignee, organisation, text, '
    'changedSince, moves, after, limit}.';

create or replace function jalon_engine.dossier_offers(
    p_tracked jalon_engine.tracked, p_dossier jalon_dossiers.dossier, p_caller jsonb, p_roles text[]
)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('moveEtag', jalon_engine.etag(p_dossier.id::text, p_dossier.status_version),
        'moves', jalon_engine.statuses(p_tracked, to_jsonb(p_dossier),
            jalon_engine.roles_for_record(p_tracked, p_caller ->> 'actor', p_roles, to_jsonb(p_dossier)),
            p_caller ->> 'language') #> '{0,moves}')
$$;
comment on function jalon_engine.dossier_offers(jalon_engine.tracked, jalon_dossiers.dossier, jsonb, text[])
is 'The moves that the caller may make with a dossier, and the ETag that POST /tracked/dossier/{id}/moves compares.';
