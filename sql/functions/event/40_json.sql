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
        select x.id, coalesce(x.action, x.to_code) as action, x.label, x.column_name, x.to_code, x.icon, c.position as place, x.position, b.*
        from jalon.explain('events', array(select e.id::text from unnest(p_events) e), logic.caller_actor(p_caller), p_roles,
            language => p_caller ->> 'language') x
        join lifecycle.tracked_column c on c.tracked = 'events' and c.column_name = x.column_name
        cross join lateral (
            -- A reason can be given along; what else stands in the way cannot.
            select coalesce(bool_or(v.code = 'JL301'), false) as needs_reason, coalesce(bool_or(v.code in ('JL202', 'JL204')), false) as is_for_others,
                coalesce(bool_or(v.code <> 'JL301'), false) as is_blocked,
                array_agg(logic.event_why(v.blocker, p_caller ->> 'language')) filter (where v.code <> 'JL301') as why
            from (select j.value as blocker, j.value ->> 'code' as code from jsonb_array_elements(x.blockers) j) v) b
    ),
    actions as (
        -- An action is all arrows of its name that lead on from here: they go together, and the last column says where to.
        select a.id, coalesce(json_agg(json_build_object('action', a.action, 'label', a.label, 'column', a.column_name, 'to', a.to_code,
                'icon', a.icon, 'needs_reason', a.needs_reason) order by a.place, a.position) filter (where not a.is_blocked), '[]') as list,
            coalesce(json_agg(json_build_object('action', a.action, 'label', a.label, 'column', a.column_name, 'to', a.to_code,
                'icon', a.icon, 'is_for_others', a.is_for_others, 'why', a.why) order by a.place, a.position) filter (where a.is_blocked), '[]') as blocked
        from (select distinct on (x.id, x.action) x.id, x.action, x.label, x.column_name, x.to_code, x.icon, x.place, x.position,
                  bool_or(x.needs_reason) over same as needs_reason, bool_or(x.is_for_others) over same as is_for_others,
                  bool_or(x.is_blocked) over same as is_blocked,
                  array(select distinct w from explained o cross join unnest(o.why) w where o.id = x.id and o.action = x.action) as why
              from explained x
              window same as (partition by x.id, x.action)
              order by x.id, x.action, x.place desc, x.position) a
        group by a.id
    )
    select coalesce(json_agg(json_build_object(
        'id', e.id, 'organizer_id', e.organizer_id, 'title', e.title, 'description', e.description, 'starts_at', e.starts_at,
        'ends_at', e.ends_at, 'place', e.place, 'price', e.price, 'capacity', e.capacity,
        'status', e.status, 'moderation_status', e.moderation_status, 'is_published', e.is_published,
        'label', logic.event_label(p_events[u.place], p_caller ->> 'language'), 'color', d.color, 'icon', d.icon,
        'explanation', logic.say('event.display.' || d.code, '{}', p_caller ->> 'language'),
        'status_label', logic.code_name('EVENT_STATUS', e.status, p_caller ->> 'language'),
        'moderation_status_label', logic.code_name('EVENT_MODERATION', e.moderation_status, p_caller ->> 'language'),
        'admin_notes', e.admin_notes, 'status_changed_at', e.status_changed_at, 'status_changed_by', e.status_changed_by,
        'version', e.status_version, 'revision', e.revision, 'created_at', e.created_at, 'updated_at', e.updated_at,
        'is_mine', e.organizer_id = logic.caller_actor(p_caller),
        'can_edit', w.no_edit is null, 'can_delete', w.no_delete is null, 'can_force', f.can_force, 'why_no_edit', w.no_edit, 'why_no_delete', w.no_delete,
        'asks_approval', logic.event_asks_approval(p_events[u.place], r.roles),
        'actions', coalesce(a.list, '[]'), 'blocked', coalesce(a.blocked, '[]'), 'etag', logic.event_etag(p_events[u.place])) order by u.place), '[]')
    from generate_subscripts(p_events, 1) u (place)
    cross join (select logic.may('moderate_events', p_roles, 'events') and logic.may('force_move', p_roles, 'events') as can_force) f
    cross join lateral (select (p_events[u.place]).*) e
    cross join lateral logic.event_display(e.status, e.moderation_status, e.is_published) d
    cross join lateral (select logic.event_roles(p_events[u.place], logic.caller_actor(p_caller), p_roles) as roles) r
    cross join lateral (select logic.event_why_not('edit_event', r.roles, p_events[u.place], p_caller ->> 'language') as no_edit,
        logic.event_why_not('delete_event', r.roles, p_events[u.place], p_caller ->> 'language') as no_delete) w
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
