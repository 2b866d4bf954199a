-- Custom roles: made, changed, taken away. The writers below are called with the proposition's row locked.

create or replace function jalon_engine.checked_role_permissions(p_permissions jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_permissions text[] := array(select distinct e.value
        from jsonb_array_elements_text(coalesce(p_permissions, '[]')) e order by e.value);
    v_unknown text[] := array(select p.code from unnest(v_permissions) p (code)
        where p.code <> all (jalon_engine.carriable_permissions()));
begin
    if v_unknown <> '{}' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'permissions',
            'why', array_to_string(v_unknown, ', '), 'allowed', jalon_engine.carriable_permissions()),
            'proposition.not_carriable');
    end if;
    return v_permissions;
end
$$;
comment on function jalon_engine.checked_role_permissions(jsonb) is
'Permissions of a request, each once; JL405 where custom roles cannot carry one.';

create or replace function jalon_engine.make_proposition_role(
    p_proposition jalon_propositions.proposition, p_input jsonb
)
returns jalon_propositions.proposition_roles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_roles;
    v_limit integer := jalon_engine.proposition_limit('max_roles', p_proposition.max_roles);
begin
    v.code := jalon_engine.proposition_slug(p_input ->> 'name');
    -- A custom role is never mistaken for one of the organisation's.
    if exists (select from jalon_engine.role r
            where r.code = v.code or lower(r.label) = lower(btrim(p_input ->> 'name')))
       or exists (select from jalon_propositions.proposition_roles r
                  where r.proposition_id = p_proposition.id and r.deleted_at is null
                    and (r.code = v.code or lower(r.name) = lower(btrim(p_input ->> 'name')))) then
        perform jalon_engine.fail('JL422', jsonb_build_object('name', p_input ->> 'name'));
    end if;
    if (select count(*) from jalon_propositions.proposition_roles r
            where r.proposition_id = p_proposition.id and r.deleted_at is null) >= v_limit then
        perform jalon_engine.fail('JL421', jsonb_build_object('what', 'roles', 'limit', v_limit));
    end if;
    insert into jalon_propositions.proposition_roles (proposition_id, code, name, description, permissions,
        max_holders, created_by)
    values (p_proposition.id, v.code, btrim(p_input ->> 'name'), p_input ->> 'description',
        jalon_engine.checked_role_permissions(p_input -> 'permissions'),
        (p_input ->> 'maxHolders')::integer, jalon_engine.actor())
    returning * into v;
    return v;
end
$$;
comment on function jalon_engine.make_proposition_role(jalon_propositions.proposition, jsonb) is
'Makes a custom role: {name, description, permissions, maxHolders}. Its caller has asked for permission.';

create or replace function jalon_engine.change_proposition_role(
    p_proposition jalon_propositions.proposition, p_role jalon_propositions.proposition_roles, p_input jsonb
)
returns jalon_propositions.proposition_roles
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_roles := p_role;
begin
    if p_input ? 'permissions' then
        v.permissions := jalon_engine.checked_role_permissions(p_input -> 'permissions');
        perform jalon_engine.require_held_permissions(p_proposition,
            array(select unnest(v.permissions) except select unnest(p_role.permissions)));
    end if;
    if p_input ? 'name' and lower(btrim(p_input ->> 'name')) <> lower(p_role.name)
       and (exists (select from jalon_engine.role r where lower(btrim(p_input ->> 'name')) in (r.code, lower(r.label)))
            or exists (select from jalon_propositions.proposition_roles r
                   where r.proposition_id = p_proposition.id and r.deleted_at is null
                       and r.id <> p_role.id and lower(r.name) = lower(btrim(p_input ->> 'name')))) then
        perform jalon_engine.fail('JL422', jsonb_build_object('name', p_input ->> 'name'));
    end if;
    update jalon_propositions.proposition_roles r set
        name = case when p_input ? 'name' then btrim(p_input ->> 'name') else r.name end,
        description = case when p_input ? 'description' then p_input ->> 'description' else r.description end,
        max_holders = case when p_input ? 'maxHolders' then (p_input ->> 'maxHolders')::integer else r.max_holders end,
        permissions = v.permissions
    where r.id = p_role.id
    returning r.* into v;
    return v;
