-- /views: what people saved of lists. A view is seen by its owner and by who holds its role; it shows nothing by
-- itself, because the list that it is of asks for its reader's rights.

create or replace function jalon_engine.saved_view_json(
    p_view jalon_engine.saved_view, p_caller jsonb, p_roles text[]
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_view.id, 'list', p_view.list, 'name', p_view.name, 'query', p_view.query,
        'role', p_view.role, 'roleLabel', coalesce((select r.label
            from jalon_engine.roles_in(p_caller ->> 'language') r where r.code = p_view.role), p_view.role),
        'owner', p_view.owner, 'canChange', p_view.owner = jalon_engine.caller_actor(p_caller)
            or jalon_engine.may('share_views', p_roles))
$$;
comment on function jalon_engine.saved_view_json(jalon_engine.saved_view, jsonb, text[]) is
'A view as the web application shows it.';

create or replace function jalon_engine.roles_to_share_with(p_caller jsonb, p_roles text[])
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A person who may share with anybody does so; others with the roles that they hold.
    select case when jalon_engine.may('share_views', p_roles)
        then array(select r.code from jalon_engine.role r order by r.code)
        else array(select distinct r from unnest(p_roles) r order by r) end
$$;
comment on function jalon_engine.roles_to_share_with(jsonb, text[]) is
'The roles for which a caller may save a view.';

create or replace function jalon_engine.require_role_to_share(p_role text, p_caller jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_role is not null and p_role <> all (
        jalon_engine.roles_to_share_with(p_caller, jalon_engine.caller_roles(p_caller))) then
        perform jalon_engine.require_permission('share_views');
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'role', 'why', p_role, 'allowed',
            jalon_engine.roles_to_share_with(p_caller, jalon_engine.caller_roles(p_caller))), 'JL405.choice');
    end if;
end
$$;
comment on function jalon_engine.require_role_to_share(text, jsonb) is
'Fails unless the caller may save a view for a role.';

create or replace function jalon_engine.get_saved_view(p_key text, p_caller jsonb)
returns jalon_engine.saved_view
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.saved_view;
begin
    if jalon_engine.is_key('uuid', p_key) then
        select x.* into v from jalon_engine.saved_view x
        where x.id = p_key::uuid and (x.owner = jalon_engine.caller_actor(p_caller)
            or x.role = any (jalon_engine.caller_roles(p_caller) || '{any}'::text[]));
    end if;
    if v.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'saved_view', 'id', p_key));
    elsif v.owner <> jalon_engine.caller_actor(p_caller) then
        perform jalon_engine.require_permission('share_views');
    end if;
    return v;
end
$$;
comment on function jalon_engine.get_saved_view(text, jsonb) is
'A view that the caller sees and may change: their own, or with share_views another''s.';

create or replace function jalon_api.saved_views(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
begin
    return jalon_engine.ok(json_build_object('items', coalesce((
            select json_agg(jalon_engine.saved_view_json(v, p_caller, v_roles)
                order by v.role nulls first, lower(v.name), v.id)
            from jalon_engine.saved_view v
            where v.list = p_input ->> 'list' and (v.owner = jalon_engine.caller_actor(p_caller)
                or v.role = any (v_roles || '{any}'::text[]))), '[]'),
        'roles', coalesce((
            select json_agg(json_build_object('code', s.code, 'label', coalesce(r.label, s.code)) order by s.place)
            from unnest(jalon_engine.roles_to_share_with(p_caller, v_roles)) with ordinality s (code, place)
            left join jalon_engine.roles_in(p_caller ->> 'language') r on r.code = s.code), '[]')));
end
$$;
comment on function jalon_api.saved_views(text, jsonb, jsonb) is
'The views of a list that the caller sees, and for which roles they may save one: {list}.';

create or replace function jalon_api.save_view(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.saved_view;
begin
    perform jalon_engine.require_role_to_share(p_input ->> 'role', p_caller);
    if 200 <= (select count(*) from jalon_engine.saved_view x where x.owner = jalon_engine.actor()) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'name', 'why', '200'), 'JL405.views');
    end if;
    insert into jalon_engine.saved_view as x (list, name, query, owner, role)
    values (p_input ->> 'list', btrim(p_input ->> 'name'), p_input -> 'query', jalon_engine.actor(),
        p_input ->> 'role')
    returning x.* into v;
    return jalon_engine.created(jalon_engine.saved_view_json(v, p_caller, jalon_engine.caller_roles(p_caller)));
end
$$;
comment on function jalon_api.save_view(text, jsonb, jsonb) is
'Saves a view of a list, for its owner or for a role: {list, name, query, role}; up to 200 a person.';

create or replace function jalon_api.change_view(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.saved_view := jalon_engine.get_saved_view(p_key, p_caller);
begin
    perform jalon_engine.require_role_to_share(p_input ->> 'role', p_caller);
    update jalon_engine.saved_view x set
        name = case when p_input ? 'name' then btrim(p_input ->> 'name') else x.name end,
        query = case when p_input ? 'query' then p_input -> 'query' else x.query end,
        role = case when p_input ? 'role' then p_input ->> 'role' else x.role end
    where x.id = v.id
    returning x.* into v;
    return jalon_engine.ok(jalon_engine.saved_view_json(v, p_caller, jalon_engine.caller_roles(p_caller)));
end
$$;
comment on function jalon_api.change_view(text, jsonb, jsonb) is
'Changes a view: {name, query, role}; what is not given stays, role null makes it the owner''s alone.';

create or replace function jalon_api.delete_view(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.saved_view := jalon_engine.get_saved_view(p_key, p_caller);
begin
    delete from jalon_engine.saved_view x where x.id = v.id;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.delete_view(text, jsonb, jsonb) is 'Deletes a view.';
