-- A user begins; the trigger writes the first row of their history.

create or replace function jalon.create_user(
    email text, name text, role text default null, reason text default null, meta_data jsonb default null,
    created_by text default null, created_at timestamptz default null,
    out id uuid, out was_created boolean
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before text[] := jalon_engine.speak_as(create_user.created_by, create_user.reason, create_user.meta_data,
        create_user.created_at);
    v_at constant timestamptz := coalesce(create_user.created_at, now());
begin
    if create_user.created_at is not null then
        perform jalon_history.ensure_months('users', create_user.created_at, create_user.created_at);
    end if;
    if create_user.role is null then
        insert into jalon_members.users as u (email, name, created_at, status_changed_at)
        values (btrim(create_user.email), btrim(create_user.name), v_at, v_at)
        on conflict (lower(u.email)) do nothing returning u.id into create_user.id;
    else
        insert into jalon_members.users as u (email, name, role, created_at, status_changed_at)
        values (btrim(create_user.email), btrim(create_user.name), create_user.role, v_at, v_at)
        on conflict (lower(u.email)) do nothing returning u.id into create_user.id;
    end if;
    was_created := create_user.id is not null;
    if not was_created then
        select u.id into create_user.id from jalon_members.users u
        where lower(u.email) = lower(btrim(create_user.email));
    end if;
    perform jalon_engine.speak_again(v_before);
end
$$;
comment on function jalon.create_user(text, text, text, text, jsonb, text, timestamptz) is
'Creates a user with a first role, now or (as an import) at a time past; an existing user with that e-mail address '
'is not changed.';
grant execute on function jalon.create_user(text, text, text, text, jsonb, text, timestamptz) to jalon_dba;

create or replace function jalon_engine.speak_as(
    p_actor text, p_reason text, p_meta jsonb, p_imported_at timestamptz default null
)
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c constant jalon_engine.context := jalon_engine.context();
    v_before constant text[] := array(
        select coalesce(current_setting(n, true), '')
        from unnest(array['jalon.actor', 'jalon.roles', 'jalon.reason', 'jalon.marks', 'jalon.role_sources',
            'jalon.seal']) with ordinality s (n, place) order by place);
begin
    if p_imported_at is not null then
        perform jalon_engine.require_permission('import_history', 'users');
    end if;
    if p_actor is not null and p_actor is distinct from c.actor then
        -- The call vouches for the name; whoever imports has the right to, whom they tell of needs none.
        perform jalon_engine.seal_actor(case when p_imported_at is null then 'a' else 't' end, p_actor, (
            select string_agg(distinct r.role, ',') from jalon_engine.permission_rule r
            where r.permission = 'import_history' and r.is_allowed and p_imported_at is not null), p_reason);
    end if;
    perform jalon_engine.set_marks(coalesce(p_reason, v_before[3]), p_meta,
        case when p_imported_at is not null then '{"kind": "import"}'::jsonb end);
    return v_before;
end
$$;
comment on function jalon_engine.speak_as(text, text, jsonb, timestamptz) is
'A DBA''s call acts in a name, with reason and marks; gives back what held before.';

create or replace function jalon_engine.speak_again(p_before text[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config(n, p_before[place], true)
    from unnest(array['jalon.actor', 'jalon.roles', 'jalon.reason', 'jalon.marks', 'jalon.role_sources',
        'jalon.seal']) with ordinality s (n, place);
end
$$;
comment on function jalon_engine.speak_again(text[]) is 'Ends what jalon_engine.speak_as began.';
