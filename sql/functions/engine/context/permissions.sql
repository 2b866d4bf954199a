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

create or replace function jalon_engine.has_permission(
    p_permission text, p_scope text default '*', p_status text default '*'
)
returns boolean
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.context := jalon_engine.context();
begin
    -- A DBA who names nobody answers in person, and so does whoever migrates: the rows of the matrix are theirs to edit
    -- anyway. Of a name that the customer's application gives, only granted roles carry permissions.
    if v.named_by is null
        and (pg_has_role(session_user, 'jalon_dba', 'member') or pg_has_role(session_user, 'jalon_owner', 'member'))
    then
        return true;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.require_fresh_grants(v.actor);
    end if;
    return jalon_engine.may(p_permission, jalon_engine.roles_of(v.actor,
        case when v.named_by is distinct from 'a' then v.roles end), p_scope, p_status);
end
$$;
comment on function jalon_engine.has_permission(text, text, text) is
'Whether the running transaction''s actor carries a permission; a DBA in person does.';

create or replace function jalon_engine.require_permission(
    p_permission text, p_scope text default '*', p_status text default '*'
)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.has_permission(p_permission, p_scope, p_status) then
        perform jalon_engine.fail('JL203',
            jsonb_build_object('actor', jalon_engine.actor(), 'permission', p_permission, 'roles', coalesce(
                (select jsonb_agg(distinct r.role) from jalon_engine.permission_rule r
                    where r.permission = p_permission and r.is_allowed), '[]')));
    end if;
end
$$;
comment on function jalon_engine.require_permission(text, text, text) is
'Fails with JL203 unless the running transaction''s actor carries the permission.';
