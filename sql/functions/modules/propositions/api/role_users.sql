-- /api/propositions/{id}/roles/{roleId}/users: custom roles handed out and taken back, and the history of both.

create or replace function jalon_api.proposition_role_users(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', jalon_engine.proposition_role_json(r) -> 'users'))
    from jalon_engine.proposition_role(jalon_engine.get_proposition(p_key, p_caller), p_input ->> 'roleId') r
$$;
comment on function jalon_api.proposition_role_users(text, jsonb, jsonb) is 'Who holds a custom role now: {roleId}.';

create or replace function jalon_api.assign_proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    r jalon_propositions.proposition_roles;
    v jalon_propositions.proposition_role_assignments;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    r := jalon_engine.proposition_role(p, p_input ->> 'roleId');
    perform jalon_engine.require_proposition_permission('assign_roles', p);
    perform jalon_engine.require_held_permissions(p, r.permissions, r.code);
    v := jalon_engine.assign_proposition_role(p, r, p_input ->> 'userId',
        jalon_engine.moment('until', p_input ->> 'until'), p_input ->> 'reason');
    return jalon_engine.created(jalon_engine.proposition_assignment_json(v));
end
$$;
comment on function jalon_api.assign_proposition_role(text, jsonb, jsonb) is
'Hands a custom role out: {roleId, userId, until, reason}; who hands it out must hold what it opens.';

create or replace function jalon_api.revoke_proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    -- Anybody may lay down a role of their own.
    if p_input ->> 'userId' <> jalon_engine.actor() then
        perform jalon_engine.require_proposition_permission('assign_roles', p);
    end if;
    perform jalon_engine.revoke_proposition_role(jalon_engine.proposition_role(p, p_input ->> 'roleId'),
        p_input ->> 'userId', p_input ->> 'reason');
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.revoke_proposition_role(text, jsonb, jsonb) is
'Takes a custom role back: {roleId, userId, reason}; worth nothing from the next statement on.';

create or replace function jalon_api.proposition_role_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition := jalon_engine.get_proposition(p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_items jsonb;
    v_next text;
begin
    perform jalon_engine.require_proposition_permission('assign_roles', p, p_caller => p_caller);
    -- Several may happen at one moment: what, to which role and to whom tells them apart.
    select coalesce(jsonb_agg(x.item order by x.happened_at desc, x.mark), '[]') into v_items
    from (
        select h.happened_at, m.mark, jsonb_build_object('at', h.happened_at, 'what', h.what, 'roleId', h.role_id,
            'role', h.role_name, 'userId', h.user_id,
            'by', h.happened_by, 'until', h.valid_until, 'reason', h.reason, 'before', h.before,
            'after', h.after) as item
        from jalon_recap.proposition_role_changes h
        cross join lateral (select concat_ws(' ', h.what, h.role_id, h.user_id) as mark) m
        where h.proposition_id = p.id
            and (v_after is null or h.happened_at < jalon_engine.moment('after', v_after ->> 0)
                or h.happened_at = jalon_engine.moment('after', v_after ->> 0) and m.mark > v_after ->> 1)
        order by h.happened_at desc, m.mark limit v_limit + 1) x;
    if jsonb_array_length(v_items) > v_limit then
        v_items := v_items - v_limit;
        v_next := jalon_engine.cursor(jsonb_build_array(v_items #> array[(v_limit - 1)::text, 'at'],
            concat_ws(' ', v_items #>> array[(v_limit - 1)::text, 'what'],
                v_items #>> array[(v_limit - 1)::text, 'roleId'], v_items #>> array[(v_limit - 1)::text, 'userId'])));
    end if;
    return jalon_engine.page(v_items::json, v_next);
end
$$;
comment on function jalon_api.proposition_role_history(text, jsonb, jsonb) is
'What became of the roles of a proposition: made, changed, granted, revoked, expired, by whom, when, until when; '
'newest first, in pages: {after, limit}.';
