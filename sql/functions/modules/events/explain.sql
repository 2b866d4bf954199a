-- Why something cannot be done with an event now, in words for a screen; and what an edit would bring about.

create or replace function jalon_engine.event_blocker_text(p_blocker jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A guard speaks the language of a transaction, which a reader has none of: its words stand here once more.
    select coalesce(jalon_engine.text_of('event.why.' || (p_blocker #>> '{params,guard}'), '{}', p_language),
        jalon_engine.text_of('event.why.' || (p_blocker ->> 'code'),
            (p_blocker -> 'params') || jsonb_build_object('fields', (
                select jsonb_agg(coalesce(jalon_engine.text_of('event.field.' || f, '{}', p_language), f))
                from jsonb_array_elements_text(p_blocker #> '{params,fields}') f),
        'roles', (select jsonb_agg(coalesce(jalon_engine.text_of('event.role.' || r, '{}', p_language),
                jalon_engine.role_names(jsonb_build_array(r), p_language) ->> 0))
            from jsonb_array_elements_text(p_blocker #> '{params,roles}') r)),
            p_language), p_blocker ->> 'message')
$$;
comment on function jalon_engine.event_blocker_text(jsonb, text) is 'A blocker of jalon.explain in short words.';

create or replace function jalon_engine.event_permission_hint(
    p_permission text, p_roles text[], p_event jalon_events.events, p_language text
)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_states text[];
begin
    if jalon_engine.event_may(p_permission, p_roles, p_event) then
        return case when p_permission = 'delete_event' and not jalon_engine.event_may_be_deleted(p_roles, p_event)
            then jalon_engine.text_of('event.why.was_approved', '{}', p_language) end;
    end if;
    v_states := array(
        select jalon_engine.code_name(c.category, f.code, p_language)
        from jalon_engine.tracked_column c
        join jalon_engine.referential f on f.category = c.category
        where c.tracked = 'events' and exists (
            select from jalon_engine.permission_rule r
            where r.permission = p_permission and r.role = any (p_roles) and r.scope in ('events', '*') and r.is_allowed
                and r.status = f.code)
        order by c.position, f.position);
    return jalon_engine.text_of('event.why.' || case when v_states = '{}' then 'nobody' else p_permission end,
        jsonb_build_object('label', jalon_engine.event_label(p_event, p_language), 'states', v_states,
            'permission', p_permission), p_language);
end
$$;
comment on function jalon_engine.event_permission_hint(text, text[], jalon_events.events, text) is
'Why these roles do not carry a permission for an event as it stands, and when they do; null where they do.';

create or replace function jalon_engine.event_asks_approval(p_event jalon_events.events, p_roles text[])
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when exists (select from jalon_events.follow_up f
            where f.column_name = 'content' and coalesce(p_event.status = any (f.if_status), true)
              and coalesce(p_event.moderation_status = any (f.if_moderation_status), true))
            and not jalon_engine.may('moderate_events', p_roles, 'events')
        then array(select c.column_name from jalon_events.content_column c where c.is_major order by c.column_name) else
            '{}' end
$$;
comment on function jalon_engine.event_asks_approval(jalon_events.events, text[]) is
'The columns of which a change, by these roles, asks for a new approval of the event as it stands.';

create or replace function jalon_engine.event_steps(p_event jalon_events.events, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('step', s.step, 'label', coalesce(l.label, d.code), 'color', d.color,
        'icon', d.icon, 'explanation', jalon_engine.text_of('event.display.' || d.code, '{}', p_language),
        'is_current', s.step = n.step, 'is_done', s.step < n.step) order by s.step), '[]')
    from jalon_engine.event_display(p_event.status, p_event.moderation_status, p_event.is_published) n
    cross join (select distinct x.step from jalon_events.display x where x.step is not null) s
    cross join lateral (
        -- The straight way, but where the event stands aside of it.
        select x.* from jalon_events.display x where x.step = s.step and (x.code = n.code or not x.is_aside)
        order by x.code = n.code desc, x.position limit 1) d
    left join lateral (
        select y.label from jalon_events.display_label y join jalon_engine.language g on g.code = y.language
        where y.code = d.code
        order by y.language = p_language desc, g.is_default desc, g.position limit 1) l on true
$$;
comment on function jalon_engine.event_steps(jalon_events.events, text) is
'The steps of an event''s life, with where this one stands.';

create or replace function jalon_engine.event_life_cycle(p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('step', d.step, 'label', coalesce(l.label, d.code), 'color', d.color,
        'icon', d.icon,
        'explanation', jalon_engine.text_of('event.display.' || d.code, '{}', p_language)) order by d.step), '[]')
    from jalon_events.display d
    left join lateral (
        select y.label from jalon_events.display_label y join jalon_engine.language g on g.code = y.language
        where y.code = d.code
        order by y.language = p_language desc, g.is_default desc, g.position limit 1) l on true
    where d.step is not null and not d.is_aside
$$;
comment on function jalon_engine.event_life_cycle(text) is
'The straight way of an event''s life, step by step, and what each means.';

create or replace function jalon_engine.event_owner(p_caller jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when not jalon_engine.may('moderate_events', jalon_engine.caller_roles(p_caller), 'events')
            then jalon_engine.caller_actor(p_caller) end
$$;
comment on function jalon_engine.event_owner(jsonb) is
'Whose events the caller reaches: their own; for a moderator, anybody''s (null).';
