-- GET and POST /api/v1/users: everybody that the caller may see, by name; and a new user with a first role.

create or replace function jalon_api.users(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('jalon_members.users');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_sees_all boolean := jalon_engine.can_read_all(t.name, p_caller);
    v_self uuid := (jalon_engine.find_user(jalon_engine.caller_actor(p_caller))).id;
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_users jsonb[];
    v_next text;
begin
    if v_after is not null then
        perform jalon_engine.require_key(t, v_after ->> 1);
    end if;
    v_users := array(
        select jalon_engine.user_json(u, p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then jalon_engine.user_possible(u, p_caller) else '{}' end
        from jalon_members.users u
        where (v_sees_all or u.id = v_self)
          and (p_input ->> 'role' is null or u.role = p_input ->> 'role')
          and (p_input ->> 'q' is null or strpos(lower(u.name || ' ' || u.email), lower(p_input ->> 'q')) > 0)
          and (v_after is null or (lower(u.name), u.id) > (v_after ->> 0, (v_after ->> 1)::uuid))
        order by lower(u.name), u.id
        limit v_limit + 1);
    if cardinality(v_users) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(lower(v_users[v_limit] ->> 'name'), v_users[v_limit] -> 'id'));
    end if;
    return (200, json_build_object('items', v_users[:v_limit], 'next', v_next, 'self', v_self,
            'reads_all', jalon_engine.may('read_all', v_roles, t.name),
            'can_create', jalon_engine.may('manage_users', v_roles, t.name),
            'can_change_roles', jalon_engine.may('change_roles', v_roles, t.name)), null,
        case when v_next is not null then jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.users(text, jsonb, jsonb) is
'Users that the caller may see, by name, in pages, and what he may do with them; {role, q, moves, after, limit}.';

create or replace function jalon_api.create_user(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users;
begin
    perform jalon_engine.enter(p_caller, p_input ->> 'reason',
        nullif(jsonb_strip_nulls(jsonb_build_object('meta', p_input -> 'meta_data')), '{}'));
    perform jalon_engine.require_permission('manage_users', 'users');
    if p_input ? 'role' then
        perform jalon_engine.require_permission('change_roles', 'users');
        insert into jalon_members.users as u (email, name, role)
        values (btrim(p_input ->> 'email'), btrim(p_input ->> 'name'), p_input ->> 'role')
        returning u.* into v_user;
    else
        insert into jalon_members.users as u (email, name)
        values (btrim(p_input ->> 'email'), btrim(p_input ->> 'name')) returning u.* into v_user;
    end if;
    return jalon_engine.user_answer(201, v_user, p_caller);
end
$$;
comment on function jalon_api.create_user(text, jsonb, jsonb) is
'Creates a user: {email, name, role, reason, meta_data}.';
