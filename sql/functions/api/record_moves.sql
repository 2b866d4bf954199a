-- GET /tracked/{table}/{id}/moves: every move from where the record stands, and why not.

create or replace function jalon_api.record_moves(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_input ->> 'table');
    v_row jsonb := jalon_engine.get_record(t, p_key, p_caller);
    v_id text := v_row ->> t.key_column;
    v_tag text := jalon_engine.etag(v_id, (v_row ->> 'status_version')::integer);
begin
    return jalon_engine.ok(json_build_object('table', t.name, 'id', v_id, 'version', v_row -> 'status_version',
        'etag', v_tag,
        'canForce', jalon_engine.may('force_move', jalon_engine.caller_roles(p_caller), t.name),
        'caseType', v_row ->> t.workflow_column,
        'columns', (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
            'hasWorkflow', jalon_engine.has_workflow(c.category)) order by c.position)
            from jalon_engine.tracked_column c where c.tracked = t.name), 'items', coalesce((
        select json_agg(json_build_object('column', e.column_name, 'from', e.from_code, 'to', e.to_code,
            'action', e.action, 'label', e.label,
            'toLabel', jalon_engine.code_name(c.category, e.to_code, p_caller ->> 'language'), 'color', e.color,
            'icon', e.icon, 'requiresReason', r.requires_reason, 'requiredFields', coalesce(r.required_fields, '{}'),
            'allowed', e.is_allowed, 'answerable', jalon_engine.is_answerable(e.blockers),
            'blockers', jalon_engine.with_short_messages(e.blockers, p_caller ->> 'language')) order by e.ordinality)
        from jalon.explain_many(t.name, array[v_id], p_caller ->> 'actor', jalon_engine.token_roles(p_caller),
            p_input ->> 'reason', null, p_caller ->> 'language') with ordinality e
        join jalon_engine.tracked_column c on c.tracked = t.name and c.column_name = e.column_name
        join jalon_engine.rule r on r.category = c.category
            and r.case_type = jalon_engine.ruling_case_type(c.category, v_row ->> t.workflow_column)
            and r.from_code = e.from_code and r.to_code = e.to_code), '[]')), v_tag);
end
$$;
comment on function jalon_api.record_moves(text, jsonb, jsonb) is 'Every move that a record''s code has, whether the '
'caller may make it, and if not every reason why, and whether they may force others; {table, reason}.';

create or replace function jalon_engine.is_answerable(p_blockers jsonb)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select not exists (
        select from jsonb_array_elements(p_blockers) b
        where b ->> 'code' not in ('JL301', 'JL302')
           or b ->> 'code' = 'JL302'
           and exists (select from jsonb_array_elements_text(b #> '{params,fields}') f where f not like 'meta.%'))
$$;
comment on function jalon_engine.is_answerable(jsonb) is
'Whether all that stands in the way can be given with the move itself: its reason and its meta.';
