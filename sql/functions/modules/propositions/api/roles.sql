-- /api/propositions/{id}/roles: custom roles of one proposition. p_key is the proposition; the role travels as roleId.

create or replace function jalon_api.proposition_roles(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.proposition_role_json(r) order by r.created_at, r.id)
        from jalon_propositions.proposition_roles r
        where r.proposition_id = p.id and r.deleted_at is null), '[]'),
        'limit', jalon_engine.proposition_limit('max_roles', p.max_roles),
        'permissions', (
            select json_agg(json_build_object('code', c.code, 'label', c.label,
                'description', c.description) order by c.code)
            from jalon_engine.permissions_in(jalon_engine.proposition_language(p_caller)) c
            where c.code in (select unnest(jalon_engine.carriable_permissions())))))
    from jalon_engine.get_proposition(p_key, p_caller) p
$$;
comment on function jalon_api.proposition_roles(text, jsonb, jsonb) is
'The custom roles of a proposition, who holds them, how many there may be, and what permissions they can carry.';

create or replace function jalon_api.proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(jalon_engine.proposition_role_json(jalon_engine.proposition_role(
        jalon_engine.get_proposition(p_key, p_caller), p_input ->> 'roleId')))
$$;
comment on function jalon_api.proposition_role(text, jsonb, jsonb) is 'One custom role and who holds it: {roleId}.';

create or replace function jalon_api.make_proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_roles;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_roles', p);
    perform jalon_engine.require_held_permissions(p, jalon_engine.checked_role_permissions(p_input -> 'permissions'));
    v := jalon_engine.make_proposition_role(p, p_input);
    return jalon_engine.created(jalon_engine.proposition_role_json(v),
        format('/api/propositions/%s/roles/%s', p.id, v.id));
end
$$;
comment on function jalon_api.make_proposition_role(text, jsonb, jsonb) is
'Makes a custom role: {name, description, permissions, maxHolders}; its maker must hold what it carries.';

create or replace function jalon_api.change_proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_roles;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_roles', p);
    v := jalon_engine.change_proposition_role(p, jalon_engine.proposition_role(p, p_input ->> 'roleId'), p_input);
    return jalon_engine.ok(jalon_engine.proposition_role_json(v));
end
$$;
comment on function jalon_api.change_proposition_role(text, jsonb, jsonb) is
'Changes what is given of a custom role: {roleId, name, description, permissions, maxHolders}.';

create or replace function jalon_api.drop_proposition_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_roles', p);
    perform jalon_engine.drop_proposition_role(jalon_engine.proposition_role(p, p_input ->> 'roleId'),
        p_input ->> 'reason');
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.drop_proposition_role(text, jsonb, jsonb) is
'Takes a custom role away, from everybody who holds it: {roleId, reason}.';
