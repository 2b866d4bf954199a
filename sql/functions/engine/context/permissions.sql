-- The matrix role x permission x status. The row nearest to the case decides; nothing said means no.

create or replace function jalon_engine.may(
    p_permission text, p_roles text[], p_scope text default '*', p_status text default '*'
)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(bool_or(nearest.is_allowed), false)
    from (
        select distinct on (r.role) r.is_allowed
        from jalon_engine.permission_rule r
        where r.permission = p_permission and r.role = any (p_roles || '{any}'::text[])
          and r.scope in (p_scope, '*') and r.status in (p_status, '*')
        order by r.role, r.scope = '*', r.status = '*'
    ) nearest
$$;
comment on function jalon_engine.may(text, text[], text, text) is
'Whether one of the roles carries a permission, for a tracked table and a status.';

create or replace function jalon_engine.context_of(p_caller jsonb)
returns jalon_engine.context
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_caller is null then
        return jalon_engine.context();
    end if;
    return (jalon_engine.caller_actor(p_caller), jalon_engine.token_roles(p_caller), null, 'move', null, null, null,
        session_user, 'c')::jalon_engine.context;
end
$$;
comment on function jalon_engine.context_of(jsonb) is
'The caller of a function that reads, where nobody acts; without one, the actor.';

create or replace function jalon_engine.roles_for_permissions(p_context jalon_engine.context)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.roles_of(p_context.actor,
        case when p_context.named_by is distinct from 'a' then p_context.roles end)
$$;
comment on function jalon_engine.roles_for_permissions(jalon_engine.context) is
'Roles that carry permissions: of a name that the customer''s application gives, the granted ones alone.';

create or replace function jalon_engine.has_permission(
    p_permission text, p_scope text default '*', p_status text default '*', p_caller jsonb default null
)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v constant jalon_engine.context := jalon_engine.context_of(p_caller);
begin
    -- A DBA who names nobody answers in person, and so does whoever migrates: the rows of the matrix are theirs to edit
    -- anyway.
    if v.named_by is null
        and (pg_has_role(session_user, 'jalon_dba', 'member') or pg_has_role(session_user, 'jalon_owner', 'member'))
    then
        return true;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.require_fresh_grants(v.actor);
    end if;
    return jalon_engine.may(p_permission, jalon_engine.roles_for_permissions(v), p_scope, p_status);
end
$$;
comment on function jalon_engine.has_permission(text, text, text, jsonb) is
'Whether the actor, or the caller given, carries a permission; a DBA in person does.';

create or replace function jalon_engine.require_permission(
    p_permission text, p_scope text default '*', p_status text default '*', p_caller jsonb default null
)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.has_permission(p_permission, p_scope => p_scope, p_status => p_status,
            p_caller => p_caller) then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', (jalon_engine.context_of(p_caller)).actor,
            'permission', p_permission, 'roles', jalon_engine.roles_with(p_permission, p_scope)));
    end if;
end
$$;
comment on function jalon_engine.require_permission(text, text, text, jsonb) is
'Fails with JL203 unless the actor, or the caller given, carries the permission.';

create or replace function jalon_engine.roles_with(p_permission text, p_scope text default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(distinct r.role), '[]') from jalon_engine.permission_rule r
    where r.permission = p_permission and r.is_allowed and (p_scope is null or r.scope in (p_scope, '*'))
$$;
comment on function jalon_engine.roles_with(text, text) is
'The roles that carry a permission, for a tracked table or anywhere.';
