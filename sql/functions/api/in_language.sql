-- Refusals are worded where they are raised, deep below, in the language of the session. The web application calls every
-- function of schema api with its caller passed through here, so that a reader too is refused in his own language.
create or replace function api.in_language(p_caller jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true),
        set_config('jalon.role_sources', coalesce(p_caller ->> 'roleSources', ''), true);
    return p_caller;
end
$$;
comment on function api.in_language(jsonb) is 'Lets the running transaction speak the caller''s language and count the roles that the caller says, and gives the caller back.';
grant execute on function api.in_language(jsonb) to jalon_api;

-- Whose roles count is a setting of the process and so the same in all calls that share a statement. It is said in each, since behind a
-- pooler the connection that was told so is not the one that is used.
create or replace function api.with_sources(p_calls jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('jalon.role_sources', coalesce(p_calls #>> '{0,2,roleSources}', ''), true);
    return p_calls;
end
$$;
comment on function api.with_sources(jsonb) is 'Lets the running transaction count the roles that the first of several callers says, and gives the calls back.';
grant execute on function api.with_sources(jsonb) to jalon_api;
