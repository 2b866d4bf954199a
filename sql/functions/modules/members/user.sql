-- Who a user is to an actor, and a user as the web application shows them.

create or replace function jalon_engine.find_user(p_actor text)
returns jalon_members.users
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- An actor is the user whose e-mail address or identifier the token names.
    select u.* from jalon_members.users u where lower(u.email) = lower(p_actor)
    union all
    select u.* from jalon_members.users u
    where u.id = case when p_actor ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then p_actor::uuid end
    limit 1
$$;
comment on function jalon_engine.find_user(text) is 'The user that an actor is; all empty if there is none.';

create or replace function jalon_engine.get_user(p_key text, p_caller jsonb, p_locked boolean default false)
returns jalon_members.users
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_populate_record(null::jalon_members.users,
        jalon_engine.get_record(jalon_engine.tracked_of('jalon_members.users'), p_key, p_caller,
            p_lock => case when p_locked then 'for no key update' else '' end));
end
$$;
comment on function jalon_engine.get_user(text, jsonb, boolean) is
'A user whom the caller may see, locked for a change if asked; JL401 where there is none.';

create or replace function jalon_engine.user_relations(p_actor text, p_key text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select array(select 'self' where (jalon_engine.find_user(p_actor)).id::text = p_key) $$;
comment on function jalon_engine.user_relations(text, text) is
'The relation self, where the actor is that user: one sees oneself.';

create or replace function jalon_engine.user_relations_keys(p_actor text)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select u.id::text from jalon_engine.find_user(p_actor) u where u.id is not null $$;
comment on function jalon_engine.user_relations_keys(text) is
'The other way round, for lists: the one record in which jalon_engine.user_relations sees the actor.';

create or replace function jalon_engine.user_json(p_user jalon_members.users, p_language text default null)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', p_user.id, 'email', p_user.email, 'name', p_user.name, 'role', p_user.role,
        'role_label', (select c.label from jalon_recap.codes c
            where c.category = 'USER_ROLE' and c.code = p_user.role and c.language = jalon_recap.language(p_language)),
        'role_since', p_user.status_changed_at,
        'version', p_user.status_version, 'created_at', p_user.created_at,
        'etag', jalon_engine.etag(p_user.id::text, p_user.status_version))
$$;
comment on function jalon_engine.user_json(jalon_members.users, text) is 'A user as the web application shows them.';

create or replace function jalon_engine.user_answer(
    p_status integer, p_user jalon_members.users, p_caller jsonb, p_more jsonb default '{}'
)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.respond(p_status => p_status,
        p_body => (jalon_engine.user_json(p_user, p_caller ->> 'language') || p_more)::json,
        p_etag => jalon_engine.etag(p_user.id::text, p_user.status_version),
        p_headers => case p_status when 201 then jsonb_build_object('Location', '/api/v1/users/' || p_user.id) end)
$$;
comment on function jalon_engine.user_answer(integer, jalon_members.users, jsonb, jsonb) is
'An answer that shows a user.';

create or replace function jalon_engine.user_possible(p_user jalon_members.users, p_caller jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'status', case when jalon_engine.may('change_roles', r.roles, t.name, p_user.role) then s.status
            else s.status || '{"moves": []}' end,
        'is_self', coalesce((jalon_engine.find_user(p_caller ->> 'actor')).id = p_user.id, false),
        'can_erase', jalon_engine.may('erase', r.roles, t.name),
        'can_force', jalon_engine.may('force_move', r.roles, t.name),
        'has_workflow', jalon_engine.has_workflow('USER_ROLE'))
    from jalon_engine.tracked t
    cross join lateral (select jalon_engine.caller_roles(p_caller) as roles) r
    cross join lateral (select jalon_engine.statuses(t, to_jsonb(p_user),
        jalon_engine.roles_for_record(t, p_caller ->> 'actor', r.roles, to_jsonb(p_user)),
        jalon_recap.language(p_caller ->> 'language'))::jsonb -> 0 as status) s
    where t.name = 'users'
$$;
comment on function jalon_engine.user_possible(jalon_members.users, jsonb) is
'What a caller may do with a user: the role with the changes that they may make (none without change_roles), whether '
'they are that user, and may erase that user.';
