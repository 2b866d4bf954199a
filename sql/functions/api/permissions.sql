-- The catalogue of permissions and the matrix role x permission x table x status.

create or replace function jalon_api.permissions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object(
        'permissions', (select json_agg(json_build_object('code', p.code, 'label', p.label,
            'description', p.description, 'module', p.module)
            order by p.module, p.code) from jalon_engine.permissions_in(p_caller ->> 'language') p),
        'roles', (select json_agg(json_build_object('code', r.code, 'label', r.label,
            'description', r.description) order by r.code) from jalon_engine.roles_in(p_caller ->> 'language') r),
        'rules', coalesce((select json_agg(json_build_object('role', r.role, 'permission', r.permission,
            'scope', r.scope, 'status', r.status, 'allowed', r.is_allowed) order by r.role, r.permission, r.scope,
            r.status) from jalon_engine.permission_rule r), '[]')))
$$;
comment on function jalon_api.permissions(text, jsonb, jsonb) is
'All permissions, all roles, and the rules that join them.';

create or replace function jalon_api.set_permissions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon.set_permission(role => r ->> 'role', permission => r ->> 'permission',
        scope => coalesce(r ->> 'scope', '*'),
        status => coalesce(r ->> 'status', '*'), allowed => (r ->> 'allowed')::boolean)
    from jsonb_array_elements(p_input -> 'rules') r;
    return jalon_api.permissions(null, '{}', p_caller);
end
$$;
comment on function jalon_api.set_permissions(text, jsonb, jsonb) is
'Sets cells of the matrix: {rules: [{role, permission, scope, status, allowed}]}; allowed null takes a rule away.';
