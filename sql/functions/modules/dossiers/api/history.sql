-- GET /dossiers/{id}/history and …/moves: where it has been, and where it may go.

create or replace function jalon_api.dossier_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier := jalon_engine.get_dossier(p_key, p_caller);
    v_language constant text := p_caller ->> 'language';
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_before integer := (jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer;
    v_items json[];
    v_last integer;
    v_next text;
begin
    select array_agg(json_build_object(
            'id', h.id, 'version', h.version, 'kind', h.kind, 'at', h.changed_at, 'previousAt', h.previous_changed_at,
            'by', h.changed_by, 'onBehalfOf', h.on_behalf_of, 'reason', h.reason, 'meta', h.meta_data,
            'caseType', h.case_type, 'caseTypeLabel', case
                when h.case_type is not null then jalon_engine.code_name('CASE_TYPE', h.case_type, v_language) end,
            'from', jalon_engine.dossier_code_json(h.old_status_code, v_language),
            'to', jalon_engine.dossier_code_json(h.new_status_code, v_language), 'workflowVersion', h.workflow_version,
            'bulkId', h.bulk_id) order by h.version desc),
        (array_agg(h.version order by h.version desc))[v_limit]
    into v_items, v_last
    from (select x.* from jalon_history.jalon_dossiers__dossier x
          where x.dossier_id = d.id and (v_before is null or x.version < v_before)
          order by x.version desc limit v_limit + 1) h;
    v_next := jalon_engine.next_cursor(cardinality(v_items) > v_limit, jsonb_build_array(v_last));
    return jalon_engine.page(array_to_json(v_items[:v_limit]), v_next, p_headers => '{"vary": "Accept-Language"}');
end
$$;
comment on function jalon_api.dossier_history(text, jsonb, jsonb) is
'Every change of status of a dossier, newest first, in pages: {after, limit}.';

create or replace function jalon_api.dossier_moves(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier := jalon_engine.get_dossier(p_key, p_caller);
    v_language constant text := p_caller ->> 'language';
begin
    return jalon_engine.ok(p_body => json_build_object('id', d.id, 'version', d.status_version,
        'etag', jalon_engine.etag(d.id::text, d.revision),
        'from', jalon_engine.dossier_code_json(d.status_code, v_language), 'items', coalesce((
            select json_agg(jalon_engine.dossier_code_json(e.to_code, v_language) || jsonb_build_object(
                'action', e.action, 'actionLabel', e.label, 'allowed', e.is_allowed,
                'blockers', jalon_engine.with_short_messages(e.blockers, p_caller ->> 'language'))
                order by e.ordinality)
            from jalon.explain_many('dossier', array[d.id::text], p_caller ->> 'actor',
                jalon_engine.token_roles(p_caller), p_input ->> 'reason', null, v_language)
                with ordinality e), '[]')), p_etag => jalon_engine.etag(d.id::text, d.revision),
        p_headers => '{"vary": "Accept-Language"}');
end
$$;
comment on function jalon_api.dossier_moves(text, jsonb, jsonb)
is 'Every status code that may follow for a dossier, whether the caller may take it there, and if not every reason '
    'why: {reason}.';
