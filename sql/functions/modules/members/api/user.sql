-- GET and DELETE /api/v1/users/{id}, PUT …/role, GET …/role-history and …/role-summary. Who sees all users sees each;
-- everybody sees themselves; nobody else exists.

create or replace function jalon_api."user"(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user constant jalon_members.users := jalon_engine.get_user(p_key, p_caller);
begin
    return jalon_engine.user_answer(p_status => 200, p_user => v_user, p_caller => p_caller, p_more => case
        when (p_input ->> 'moves')::boolean then jalon_engine.user_possible(v_user, p_caller) else '{}' end);
end
$$;
comment on function jalon_api."user"(text, jsonb, jsonb) is 'One user; {moves}: with what the caller may do.';

create or replace function jalon_api.change_user_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users;
    v_moved jalon_engine.moved;
    v_answer jalon_engine.answer;
begin
    v_user := jalon_engine.get_user(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('change_roles', 'users', v_user.role);
    perform jalon_engine.require_match(p_caller, 'users', v_user.id::text, v_user.status_version);
    v_moved := jalon_engine.move('users', 'role', p_key, p_input ->> 'role',
        p_meta => nullif(p_input -> 'meta_data', 'null'));
    select a.* into v_answer
    from jalon_members.users u
    cross join lateral jalon_engine.user_answer(200, u, p_caller,
        jsonb_build_object('old_role', v_moved.old_code, 'changed', v_moved.has_changed)) a
    where u.id = p_key::uuid;
    v_answer.headers := jsonb_build_object(':moves', case when v_moved.has_changed
        then jsonb_build_array(jsonb_build_array('users', v_moved.old_code, v_moved.new_code)) else '[]' end);
    return v_answer;
end
$$;
comment on function jalon_api.change_user_role(text, jsonb, jsonb) is
'Gives a user another role: {role, reason, meta_data}; needs the permission change_roles.';

create or replace function jalon_api.user_role_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.get_user(p_key, p_caller);
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(h) from jalon.user_role_history(p_key::uuid, (p_input ->> 'limit')::integer) h), '[]')));
end
$$;
comment on function jalon_api.user_role_history(text, jsonb, jsonb) is
'The changes of a user''s role, the latest first; {limit}.';

create or replace function jalon_api.role_change_summary(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.get_user(p_key, p_caller);
    return (select jalon_engine.ok((s.body || case when (p_input ->> 'labels')::boolean then jsonb_build_object(
            'initial_role_label', jalon_engine.code_name('USER_ROLE', s.body ->> 'initial_role',
                jalon_recap.language(p_caller ->> 'language')),
            'current_role_label', jalon_engine.code_name('USER_ROLE', s.body ->> 'current_role',
                jalon_recap.language(p_caller ->> 'language')))
        else '{}' end)::json)
        from (select jalon.role_change_summary(p_key::uuid) as body) s);
end
$$;
comment on function jalon_api.role_change_summary(text, jsonb, jsonb) is
'A user''s way through the roles in short; {labels}: with the names of the roles.';

create or replace function jalon_api.erase_user(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users;
begin
    v_user := jalon_engine.get_user(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('erase', 'users');
    perform jalon_engine.require_match(p_caller, 'users', v_user.id::text, v_user.status_version);
    -- Nothing of the person stays: not the name either where people erase themselves, and no answer kept for a repeat.
    if lower(p_caller ->> 'actor') in (lower(v_user.email), v_user.id::text) then
        perform jalon_engine.act_as_self(p_caller);
    end if;
    perform jalon.erase('jalon_members.users', p_key);
    delete from jalon_engine.idempotency i where (i.answer).body ->> 'id' = v_user.id::text;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.erase_user(text, jsonb, jsonb) is
'Erases a user with their history; needs the permission erase. What remains: that a user was erased, when, by whom.';

create or replace function jalon_engine.act_as_self(p_caller jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.enter(p_caller
        || jsonb_build_object('actor', 'self', 'roles', jalon_engine.caller_roles(p_caller)))
$$;
comment on function jalon_engine.act_as_self(jsonb) is
'From here on the caller acts with the same roles and without a name, as self.';
