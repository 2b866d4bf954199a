-- An event as its readers get it: the organizer and the moderators all of it, with what they may do now; the public
-- what concerns the public. Names as the requirement writes them.

create or replace function logic.event_etag(p_event event.events)
returns text
language sql immutable
set search_path = ''
as $$ select logic.etag(p_event.id || ':' || p_event.revision, p_event.status_version) $$;
comment on function logic.event_etag(event.events) is 'ETag of an event: it changes with its content as with its status.';

create or replace function logic.events_json(p_events event.events[], p_caller jsonb, p_roles text[])
returns json
language sql stable security definer
set search_path = ''
as $$
    with explained as (
        select x.id, x.action, x.label, x.column_name, x.to_code, x.icon, x.position, x.blockers <> '[]' as needs_reason
        from jalon.explain('events', array(select e.id::text from unnest(p_events) e), logic.caller_actor(p_caller), p_roles,
            language => p_caller ->> 'language') x
        -- A reason can be given along; what else stands in the way cannot.
        where not exists (select from jsonb_array_elements(x.blockers) b where b.value ->> 'code' <> 'JL301')
    ),
    actions as (
        select a.id, json_agg(json_build_object('action', a.action, 'label', a.label, 'column', a.column_name, 'to', a.to_code,
            'icon', a.icon, 'needs_reason', a.needs_reason) order by a.place, a.position) as list
        from (select distinct on (x.id, x.action) x.*, c.position as place
              from explained x join lifecycle.tracked_column c on c.tracked = 'events' and c.column_name = x.column_name
              order by x.id, x.action, c.position) a
        group by a.id
    )
    select coalesce(json_agg(json_build_object(
        'id', e.id, 'organizer_id', e.organizer_id, 'title', e.title, 'description', e.description, 'starts_at', e.starts_at,
        'ends_at', e.ends_at, 'place', e.place, 'price', e.price, 'capacity', e.capacity,
        'status', e.status, 'moderation_status', e.moderation_status, 'is_published', e.is_published,
        'label', logic.event_label(p_events[u.place], p_caller ->> 'language'), 'color', d.color, 'icon', d.icon,
        'status_label', logic.code_name('EVENT_STATUS', e.status, p_caller ->> 'language'),
        'moderation_status_label', logic.code_name('EVENT_MODERATION', e.moderation_status, p_caller ->> 'language'),
        'admin_notes', e.admin_notes, 'status_changed_at', e.status_changed_at, 'status_changed_by', e.status_changed_by,
        'version', e.status_version, 'revision', e.revision, 'created_at', e.created_at, 'updated_at', e.updated_at,
        'can_edit', logic.event_may('edit_event', r.roles, p_events[u.place]), 'can_delete', logic.event_may('delete_event', r.roles, p_events[u.place]),
        'actions', coalesce(a.list, '[]'), 'etag', logic.event_etag(p_events[u.place])) order by u.place), '[]')
    from generate_subscripts(p_events, 1) u (place)
    cross join lateral (select (p_events[u.place]).*) e
    cross join lateral logic.event_display(e.status, e.moderation_status, e.is_published) d
    cross join lateral (select logic.event_roles(p_events[u.place], logic.caller_actor(p_caller), p_roles) as roles) r
    left join actions a on a.id = e.id::text
$$;
comment on function logic.events_json(event.events[], jsonb, text[]) is 'Events in full, for their organizer and for moderators, with what the caller may do now.';

create or replace function logic.event_answer(p_status integer, p_event event.events, p_caller jsonb, p_headers jsonb default null)
returns lifecycle.answer
language sql stable security definer
set search_path = ''
as $$
    select p_status, logic.events_json(array[p_event], p_caller, logic.caller_roles(p_caller)) -> 0, logic.event_etag(p_event), p_headers
$$;
comment on function logic.event_answer(integer, event.events, jsonb, jsonb) is 'The answer that carries one whole event.';

create or replace function logic.public_events_json(p_events event.events[], p_language text)
returns json
language sql stable security definer
set search_path = ''
as $$
    select coalesce(json_agg(json_build_object(
        'id', e.id, 'title', e.title, 'description', e.description, 'starts_at', e.starts_at, 'ends_at', e.ends_at, 'place', e.place,
        'price', e.price, 'capacity', e.capacity, 'status', e.status, 'label', logic.event_label(p_events[u.place], p_language),
        'color', d.color, 'icon', d.icon, 'etag', logic.event_etag(p_events[u.place])) order by u.place), '[]')
    from generate_subscripts(p_events, 1) u (place)
    cross join lateral (select (p_events[u.place]).*) e
    cross join lateral logic.event_display(e.status, e.moderation_status, e.is_published) d
$$;
comment on function logic.public_events_json(event.events[], text) is 'Events as the public sees them.';
