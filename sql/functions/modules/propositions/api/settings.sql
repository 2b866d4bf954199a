-- /api/propositions/settings: the permission catalogue, the matrix role x permission x status, limits. In the matrix
-- the role "custom" is the ceiling of custom roles: what they can carry at all, whoever makes them.

create or replace function jalon_api.proposition_settings(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object(
        'permissions', (
            select json_agg(json_build_object('permission', p.code, 'label', p.label, 'description', p.description,
                'customRoles', p.code in (select unnest(jalon_engine.carriable_permissions()))) order by p.code)
            from jalon_engine.permissions_in(p_caller ->> 'language') p
            where p.module = 'proposition' or p.code = 'read_all'),
        'roles', (select json_agg(json_build_object('role', r.code, 'label', r.label) order by r.code)
            from jalon_engine.roles_in(p_caller ->> 'language') r),
        'statuses', (
            select json_agg(json_build_object('status', f.code, 'label', jalon_engine.code_name(f.category, f.code,
                p_caller ->> 'language'), 'color', f.color, 'icon', f.icon)
                order by f.position, f.code)
            from jalon_engine.referential f where f.category = 'PROPOSITION_STATUS'),
        'matrix', (
            select json_agg(json_build_object('role', case r.scope when 'proposition_roles' then 'custom'
                else r.role end,
                'permission', r.permission, 'status', r.status, 'allowed', r.is_allowed) order by r.scope desc, r.role,
                r.permission, r.status)
            from jalon_engine.permission_rule r where r.scope in ('proposition', 'proposition_roles')),
        'maxRoles', jalon_engine.proposition_limit('max_roles'),
        'maxHolders', jalon_engine.proposition_limit('max_holders'),
        'maxActions', jalon_engine.proposition_limit('max_actions'),
        'actionVisibility', (select s.value from jalon_engine.setting s where s.name = 'proposition.action_visibility'),
        'canChange', jalon_engine.may('manage_permissions', jalon_engine.caller_roles(p_caller))))
$$;
comment on function jalon_api.proposition_settings(text, jsonb, jsonb) is
'Permission catalogue, matrix and limits of propositions.';

create or replace function jalon_api.set_proposition_permission(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_custom boolean := p_input ->> 'role' = 'custom';
    v_status text := coalesce(p_input ->> 'status', '*');
begin
    perform jalon_engine.require_permission('manage_permissions');
    if v_status <> '*' then
        perform jalon_engine.require_code('PROPOSITION_STATUS', v_status);
    end if;
    perform jalon.set_permission(role => case when v_is_custom then 'any' else p_input ->> 'role' end,
        permission => p_input ->> 'permission',
        scope => case when v_is_custom then 'proposition_roles' else 'proposition' end, status => v_status,
        allowed => (p_input ->> 'allowed')::boolean);
    return jalon_api.proposition_settings(null, '{}', p_caller);
end
$$;
comment on function jalon_api.set_proposition_permission(text, jsonb, jsonb)
is 'One cell of the matrix: {role, permission, status, allowed, reason}; allowed null takes the row away.';

create or replace function jalon_api.change_proposition_settings(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    update jalon_engine.setting s set value = p_input -> n.key
    from (values ('maxRoles', 'proposition.max_roles'), ('maxHolders', 'proposition.max_holders'),
        ('maxActions', 'proposition.max_actions'), ('actionVisibility', 'proposition.action_visibility')) n (key, name)
    where s.name = n.name and p_input ? n.key;
    return jalon_api.proposition_settings(null, '{}', p_caller);
end
$$;
comment on function jalon_api.change_proposition_settings(text, jsonb, jsonb) is
'Changes what is given of {maxRoles, maxHolders, maxActions, actionVisibility, reason}.';

create or replace function jalon_api.proposition_settings_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jalon_engine.config_history[];
    v_next text;
begin
    perform jalon_engine.require_permission('manage_permissions', p_caller => p_caller);
    v_rows := array(
        select h from jalon_engine.config_history h
        where (h.table_name = 'permission_rule' and h.key ->> 'scope' in ('proposition', 'proposition_roles')
            or h.table_name = 'setting' and h.key ->> 'name' like 'proposition.%')
          and (v_after is null
              or (h.changed_at, h.id) < (jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid))
        order by h.changed_at desc, h.id desc limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit,
        jsonb_build_array(v_rows[v_limit].changed_at, v_rows[v_limit].id));
    return jalon_engine.page((
        select json_agg(json_build_object('at', h.changed_at, 'by', h.changed_by, 'what', lower(h.operation),
            'key', h.key || w.named, 'before', h.before || w.named, 'after', h.after || w.named,
            'reason', h.reason) order by h.changed_at desc, h.id desc)
        from unnest(v_rows[:v_limit]) h
        -- As the matrix names it: the ceiling of custom roles is the role custom.
        cross join lateral (select case h.key ->> 'scope' when 'proposition_roles' then '{"role": "custom"}'
            else '{}' end::jsonb as named) w), v_next);
end
$$;
comment on function jalon_api.proposition_settings_history(text, jsonb, jsonb) is 'Changes of the matrix and the '
'limits: who, when, before, after; for those who may change them. Newest first, in pages: {after, limit}.';

create or replace function jalon_api.adopt_proposition_settings(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_items json;
begin
    select coalesce(json_agg(json_build_object('kind', a.kind, 'propositionId', a.proposition, 'name', a.name,
        'outcome', a.outcome)), '[]') into v_items
    from jalon.adopt_proposition_settings() a;
    return jalon_engine.ok(json_build_object('items', v_items));
end
$$;
comment on function jalon_api.adopt_proposition_settings(text, jsonb, jsonb) is
'Takes over roles and actions that settings define; can be called again.';
