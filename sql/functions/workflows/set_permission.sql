-- The matrix role x permission x scope x status, one cell a call.

create or replace function jalon_engine.require_known_permission(p_permission text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.permission p where p.code = p_permission) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'permission', 'why', p_permission,
            'allowed', (select jsonb_agg(p.code order by p.code) from jalon_engine.permission p)), 'JL405.choice');
    end if;
end
$$;
comment on function jalon_engine.require_known_permission(text) is 'Fails with JL405 unless the permission exists.';

create or replace function jalon.set_permission(
    role text, permission text, scope text default '*', status text default '*', allowed boolean default true
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.require_role(p_role => set_permission.role);
    perform jalon_engine.require_known_permission(p_permission => set_permission.permission);
    if set_permission.allowed is null then
        delete from jalon_engine.permission_rule r
        where (r.role, r.permission, r.scope, r.status)
            = (set_permission.role, set_permission.permission, set_permission.scope, set_permission.status);
    else
        insert into jalon_engine.permission_rule (role, permission, scope, status, is_allowed)
        values (set_permission.role, set_permission.permission, set_permission.scope, set_permission.status,
            set_permission.allowed)
        on conflict on constraint permission_rule_pk do update set is_allowed = excluded.is_allowed;
    end if;
end
$$;
comment on function jalon.set_permission(text, text, text, text, boolean)
is 'Allows or forbids a permission to a role, for a tracked table and a status or for all (*); allowed => null takes '
    'the row away.';
grant execute on function jalon.set_permission(text, text, text, text, boolean) to jalon_dba;
