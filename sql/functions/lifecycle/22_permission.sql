-- The matrix role x permission x status. The row nearest to the case decides; nothing said means no.

create or replace function logic.may(p_permission text, p_roles text[], p_scope text default '*', p_status text default '*')
returns boolean
language sql stable security definer
set search_path = ''
as $$
    select coalesce(bool_or(nearest.is_allowed), false)
    from (
        select distinct on (r.role) r.is_allowed
        from lifecycle.permission_rule r
        where r.permission = p_permission and r.role = any (p_roles || '{any}'::text[])
          and r.scope in (p_scope, '*') and r.status in (p_status, '*')
        order by r.role, r.scope = '*', r.status = '*'
    ) nearest
$$;
comment on function logic.may(text, text[], text, text) is 'Whether one of the roles carries a permission, for a tracked table and a status.';

create or replace function logic.holds(p_permission text, p_scope text default '*', p_status text default '*')
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v lifecycle.context := logic.context();
begin
    -- A DBA who names nobody answers in person: the rows of the matrix are theirs to edit anyway.
    return v.actor = 'db:' || session_user and pg_has_role(session_user, 'jalon_dba', 'member')
        or logic.may(p_permission, logic.roles_of(v.actor, v.roles), p_scope, p_status);
end
$$;
comment on function logic.holds(text, text, text) is 'Whether the running transaction''s actor carries a permission; a DBA in person does.';

create or replace function logic.demand(p_permission text, p_scope text default '*', p_status text default '*')
returns void
language plpgsql stable security definer
set search_path = ''
as $$
begin
    if not logic.holds(p_permission, p_scope, p_status) then
        perform logic.fail('JL203', jsonb_build_object('actor', logic.actor(), 'permission', p_permission, 'roles', coalesce(
            (select jsonb_agg(distinct r.role) from lifecycle.permission_rule r where r.permission = p_permission and r.is_allowed), '[]')));
    end if;
end
$$;
comment on function logic.demand(text, text, text) is 'Fails with JL203 unless the running transaction''s actor carries the permission.';
