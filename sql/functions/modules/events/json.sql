-- An event as its readers get it: the organizer and the moderators all of it, with what they may do now; the public
-- what concerns the public. Names as the requirement writes them.

create or replace function jalon_engine.event_etag(p_event jalon_events.events)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.content_etag(p_event.id::text, p_event.revision, p_event.status_version) $$;
comment on function jalon_engine.event_etag(jalon_events.events) is
'ETag of an event: it changes with its content as with its status.';

create or replace function jalon_engine.event_actions(
    p_events jalon_events.events[], p_caller jsonb, p_roles text[]
)
returns table (id text, list json, blocked json)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with explained_moves as materialized (
        select x.* from jalon_engine.explained_moves(jalon_engine.tracked_of('events'),
            array(select e.id::text from unnest(p_events) e), jalon_engine.caller_actor(p_caller), p_roles, null, null,
            p_caller ->> 'language') x
    ),
    -- The same stands in the way of many events: it is put into words once.
    messages as materialized (
        select w.reason, jalon_engine.event_blocker_text(jalon_engine.with_messages(jsonb_build_array(w.reason),
            jsonb_build_object('table', 'events', 'actor', jalon_engine.caller_actor(p_caller)),
            p_caller ->> 'language') -> 0, p_caller ->> 'language') as why
        from (select distinct j.value as reason from explained_moves t
            cross join lateral jsonb_array_elements(t.blockers) j where j.value ->> 'code' <> 'JL301') w
    ),
    explained as (
        select x.id, coalesce(x.action, x.to_code) as action, x.label, x.column_name, x.to_code, x.icon,
            c.position as place, x.position, b.*
        from explained_moves x
        join jalon_engine.tracked_column c on c.tracked = 'events' and c.column_name = x.column_name
        cross join lateral (
            -- A reason can be given along; what else stands in the way cannot.
            select coalesce(bool_or(v.code = 'JL301'), false) as needs_reason,
                coalesce(bool_or(v.code in ('JL202', 'JL204')), false) as is_for_others,
                coalesce(bool_or(v.code <> 'JL301'), false) as is_blocked,
                array_agg(v.why) filter (where v.code <> 'JL301') as why
            from (select j.value ->> 'code' as code, w.why
                  from jsonb_array_elements(x.blockers) j
                  left join messages w on w.reason = j.value) v) b
    ),
    refusals as (
        select o.id, o.action, array_agg(distinct w) as why from explained o cross join unnest(o.why) w
        group by o.id, o.action
    )
    -- An action is all transitions of its name that lead on from here: they go together, and
    -- the last column says where to.
    select a.id,
        coalesce(json_agg(json_build_object('action', a.action, 'label', a.label, 'column', a.column_name,
            'to', a.to_code, 'icon', a.icon, 'needs_reason', a.needs_reason) order by a.place, a.position)
            filter (where not a.is_blocked), '[]') as list,
        coalesce(json_agg(json_build_object('action', a.action, 'label', a.label, 'column', a.column_name,
            'to', a.to_code, 'icon', a.icon, 'is_for_others', a.is_for_others, 'why', coalesce(r.why, '{}'))
            order by a.place, a.position) filter (where a.is_blocked), '[]') as blocked
    from (select distinct on (x.id, x.action)
              x.id, x.action, x.label, x.column_name, x.to_code, x.icon, x.place, x.position,
              bool_or(x.needs_reason) over same as needs_reason,
              bool_or(x.is_for_others) over same as is_for_others, bool_or(x.is_blocked) over same as is_blocked
          from explained x
          window same as (partition by x.id, x.action)
          order by x.id, x.action, x.place desc, x.position) a
    left join refusals r on r.id = a.id and r.action = a.action
    group by a.id
$$;
comment on function jalon_engine.event_actions(jalon_events.events[], jsonb, text[]) is
'What the caller may do with each event now, and what else leads on, with why not.';

