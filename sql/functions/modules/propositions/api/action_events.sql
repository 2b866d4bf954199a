-- GET /api/propositions/{id}/action-events and …/refusals: the clicks that counted, and those that were refused.

create or replace function jalon_api.proposition_action_events(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition := jalon_engine.get_proposition(p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jalon_propositions.proposition_custom_action_events[];
    v_next text;
begin
    perform jalon_engine.require_proposition_permission('read_action_events', p, p_caller => p_caller);
    v_rows := array(
        select e from jalon_propositions.proposition_custom_action_events e
        where e.proposition_id = p.id
          and (v_after is null
              or (e.triggered_at, e.id) < (jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid))
        order by e.triggered_at desc, e.id desc limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit,
        jsonb_build_array(v_rows[v_limit].triggered_at, v_rows[v_limit].id));
    return jalon_engine.page((
        select json_agg(jalon_engine.custom_action_event_json(r, p_caller ->> 'language') order by r.triggered_at desc,
            r.id desc) from unnest(v_rows[:v_limit]) r), v_next);
end
$$;
comment on function jalon_api.proposition_action_events(text, jsonb, jsonb) is
'Triggerings of the custom actions of a proposition, newest first, in pages: {after, limit}.';

create or replace function jalon_api.proposition_refusals(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition := jalon_engine.get_proposition(p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jalon_propositions.proposition_custom_action_refusals[];
    v_next text;
begin
    perform jalon_engine.require_proposition_permission('read_refusals', p, p_caller => p_caller);
    v_rows := array(
        select r from jalon_propositions.proposition_custom_action_refusals r
        where r.proposition_id = p.id
          and (v_after is null
              or (r.refused_at, r.id) < (jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid))
        order by r.refused_at desc, r.id desc limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit,
        jsonb_build_array(v_rows[v_limit].refused_at, v_rows[v_limit].id));
    return jalon_engine.page((
        select json_agg(json_build_object('id', r.id, 'actionId', r.action_id, 'action', r.action_key,
            'label', coalesce((select a.name from jalon_propositions.proposition_custom_actions a
                where a.id = r.action_id), r.action_key), 'status', r.status,
            'statusLabel', jalon_engine.code_name('PROPOSITION_STATUS', r.status, p_caller ->> 'language'),
            'refusedAt', r.refused_at, 'actor', r.actor, 'roles', r.roles, 'code', r.code, 'message', r.message)
            order by r.refused_at desc, r.id desc)
        from unnest(v_rows[:v_limit]) r), v_next);
end
$$;
comment on function jalon_api.proposition_refusals(text, jsonb, jsonb) is
'Refused triggers of a proposition, newest first, in pages, for administrators: {after, limit}.';
