-- GET and DELETE /api/v1/users/{id}, PUT …/role, GET …/role-history and …/role-summary. Who sees all users sees each;
-- everybody sees himself; nobody else exists.

create or replace function jalon_api."user"(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.record(jalon_engine.tracked_of('jalon_members.users'), p_key, p_caller);
    return (select a from jalon_members.users u
        cross join lateral jalon_engine.user_answer(200, u, p_caller,
            case when (p_input ->> 'moves')::boolean then jalon_engine.user_possible(u, p_caller) else '{}' end) a
        where u.id = p_key::uuid);
end
$$;
comment on function jalon_api."user"(text, jsonb, jsonb) is 'One user; {moves}: with what the caller may do.';

create or replace function jalon_api.change_user_role(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('jalon_members.users');
    v_row jsonb;
    v_moved jalon_engine.moved;
    v_answer jalon_engine.answer;
begin
    perform jalon_engine.enter(p_caller, p_input ->> 'reason');
    v_row := jalon_engine.record(t, p_key, p_caller, p_lock => 'for no key update');
    perform jalon_engine.require_permission('change_roles', t.name, v_row ->> 'role');
    perform jalon_engine.require_match(p_caller, t.name, v_row ->> 'id', (v_row ->> 'status_version')::integer);
    v_moved := jalon_engine.move(t.name, 'role', p_key, p_input ->> 'role',
        p_meta => nullif(p_input -> 'meta_data', 'null'));
    select a.* into v_answer
    from jalon_members.users u
    cross join lateral jalon_engine.user_answer(200, u, p_caller,
        jsonb_build_object('old_role', v_moved.old_code, 'changed', v_moved.has_changed)) a
    where u.id = p_key::uuid;
    v_answer.headers := jsonb_build_object(':moves', case when v_moved.has_changed
        then jsonb_build_array(jsonb_build_array(t.name, v_moved.old_code, v_moved.new_code)) else '[]' end);
    return v_answer;
end
$$;
comment on function jalon_api.change_user_role(text, jsonb, jsonb) is
'Gives a user another role: {role, reason, meta_data}; needs the permission change_roles.';

create or replace function jalon_api.user_role_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.record(jalon_engine.tracked_of('jalon_members.users'), p_key, p_caller);
    return (200, json_build_object('items', coalesce((
        select json_agg(h) from jalon.user_role_history(p_key::uuid, (p_input ->> 'limit')::integer) h), '[]')), null,
        null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.user_role_history(text, jsonb, jsonb) is
'The changes of a user''s role, the latest first; {limit}.';

create or replace function jalon_api.role_change_summary(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.record(jalon_engine.tracked_of('jalon_members.users'), p_key, p_caller);
    return (select (200, s.body || case when (p_input ->> 'labels')::boolean then jsonb_build_object(
            'initial_role_label', jalon_engine.code_name('USER_ROLE', s.body ->> 'initial_role',
                jalon_recap.language(p_caller ->> 'language')),
            'current_role_label', jalon_engine.code_name('USER_ROLE', s.body ->> 'current_role',
                jalon_recap.language(p_caller ->> 'language')))
        else '{}' end, null, null)::jalon_engine.answer
        from (select jalon.role_change_summary(p_key::uuid) as body) s);
end
$$;
comment on function jalon_api.role_change_summary(text, jsonb, jsonb) is
'A user''s way through the roles in short; {labels}: with the names of the roles.';

create or replace function jalon_api.erase_user(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jsonb;
begin
    perform jalon_engine.enter(p_caller);
    v_user := jalon_engine.record(jalon_engine.tracked_of('jalon_members.users'), p_key, p_caller,
        p_lock => 'for no key update');
    perform jalon_engine.require_permission('erase', 'users');
    perform jalon_engine.require_match(p_caller, 'users', v_user ->> 'id', (v_user ->> 'status_version')::integer);
    -- Nothing of the person stays: not the name either where people erase themselves, and no answer kept for a repeat.
    if lower(p_caller ->> 'actor') in (lower(v_user ->> 'email'), v_user ->> 'id') then
        perform jalon_engine.enter(p_caller
            || jsonb_build_object('actor', 'self', 'roles', jalon_engine.caller_roles(p_caller)));
    end if;
    perform jalon.erase('jalon_members.users', p_key);
    delete from jalon_engine.idempotency i where (i.answer).body ->> 'id' = v_user ->> 'id';
    return (204, null, null, null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.erase_user(text, jsonb, jsonb) is
'Erases a user and his history; needs the permission erase. What remains is that a user was erased, when and by whom.';
