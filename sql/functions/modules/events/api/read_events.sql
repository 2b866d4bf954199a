-- What is read of events: one's own, the moderators' queue, the public's list. Pages by position, not by number.

create or replace function jalon_api.my_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.event_answer(200, jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller)), p_caller)
$$;
comment on function jalon_api.my_event(text, jsonb, jsonb) is 'One event of the caller; whoever moderates, any.';

create or replace function jalon_engine.events_asked(p_input jsonb, p_by text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- Filters are in the statement only where they are asked for, so that the planner knows what they leave.
    select case when p_by is not null then ' and e.organizer_id = $2' else '' end
        || case when p_input ? 'organizer_id' then ' and e.organizer_id = $1 ->> ''organizer_id''' else '' end
        || case when p_input ? 'status' then ' and e.status = $1 ->> ''status''' else '' end
        || case when p_input ? 'moderation_status' then ' and e.moderation_status = $1 ->> ''moderation_status'''
            else '' end
        || case when p_input ? 'is_published' then ' and e.is_published = ($1 ->> ''is_published'')::boolean'
            else '' end
$$;
comment on function jalon_engine.events_asked(jsonb, text) is
'SQL of the filters {status, moderation_status, is_published, organizer_id} and of whose events, for $1 and $2.';

create or replace function jalon_api.my_events(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := jalon_engine.caller_actor(p_caller);
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_asked constant text := jalon_engine.events_asked(p_input - 'organizer_id', v_actor);
    v_events jalon_events.events[];
    v_total bigint;
begin
    execute 'select array(select e from jalon_events.events e where true' || v_asked
        || case when v_after is null then '' else ' and (e.created_at, e.id) < ($3, $4)' end
        || ' order by e.created_at desc, e.id desc limit $5)'
    into v_events using p_input, v_actor, jalon_engine.moment('after', v_after ->> 0),
        (v_after ->> 1)::uuid, v_limit + 1;
    execute 'select count(*) from (select from jalon_events.events e where true' || v_asked || ' limit $3) c'
    into v_total using p_input, v_actor, (p_input ->> 'countTo')::integer;
    return jalon_engine.event_page(v_events, v_limit, v_total, case when cardinality(v_events) > v_limit then
        jsonb_build_array(v_events[v_limit].created_at, v_events[v_limit].id) end, p_caller);
end
$$;
comment on function jalon_api.my_events(text, jsonb, jsonb) is 'The caller''s events, newest first, in pages, counted '
'as far as countTo: {status, moderation_status, is_published, after, limit, countTo}.';

create or replace function jalon_api.event_for_moderation(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_caller_permission('moderate_events', 'events', p_caller);
    return jalon_engine.event_answer(200, jalon_engine.get_event(p_key), p_caller);
end
$$;
comment on function jalon_api.event_for_moderation(text, jsonb, jsonb) is 'One event, for moderators.';

create or replace function jalon_api.moderation_queue(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_is_asked constant boolean := p_input ?| array['status', 'moderation_status', 'organizer_id', 'is_published'];
    -- Without a wish: what waits for somebody, as the outcome of its code says, and is not over.
    v_waits text[] := array(select r.code from jalon_engine.referential r
        where r.category = 'EVENT_MODERATION' and r.outcome = 'waiting' and not v_is_asked);
    v_over text[] := array(select r.code from jalon_engine.referential r
        where r.category = 'EVENT_STATUS' and r.is_final and not v_is_asked);
    v_asked constant text := jalon_engine.events_asked(p_input, null);
    v_after_sql constant text := case when v_after is null then ''
        else ' and (e.status_changed_at, e.id) > ($3, $4)' end;
    v_sql text;
    v_events jalon_events.events[];
    v_total bigint;
begin
    perform jalon_engine.require_caller_permission('moderate_events', 'events', p_caller);
    if v_is_asked then
        v_sql := 'select e from jalon_events.events e where true' || v_asked || v_after_sql
            || ' order by e.status_changed_at, e.id limit $5';
    else
        -- Code by code, each in order from the index.
        v_sql := 'select f.e from unnest($6) w (code) cross join lateral (select e from jalon_events.events e where '
            'e.moderation_status = w.code and e.status <> all ($7)'
            || v_after_sql
            || ' order by e.status_changed_at, e.id limit $5) f order by (f.e).status_changed_at, (f.e).id limit $5';
    end if;
    execute format('select array(%s)', v_sql) into v_events
    using p_input, null::text, jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid, v_limit + 1,
        v_waits, v_over;
    execute 'select count(*) from (select from jalon_events.events e where true' || v_asked
        || case when v_is_asked then '' else ' and e.moderation_status = any ($3) and e.status <> all ($4)' end
        || ' limit $2) c'
    into v_total using p_input, (p_input ->> 'countTo')::integer, v_waits, v_over;
    return jalon_engine.event_page(v_events, v_limit, v_total, case when cardinality(v_events) > v_limit then
        jsonb_build_array(v_events[v_limit].status_changed_at, v_events[v_limit].id) end, p_caller);
end
$$;
comment on function jalon_api.moderation_queue(text, jsonb, jsonb) is
'Events that wait for a moderator, or those asked for, the longest wait first, counted as far as countTo: {status, '
'moderation_status, is_published, organizer_id, after, limit, countTo}.';

create or replace function jalon_engine.event_page(
    p_events jalon_events.events[], p_limit integer, p_total bigint, p_next jsonb, p_caller jsonb
)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select 200, json_build_object('items', jalon_engine.events_json(p_events[:p_limit], p_caller,
        jalon_engine.caller_roles(p_caller)), 'next', jalon_engine.cursor(p_next), 'total', p_total,
        'workflow', jalon_engine.event_life_cycle(p_caller ->> 'language'),
        'can_create', jalon_engine.may('create_event', jalon_engine.caller_roles(p_caller), 'events')), null::text,
        case when p_next is not null then jsonb_build_object(':next', jalon_engine.cursor(p_next)) end
$$;
comment on function jalon_engine.event_page(jalon_events.events[], integer, bigint, jsonb, jsonb) is
'A page of events.';

create or replace function jalon_engine.require_caller_permission(p_permission text, p_scope text, p_caller jsonb)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.may(p_permission, jalon_engine.caller_roles(p_caller), p_scope) then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', jalon_engine.caller_actor(p_caller),
            'permission', p_permission, 'roles', coalesce(
                (select jsonb_agg(distinct r.role) from jalon_engine.permission_rule r
                    where r.permission = p_permission and r.is_allowed), '[]')));
    end if;
end
$$;
comment on function jalon_engine.require_caller_permission(text, text, jsonb) is
'Fails with JL203 unless the reader carries the permission.';
