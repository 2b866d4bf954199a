-- GET and POST /api/v1/users: everybody that the caller may see, by name; and a new user with a first role.

create or replace function jalon_api.users(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('jalon_members.users');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_self uuid := (jalon_engine.find_user(jalon_engine.caller_actor(p_caller))).id;
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,email,name,role,role_label,role_since,version,created_at,etag,status,is_self,can_erase,can_force,'
        'has_workflow}');
    v_rows jalon_members.users[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    select * into v_rows, v_next, v_previous, v_total
    from jalon_engine.read_list(v_rows, 'jalon_members.users x', array[
        case when jalon_engine.can_read_all(t.name, p_caller) then 'true' else 'x.id = ($1)[1]::uuid' end
        || case when p_input ? 'role' then ' and x.role = $2 ->> ''role''' else '' end
        || case when p_input ? 'q'
            then ' and strpos(lower(x.name || '' '' || x.email), lower($2 ->> ''q'')) > 0' else '' end],
        '{"name": "lower(x.name)", "email": "lower(x.email)", "created_at": "x.created_at", '
        '"role_since": "x.status_changed_at", "id": "x.id"}', 'name', array[v_self::text], p_input);
    return jalon_engine.list_answer((
        select json_agg(jalon_engine.user_json(v_rows[i], p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then jalon_engine.user_possible(v_rows[i], p_caller)
                else '{}' end order by i)
        from generate_subscripts(v_rows, 1) i), v_fields, v_next, v_previous, v_total, json_build_object('self', v_self,
            'reads_all', jalon_engine.may('read_all', v_roles, t.name),
            'can_create', jalon_engine.may('manage_users', v_roles, t.name),
            'can_change_roles', jalon_engine.may('change_roles', v_roles, t.name)));
end
$$;
comment on function jalon_api.users(text, jsonb, jsonb) is 'Users that the caller may see, by name unless sorted '
'otherwise, in pages, and what they may do with them; {role, q, moves, sort, count, fields, after, limit}.';

create or replace function jalon_api.create_user(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users;
begin
    perform jalon_engine.set_marks(null, jsonb_strip_nulls(nullif(p_input -> 'meta_data', 'null')), null);
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
