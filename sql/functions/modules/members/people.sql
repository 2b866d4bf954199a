-- Users are people.

create or replace function jalon_engine.users_people(p_caller jsonb, p_part text)
returns table (id text, name text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select u.email::text, u.name::text from jalon_members.users u
    where jalon_engine.can_read_all('users', p_caller) and strpos(lower(u.name || ' ' || u.email), p_part) > 0 limit 50
$$;
comment on function jalon_engine.users_people(jsonb, text) is
'Users whose name or email has a part, for a caller who may read all of them.';
