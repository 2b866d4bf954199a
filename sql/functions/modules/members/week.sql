-- What the members add to the recap of a week: names instead of identifiers.

create or replace function jalon_recap.users_week(
    week text default null, time_zone text default 'UTC', language text default null, records text[] default '{}'
)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('title', jalon_engine.text_of('membership.title', '{}', users_week.language),
        'names', coalesce(jsonb_object_agg(u.id, u.name), '{}'))
    from jalon_members.users u where u.id = any (users_week.records::uuid[])
$$;
comment on function jalon_recap.users_week(text, text, text, text[]) is
'The members'' part of the recap of a week: the names of those in it.';
revoke execute on function jalon_recap.users_week(text, text, text, text[]) from public;
grant execute on function jalon_recap.users_week(text, text, text, text[]) to jalon_bi, jalon_dba;
