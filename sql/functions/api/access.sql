-- Who may do what, and why: roles granted to people, keys of machines; of one person every permission with the rules
-- that decide; of one permission the roles and the people that carry it.

create or replace function jalon_engine.access_of_person(p_who text, p_roles text[], p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('who', p_who, 'roles', (
            select coalesce(json_agg(json_build_object('code', r.code, 'label', r.label) order by r.code), '[]')
            from jalon_engine.roles_in(p_language) r where r.code = any (p_roles)),
        'permissions', (
            select coalesce(json_agg(json_build_object('code', p.code, 'label', p.label, 'module', p.module,
                'rules', (select json_agg(json_build_object('role', l.label, 'scope', r.scope,
                        'status', r.status, 'allowed', r.is_allowed) order by r.is_allowed desc, l.label, r.scope,
                        r.status)
                    from jalon_engine.permission_rule r join jalon_engine.roles_in(p_language) l on l.code = r.role
                    where r.permission = p.code and r.role = any (p_roles || '{any}'::text[])))
                order by p.module, p.label), '[]')
            from jalon_engine.permissions_in(p_language) p
            where exists (select from jalon_engine.permission_rule r
                where r.permission = p.code and r.role = any (p_roles || '{any}'::text[]))))
$$;
comment on function jalon_engine.access_of_person(text, text[], text) is
'What somebody in these roles may do, and by which rules.';

create or replace function jalon_engine.access_to_permission(p_permission text, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('code', p.code, 'label', p.label, 'description', p.description, 'rules', (
            select coalesce(json_agg(json_build_object('role', l.label, 'scope', r.scope, 'status', r.status,
                'allowed', r.is_allowed, 'people', (
                    select coalesce(json_agg(distinct g.principal), '[]') from jalon_engine.role_grant g
                    where g.role = r.role and jalon_engine.is_in_force(g.revoked_at, g.valid_until)))
                order by r.is_allowed desc, l.label, r.scope, r.status), '[]')
            from jalon_engine.permission_rule r join jalon_engine.roles_in(p_language) l on l.code = r.role
            where r.permission = p.code))
    from jalon_engine.permissions_in(p_language) p where p.code = p_permission
$$;
comment on function jalon_engine.access_to_permission(text, text) is
'Which roles carry a permission, where, and to whom these roles are granted.';

create or replace function jalon_api.access(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := p_caller ->> 'language';
    v_who constant text := nullif(btrim(p_input ->> 'who'), '');
    v_token_roles constant text[] := string_to_array(regexp_replace(coalesce(p_input ->> 'roles', ''), '\s', '', 'g'),
        ',');
begin
    perform jalon_engine.require_permission('manage_permissions', p_caller => p_caller);
    return jalon_engine.ok(json_build_object(
        'grants', (select coalesce(json_agg(json_build_object('principal', g.principal, 'role', l.label,
                'code', g.role, 'at', g.granted_at, 'by', g.granted_by, 'until', g.valid_until)
                order by g.principal, l.label), '[]')
            from (select x.* from jalon_engine.role_grant x
                where jalon_engine.is_in_force(x.revoked_at, x.valid_until) order by x.principal limit 200) g
            join jalon_engine.roles_in(v_language) l on l.code = g.role),
        'keys', (select coalesce(json_agg(json_build_object('name', k.name, 'roles', k.roles, 'at', k.created_at,
                'by', k.created_by, 'expiresAt', k.expires_at, 'revokedAt', k.revoked_at) order by k.name), '[]')
            from jalon_engine.api_key k),
        'roles', (select json_agg(json_build_object('code', r.code, 'label', r.label) order by r.label)
            from jalon_engine.roles_in(v_language) r),
        'permissions', (select json_agg(json_build_object('code', p.code, 'label', p.label) order by p.label)
            from jalon_engine.permissions_in(v_language) p),
        'person', case when v_who is not null then jalon_engine.access_of_person(v_who,
            jalon_engine.roles_of(v_who, coalesce(v_token_roles, '{}')), v_language) end,
        'permission', jalon_engine.access_to_permission(p_input ->> 'permission', v_language)));
end
$$;
comment on function jalon_api.access(text, jsonb, jsonb) is
'Grants and keys; what somebody may do and why: {who, roles}; '
'who may do something: {permission}.';

create or replace function jalon_engine.may_enter_access(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.may('manage_permissions', jalon_engine.caller_roles(p_caller)) $$;
comment on function jalon_engine.may_enter_access(jsonb) is 'People and access are for people who manage permissions.';

create or replace function jalon_api.grant_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon.grant_role(principal => p_input ->> 'principal', role => p_input ->> 'role',
        until => jalon_engine.moment('until', p_input ->> 'until'));
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.grant_role(text, jsonb, jsonb) is 'Grants a role to somebody: {principal, role, until}.';

create or replace function jalon_api.revoke_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon.revoke_role(principal => p_input ->> 'principal', role => p_input ->> 'role');
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.revoke_role(text, jsonb, jsonb) is 'Takes a role from somebody: {principal, role}.';
