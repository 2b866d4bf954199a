-- To whom notices of events are addressed, besides organizers.

create or replace function jalon_engine.events_audiences()
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select n.audience from jalon_events.notice n where n.audience is not null $$;
comment on function jalon_engine.events_audiences() is 'The permissions whose holders get notices of events.';
