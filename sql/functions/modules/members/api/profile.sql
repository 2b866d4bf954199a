-- GET and PUT /profile: the user that the caller is.

create or replace function jalon_engine.get_own_user(p_caller jsonb)
returns jalon_members.users
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users := jalon_engine.find_user(jalon_engine.caller_actor(p_caller));
begin
    if v_user.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'users', 'id', null,
            'actor', jalon_engine.caller_actor(p_caller)), 'membership.no_profile');
    end if;
    return v_user;
end
$$;
comment on function jalon_engine.get_own_user(jsonb) is 'The user that the caller is; JL401 if there is none.';

create or replace function jalon_api.profile(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select a.* from jalon_engine.user_answer(200, jalon_engine.get_own_user(p_caller), p_caller) a $$;
comment on function jalon_api.profile(text, jsonb, jsonb) is 'The caller''s own user.';

create or replace function jalon_api.edit_profile(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_user jalon_members.users := jalon_engine.get_own_user(p_caller);
begin
    select u.* into strict v_user from jalon_members.users u where u.id = v_user.id for no key update;
    perform jalon_engine.require_match(p_caller, 'users', v_user.id::text, v_user.status_version);
    -- An address says who one is, a role what one may: neither is one's own to change. Sent
    -- back as it was, it is not a change.
    if btrim(p_input ->> 'email') <> v_user.email then
        perform jalon_engine.require_permission('manage_users', 'users', v_user.role);
    end if;
    if p_input ->> 'role' <> v_user.role then
        perform jalon_engine.require_permission('change_roles', 'users', v_user.role);
    end if;
    update jalon_members.users u
    set name = coalesce(btrim(p_input ->> 'name'), u.name), email = coalesce(btrim(p_input ->> 'email'), u.email),
        role = coalesce(p_input ->> 'role', u.role)
    where u.id = v_user.id
    returning u.* into v_user;
    return jalon_engine.user_answer(200, v_user, p_caller);
end
$$;
comment on function jalon_api.edit_profile(text, jsonb, jsonb) is
'Edits the caller''s own user: {name, email, role, reason}; another role or address needs its permission.';
