-- What somebody may do on a proposition: the matrix for the classic roles (scope proposition), and the permissions of
-- the custom roles held, as far as the matrix lets custom roles carry them (scope proposition_roles).

create or replace function jalon_engine.proposition_carries(
    p_permission text, p_actor text, p_roles text[], p_proposition uuid, p_status text
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.may(p_permission, p_roles, 'proposition', p_status)
        or jalon_engine.may(p_permission, '{}', 'proposition_roles', p_status)
            and exists (
                select from jalon_propositions.proposition_role_assignments a
                join jalon_propositions.proposition_roles r on r.id = a.role_id and r.deleted_at is null
                where a.proposition_id = p_proposition and a.user_id = p_actor
                  and jalon_engine.is_in_force(a.revoked_at, a.valid_until)
                  and p_permission = any (r.permissions))
$$;
comment on function jalon_engine.proposition_carries(text, text, text[], uuid, text)
is 'Whether an actor with these roles has a permission on a proposition at a status.';

create or replace function jalon_engine.proposition_permissions(
    p_actor text, p_roles text[], p_proposition uuid, p_status text
)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select p.code from jalon_engine.permission p
        where p.module = 'proposition'
            and jalon_engine.proposition_carries(p.code, p_actor, p_roles, p_proposition, p_status)
        order by p.code)
$$;
comment on function jalon_engine.proposition_permissions(text, text[], uuid, text) is
'The permissions of this module that an actor has on a proposition at a status.';

create or replace function jalon_engine.require_proposition_permission(
    p_permission text, p_proposition jalon_propositions.proposition, p_caller jsonb default null
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v constant jalon_engine.context := jalon_engine.context_of(p_caller);
begin
    if not jalon_engine.proposition_carries(p_permission, v.actor,
            jalon.resolve_actor_roles(v.actor, p_proposition.id, v.roles),
            p_proposition.id, p_proposition.status) then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', v.actor, 'permission', p_permission,
            'roles', jalon_engine.proposition_carriers(p_permission, p_proposition.id, p_proposition.status)));
    end if;
end
$$;
comment on function jalon_engine.require_proposition_permission(text, jalon_propositions.proposition, jsonb) is
'Fails with JL203 unless the actor, or the caller given, has a permission on a proposition.';

create or replace function jalon_engine.reads_proposition_actions(
    p_proposition jalon_propositions.proposition, p_caller jsonb
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.proposition_carries('read_action_events', c.actor,
        jalon.resolve_actor_roles(c.actor, p_proposition.id, c.roles), p_proposition.id, p_proposition.status)
    from jalon_engine.context_of(p_caller) c
$$;
comment on function jalon_engine.reads_proposition_actions(jalon_propositions.proposition, jsonb) is
'Whether a caller may read the triggerings of a proposition''s custom actions.';

create or replace function jalon_engine.proposition_carriers(p_permission text, p_proposition uuid, p_status text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(c.role order by c.role), '[]')
    from (
        select distinct r.role from jalon_engine.permission_rule r
        where r.permission = p_permission and r.scope in ('proposition', '*') and r.is_allowed
          and jalon_engine.may(p_permission, array[r.role], 'proposition', p_status)
        union
        select 'custom:' || o.code from jalon_propositions.proposition_roles o
        where o.proposition_id = p_proposition and o.deleted_at is null and p_permission = any (o.permissions)
          and jalon_engine.may(p_permission, '{}', 'proposition_roles', p_status)
    ) c
$$;
comment on function jalon_engine.proposition_carriers(text, uuid, text) is
'Roles that carry a permission on a proposition at a status, for a refusal to name.';

create or replace function jalon_engine.proposition_caller_roles(p_proposition uuid, p_caller jsonb)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon.resolve_actor_roles(p_caller ->> 'actor', p_proposition, jalon_engine.token_roles(p_caller))
$$;
comment on function jalon_engine.proposition_caller_roles(uuid, jsonb) is
'Roles of a caller of the web application on a proposition.';
