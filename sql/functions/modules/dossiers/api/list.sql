-- GET /dossiers: last changed first, in pages; with `moves` also what the caller may do with each.

create or replace function jalon_api.dossiers(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('dossier');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,caseType,caseTypeLabel,status,statusCode,statusLabel,statusColor,statusIcon,statusOutcome,isFinal,'
        'leadName,leadPhone,source,assignee,organisation,createdAt,createdBy,updatedAt,statusChangedAt,version,etag,'
        'moves,moveEtag}');
    v_values constant text[] := array['%' || regexp_replace(p_input ->> 'text', '([\\%_])', '\\\1', 'g') || '%',
        jalon_engine.moment('changedSince', p_input ->> 'changedSince')::text,
        array(select f.code from jalon_engine.referential f
            where f.category = 'CASE_STATUS' and f.outcome = p_input ->> 'outcome')::text, null, null, null]
        || (jalon_engine.visible_rows_values(t, p_caller, v_roles))[7:];
    -- Filters are in the statement only where they are asked for, so that an index can serve them.
    v_where constant text := case when jalon_engine.can_read_all(t.name, p_caller) then 'true'
            else '(' || jalon_engine.visible_rows_sql(t) || ')' end
        || case when p_input ? 'caseType' then ' and x.case_type = $2 ->> ''caseType''' else '' end
        || case when p_input ? 'statusCode' then ' and x.status_code = $2 ->> ''statusCode''' else '' end
        || case when p_input ? 'status' then ' and x.status = $2 ->> ''status''' else '' end
        || case when p_input ? 'outcome' then ' and x.status_code = any (($1)[3]::text[])' else '' end
        || case when p_input ? 'assignee' then ' and x.assignee = $2 ->> ''assignee''' else '' end
        || case when p_input ? 'organisation' then ' and x.organisation = $2 ->> ''organisation''' else '' end
        || case when p_input ? 'text'
                then ' and concat_ws('' '', x.lead_name, x.lead_phone, x.source, x.organisation) ilike ($1)[1]'
            else '' end
        || case when p_input ? 'changedSince' then ' and x.updated_at >= ($1)[2]::timestamptz' else '' end;
    v_rows jalon_dossiers.dossier[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    select * into v_rows, v_next, v_previous, v_total from jalon_engine.read_list(v_rows, 'jalon_dossiers.dossier x',
        array[v_where], '{"updatedAt": "x.updated_at", "createdAt": "x.created_at", "id": "x.id", '
        '"leadName": "coalesce(lower(x.lead_name), '''')"}', '-updatedAt', v_values, p_input);
    return jalon_engine.list_answer((
        select json_agg(case when (p_input ->> 'moves')::boolean
            then (jalon_engine.dossier_json(v_rows[i], p_caller ->> 'language')::jsonb
                || jalon_engine.dossier_offers(t, v_rows[i], p_caller, v_roles))::json
            else jalon_engine.dossier_json(v_rows[i], p_caller ->> 'language') end order by i)
        from generate_subscripts(v_rows, 1) i), v_fields, v_next, v_previous, v_total,
        p_more => json_build_object('canReadRecaps', jalon_engine.may('read_all', v_roles, t.name)),
        p_headers => '{"vary": "Accept-Language"}');
end
$$;
comment on function jalon_api.dossiers(text, jsonb, jsonb)
is 'Dossiers, last changed first unless sorted otherwise, in pages: {caseType, statusCode, status, outcome, assignee, '
    'organisation, text, changedSince, moves, sort, count, fields, after, limit}.';

create or replace function jalon_engine.dossier_offers(
    p_tracked jalon_engine.tracked, p_dossier jalon_dossiers.dossier, p_caller jsonb, p_roles text[]
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('moveEtag', jalon_engine.etag(p_dossier.id::text, p_dossier.status_version),
        'moves', jalon_engine.statuses(p_tracked, to_jsonb(p_dossier),
            jalon_engine.roles_for_record(p_tracked, p_caller ->> 'actor', p_roles, to_jsonb(p_dossier)),
            p_caller ->> 'language') #> '{0,moves}')
$$;
comment on function jalon_engine.dossier_offers(jalon_engine.tracked, jalon_dossiers.dossier, jsonb, text[])
is 'The moves that the caller may make with a dossier, and the ETag that POST /tracked/dossier/{id}/moves compares.';