create or replace function jalon_engine.events_json(p_events jalon_events.events[], p_caller jsonb, p_roles text[])
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with one as materialized (
        select u.place, p_events[u.place] as event,
            n.roles,
            jalon_engine.event_permission_hint('delete_event', n.roles, p_events[u.place], p_caller ->> 'language')
                as no_delete
        from generate_subscripts(p_events, 1) u (place)
        cross join lateral (select jalon_engine.event_roles(p_events[u.place], jalon_engine.caller_actor(p_caller),
            p_roles) as roles offset 0) n
    ),
    -- What is shown of an event and may be done with it depends on its codes and on the reader's
    -- roles for it: many have the same.
    appearance as materialized (
        select f.status, f.moderation_status, f.is_published, f.roles, d.code, d.color, d.icon,
            jalon_engine.event_label(f.event, p_caller ->> 'language') as label,
            jalon_engine.text_of('event.display.' || d.code, '{}', p_caller ->> 'language') as explanation,
            jalon_engine.code_name('EVENT_STATUS', f.status, p_caller ->> 'language') as status_label,
            jalon_engine.code_name('EVENT_MODERATION', f.moderation_status,
                p_caller ->> 'language') as moderation_status_label,
            jalon_engine.event_permission_hint('edit_event', f.roles, f.event, p_caller ->> 'language') as no_edit,
            jalon_engine.event_asks_approval(f.event, f.roles) as asks_approval
        from (select distinct on ((o.event).status, (o.event).moderation_status, (o.event).is_published,
            o.roles) o.event, o.roles, (o.event).status, (o.event).moderation_status, (o.event).is_published
              from one o) f
        cross join lateral jalon_engine.event_display(f.status, f.moderation_status, f.is_published) d
    )
    select coalesce(json_agg(json_build_object(
        'id', e.id, 'organizer_id', e.organizer_id, 'title', e.title, 'description', e.description,
        'starts_at', e.starts_at, 'ends_at', e.ends_at, 'place', e.place, 'price', e.price, 'capacity', e.capacity,
        'status', e.status, 'moderation_status', e.moderation_status, 'is_published', e.is_published,
        'label', f.label, 'color', f.color, 'icon', f.icon, 'explanation', f.explanation,
        'status_label', f.status_label, 'moderation_status_label', f.moderation_status_label,
        'admin_notes', e.admin_notes, 'status_changed_at', e.status_changed_at,
        'status_changed_by', e.status_changed_by,
        'version', e.status_version, 'revision', e.revision, 'created_at', e.created_at, 'updated_at', e.edited_at,
        'is_mine', e.organizer_id = jalon_engine.caller_actor(p_caller),
        'can_edit', f.no_edit is null, 'can_delete', o.no_delete is null, 'can_force', m.can_force,
        'why_no_edit', f.no_edit, 'why_no_delete', o.no_delete, 'asks_approval', f.asks_approval,
        'actions', coalesce(a.list, '[]'), 'blocked', coalesce(a.blocked, '[]'),
        'etag', jalon_engine.event_etag(o.event)) order by o.place), '[]')
    from one o
    cross join (select jalon_engine.may('moderate_events', p_roles, 'events')
            and jalon_engine.may('force_move', p_roles, 'events') as can_force) m
    cross join lateral (select (o.event).*) e
    join appearance f on f.status = e.status and f.moderation_status = e.moderation_status
        and f.is_published = e.is_published and f.roles = o.roles
    left join jalon_engine.event_actions(p_events, p_caller, p_roles) a on a.id = e.id::text
$$;
comment on function jalon_engine.events_json(jalon_events.events[], jsonb, text[]) is
'Events in full, for their organizer and for moderators, with what the caller may do now.';

create or replace function jalon_engine.event_answer(
    p_status integer, p_event jalon_events.events, p_caller jsonb, p_headers jsonb default null
)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.respond(p_status => p_status,
        p_body => jalon_engine.events_json(array[p_event], p_caller, jalon_engine.caller_roles(p_caller)) -> 0,
        p_etag => jalon_engine.event_etag(p_event), p_headers => p_headers)
$$;
comment on function jalon_engine.event_answer(integer, jalon_events.events, jsonb, jsonb) is
'The answer that carries one whole event.';

create or replace function jalon_engine.public_events_json(p_events jalon_events.events[], p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object(
        'id', e.id, 'title', e.title, 'description', e.description, 'starts_at', e.starts_at, 'ends_at', e.ends_at,
        'place', e.place, 'price', e.price, 'capacity', e.capacity, 'status', e.status,
        'label', jalon_engine.event_label(p_events[u.place], p_language), 'color', d.color, 'icon', d.icon,
        'etag', jalon_engine.event_etag(p_events[u.place])) order by u.place), '[]')
    from generate_subscripts(p_events, 1) u (place)
    cross join lateral (select (p_events[u.place]).*) e
    cross join lateral jalon_engine.event_display(e.status, e.moderation_status, e.is_published) d
$$;
comment on function jalon_engine.public_events_json(jalon_events.events[], text) is 'Events as the public sees them.';
