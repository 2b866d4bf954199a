-- What people are shown for the three columns together. The first row of jalon_events.display that fits decides.

create or replace function jalon_engine.event_display(p_status text, p_moderation_status text, p_is_published boolean)
returns jalon_events.display
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select d from jalon_events.display d
    where coalesce(d.moderation_status = p_moderation_status, true) and coalesce(d.status = p_status, true)
      and coalesce(d.is_published = p_is_published, true)
    order by d.position limit 1
$$;
comment on function jalon_engine.event_display(text, text, boolean) is
'The row of jalon_events.display that fits a status, a moderation status and a publication.';

create or replace function jalon_engine.event_status_label(
    p_status text, p_moderation_status text, p_is_published boolean, p_language text default null
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        (select l.label from jalon_engine.event_display(p_status, p_moderation_status, p_is_published) d
         join jalon_events.display_label l on l.code = d.code
         join jalon_engine.language g on g.code = l.language
         order by l.language = w.language desc, l.language = split_part(w.language, '-', 1) desc, g.is_default desc,
             g.position limit 1), jalon_engine.code_name('EVENT_STATUS', p_status, w.language))
    from (select coalesce(p_language, jalon_engine.language()) as language) w
$$;
comment on function jalon_engine.event_status_label(text, text, boolean, text) is
'What people are shown for a status, a moderation status and a publication: moderation first, in the '
'reader''s language.';

create or replace function jalon_engine.event_label(p_event jalon_events.events, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.event_status_label(p_event.status, p_event.moderation_status, p_event.is_published, p_language)
$$;
comment on function jalon_engine.event_label(jalon_events.events, text) is
'What people are shown for an event, in a language.';

create or replace function jalon.event_status_label(
    status text, moderation_status text, is_published boolean, language text default null
)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.event_status_label(event_status_label.status, event_status_label.moderation_status,
        event_status_label.is_published, event_status_label.language)
$$;
comment on function jalon.event_status_label(text, text, boolean, text) is
'What people are shown for an event with these codes; for psql.';
grant execute on function jalon.event_status_label(text, text, boolean, text) to jalon_dba;