end
$$;
comment on function jalon_engine.change_proposition_role(jalon_propositions.proposition,
    jalon_propositions.proposition_roles, jsonb) is
'Changes what is given of {name, description, permissions, maxHolders}; what it adds, its caller must hold.';

create or replace function jalon_engine.drop_proposition_role(
    p_role jalon_propositions.proposition_roles, p_reason text
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update jalon_propositions.proposition_roles r set deleted_at = clock_timestamp(), deleted_by = jalon_engine.actor()
    where r.id = p_role.id;
    update jalon_propositions.proposition_role_assignments a
    set revoked_at = clock_timestamp(), revoked_by = jalon_engine.actor(), revocation_reason = p_reason
    where a.role_id = p_role.id and jalon_engine.is_in_force(a.revoked_at, a.valid_until);
    -- A later role of the same name must not inherit what this one could trigger. An
    -- action that was for it alone rests.
    update jalon_propositions.proposition_custom_actions a set
        roles = case when a.roles = array['custom:' || p_role.code] then a.roles
            else array_remove(a.roles, 'custom:' || p_role.code) end,
        is_active = a.is_active and a.roles <> array['custom:' || p_role.code]
    where a.proposition_id = p_role.proposition_id and a.deleted_at is null
        and 'custom:' || p_role.code = any (a.roles);
end
$$;
comment on function jalon_engine.drop_proposition_role(jalon_propositions.proposition_roles, text) is
'Takes a role away: from its holders, and from the actions that name it.';

create or replace function jalon_engine.proposition_role_limit(p_role jalon_propositions.proposition_roles)
returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select least(p_role.max_holders, jalon_engine.proposition_limit('max_holders', p.max_holders))
    from jalon_propositions.proposition p where p.id = p_role.proposition_id
$$;
comment on function jalon_engine.proposition_role_limit(jalon_propositions.proposition_roles) is
'How many may hold a role: its own limit, its proposition''s or that of the settings, whichever is least.';

create or replace function jalon_engine.proposition_role_json(p_role jalon_propositions.proposition_roles)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_role.id, 'propositionId', p_role.proposition_id, 'code', p_role.code,
        'role', 'custom:' || p_role.code, 'name', p_role.name, 'description', p_role.description,
        'permissions', p_role.permissions, 'maxHolders', p_role.max_holders,
        'limit', jalon_engine.proposition_role_limit(p_role),
        'isFull', held.count >= jalon_engine.proposition_role_limit(p_role), 'createdAt', p_role.created_at,
        'createdBy', p_role.created_by, 'users', held.users)
    from (
        select coalesce(json_agg(jalon_engine.proposition_assignment_json(a) order by a.granted_at, a.id),
            '[]') as users, count(*) as count
        from jalon_propositions.proposition_role_assignments a
        where a.role_id = p_role.id and jalon_engine.is_in_force(a.revoked_at, a.valid_until)
    ) held
$$;
comment on function jalon_engine.proposition_role_json(jalon_propositions.proposition_roles) is
'A role with those who hold it, as the API shows it.';

create or replace function jalon_engine.proposition_assignment_json(
    p_assignment jalon_propositions.proposition_role_assignments
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_assignment.id, 'roleId', p_assignment.role_id, 'userId', p_assignment.user_id,
        'grantedAt', p_assignment.granted_at, 'grantedBy', p_assignment.granted_by, 'until', p_assignment.valid_until,
        'reason', p_assignment.reason)
$$;
comment on function jalon_engine.proposition_assignment_json(jalon_propositions.proposition_role_assignments) is
'Who holds a role, since when and until when, as the API shows it.';
