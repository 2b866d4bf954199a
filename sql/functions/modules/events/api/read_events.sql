-- What is read of events: one's own, the moderators' queue, the public's list. Pages by position, not by number.

create or replace function jalon_api.my_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    e constant jalon_events.events := jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller));
    v jalon_engine.answer := jalon_engine.event_answer(200, e, p_caller);
begin
    if (p_input ->> 'steps')::boolean then
        v.body := v.body::jsonb
            || jsonb_build_object('steps', jalon_engine.event_steps(e, p_caller ->> 'language'));
    end if;
    return v;
end
$$;
comment on function jalon_api.my_event(text, jsonb, jsonb) is
'One event of the caller, with the steps of its life if asked for; for a moderator, any: {steps}.';

create or replace function jalon_engine.events_asked(p_input jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Filters are in the statement only where they are asked for, so that the planner knows what they leave.
    select 'true'
        || case when p_input ? 'organizer_id' then ' and x.organizer_id = $2 ->> ''organizer_id''' else '' end
        || case when p_input ? 'status' then ' and x.status = $2 ->> ''status''' else '' end
        || case when p_input ? 'moderation_status' then ' and x.moderation_status = $2 ->> ''moderation_status'''
            else '' end
        || case when p_input ? 'is_published' then ' and x.is_published = ($2 ->> ''is_published'')::boolean'
            else '' end
$$;
comment on function jalon_engine.events_asked(jsonb) is
'SQL of the filters {status, moderation_status, is_published, organizer_id} on rows x, for the input $2.';

create or replace function jalon_api.my_events(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- The console's list is of all events that the caller reaches; the requirement's endpoint is of their own.
    if (p_input ->> 'everybodys')::boolean and jalon_engine.event_owner(p_caller) is null then
        return jalon_engine.event_page(array[jalon_engine.events_asked(p_input)], '-created_at', '{}', p_input,
            p_caller);
    end if;
    return jalon_engine.event_page(
        array['x.organizer_id = ($1)[1] and ' || jalon_engine.events_asked(p_input - 'organizer_id')],
        '-created_at', array[jalon_engine.caller_actor(p_caller)], p_input, p_caller);
end
$$;
comment on function jalon_api.my_events(text, jsonb, jsonb) is 'The caller''s events, newest first unless sorted '
'otherwise, in pages, counted as far as countTo: {status, moderation_status, is_published, sort, count, fields, after, '
'limit, countTo}; with everybodys, all events to moderators.';

create or replace function jalon_api.event_for_moderation(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('moderate_events', 'events', p_caller => p_caller);
    return jalon_engine.event_answer(200, jalon_engine.get_event(p_key), p_caller);
end
$$;
comment on function jalon_api.event_for_moderation(text, jsonb, jsonb) is 'One event, for moderators.';

create or replace function jalon_api.moderation_queue(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_where text[] := array[jalon_engine.events_asked(p_input)];
begin
    perform jalon_engine.require_permission('moderate_events', 'events', p_caller => p_caller);
    if not p_input ?| array['status', 'moderation_status', 'organizer_id', 'is_published'] then
        -- Without a wish: what waits for somebody, as the outcome of its code says, and is not over; code by code, each
        -- in order from the index.
        v_where := array(select format('x.moderation_status = %L and x.status <> all (($1)::text[])', r.code)
            from jalon_engine.referential r where r.category = 'EVENT_MODERATION' and r.outcome = 'waiting');
    end if;
    return jalon_engine.event_page(v_where, 'status_changed_at', array(select r.code from jalon_engine.referential r
        where r.category = 'EVENT_STATUS' and r.is_final), p_input, p_caller);
end
$$;
comment on function jalon_api.moderation_queue(text, jsonb, jsonb) is
'Events that wait for a moderator, or those asked for, the longest wait first unless sorted otherwise, counted as far '
'as countTo: {status, moderation_status, is_published, organizer_id, sort, count, fields, after, limit, countTo}.';

create or replace function jalon_engine.event_page(
    p_where text[], p_default text, p_values text[], p_input jsonb, p_caller jsonb
)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,title,description,starts_at,ends_at,place,price,capacity,status,label,color,icon,etag,organizer_id,'
        'is_mine,explanation,moderation_status,is_published,status_label,moderation_status_label,admin_notes,'
        'status_changed_at,status_changed_by,version,revision,created_at,updated_at,can_edit,can_delete,can_force,'
        'why_no_edit,why_no_delete,asks_approval,actions,blocked}');
    v_rows jalon_events.events[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    select * into v_rows, v_next, v_previous, v_total
    from jalon_engine.read_list(v_rows, 'jalon_events.events x', p_where,
        '{"created_at": "x.created_at", "status_changed_at": "x.status_changed_at", "title": "lower(x.title)", '
        '"starts_at": "coalesce(x.starts_at, ''infinity'')", "id": "x.id"}', p_default, p_values, p_input);
    return jalon_engine.list_answer(jalon_engine.events_json(v_rows, p_caller, v_roles), v_fields, v_next,
        v_previous, v_total, json_build_object('workflow', jalon_engine.event_life_cycle(p_caller ->> 'language'),
            'can_create', jalon_engine.may('create_event', v_roles, 'events'),
            'sees_all', jalon_engine.event_owner(p_caller) is null));
end
$$;
comment on function jalon_engine.event_page(text[], text, text[], jsonb, jsonb) is
'A page of the events of which one of the conditions is true.';
