-- Refusals are worded where they are raised, deep below, in the language of the session. The web application calls every
-- function of schema api with its caller passed through here, so that a reader too is refused in his own language.
create or replace function api.in_language(p_caller jsonb)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
    return p_caller;
end
$$;
comment on function api.in_language(jsonb) is 'Lets the running transaction speak the caller''s language, and gives the caller back.';
grant execute on function api.in_language(jsonb) to jalon_api;
