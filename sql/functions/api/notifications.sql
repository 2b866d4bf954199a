-- One's notifications: pages, read marks.

create or replace function jalon_api.notifications(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := jalon_engine.caller_actor(p_caller);
    v_permissions constant text[] := jalon_engine.notification_permissions(jalon_engine.caller_roles(p_caller));
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_before uuid := (jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::uuid;
    v_unread boolean := coalesce((p_input ->> 'unread')::boolean, false);
    v_to integer := (p_input ->> 'countTo')::integer;
    v_rows jalon_engine.notification[];
    v_items json;
    v_next text;
begin
    -- Each half comes in order from its index.
    v_rows := array(
        select m::jalon_engine.notification from (
            (select n as m from jalon_engine.notification n
             where n.recipient = v_actor and (v_before is null or n.id < v_before)
                 and coalesce(n.type = p_input ->> 'type', true)
               and not (v_unread and n.resolved_at is not null)
               and not (v_unread and exists (select from jalon_engine.notification_read r
                   where r.notification_id = n.id and r.reader = v_actor))
             order by n.id desc limit v_limit + 1)
            union all
            (select n from jalon_engine.notification n
             where n.recipient_permission = any (v_permissions) and n.acted_by <> v_actor
               and (v_before is null or n.id < v_before) and coalesce(n.type = p_input ->> 'type', true)
               and not (v_unread and n.resolved_at is not null)
               and not (v_unread and exists (select from jalon_engine.notification_read r
                   where r.notification_id = n.id and r.reader = v_actor))
             order by n.id desc limit v_limit + 1)) u
        order by (m).id desc limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit, jsonb_build_array(v_rows[v_limit].id));
    select coalesce(json_agg(jalon_engine.notification_json(n, r.read_at, p_caller ->> 'language') order by n.id desc),
        '[]') into v_items
    from unnest(v_rows[:v_limit]) n
    left join jalon_engine.notification_read r on r.notification_id = n.id and r.reader = v_actor;
    return jalon_engine.ok(json_build_object('items', v_items, 'next', v_next,
            'total', jalon_engine.count_notifications(v_actor, v_permissions, v_unread, p_input ->> 'type', v_to),
            'unread_count', jalon_engine.count_notifications(v_actor, v_permissions, true, null, v_to),
            'last_event_id', (select c.last_position::text from jalon_engine.notification_clock c)),
        p_headers => jalon_engine.page_headers(v_next));
end
$$;
comment on function jalon_api.notifications(text, jsonb, jsonb) is 'The caller''s notifications, newest first, with '
'totals, counted as far as countTo: {unread, type, after, limit, countTo}.';

create or replace function jalon_api.read_notification(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := jalon_engine.caller_actor(p_caller);
    v jalon_engine.notification;
    v_read_at timestamptz;
begin
    if jalon_engine.is_key('uuid', p_key) then
        select n.* into v from jalon_engine.notification n
        where n.id = p_key::uuid and jalon_engine.is_for(n, v_actor,
            jalon_engine.notification_permissions(jalon_engine.caller_roles(p_caller)));
    end if;
    if v.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'notifications', 'id', p_key));
    end if;
    insert into jalon_engine.notification_read (notification_id, reader) values (v.id, v_actor)
    on conflict on constraint notification_read_pk do nothing;
    select r.read_at into v_read_at from jalon_engine.notification_read r
    where r.notification_id = v.id and r.reader = v_actor;
    return jalon_engine.ok(jalon_engine.notification_json(v, v_read_at, p_caller ->> 'language'));
end
$$;
comment on function jalon_api.read_notification(text, jsonb, jsonb) is
'Marks a notification of the caller as read; again changes nothing.';

create or replace function jalon_api.read_all_notifications(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := jalon_engine.caller_actor(p_caller);
    v_permissions constant text[] := jalon_engine.notification_permissions(jalon_engine.caller_roles(p_caller));
    v_count bigint;
begin
    insert into jalon_engine.notification_read (notification_id, reader)
    select n.id, v_actor from jalon_engine.notification n where n.recipient = v_actor
    union all
    select n.id, v_actor from jalon_engine.notification n
    where n.recipient_permission = any (v_permissions) and n.acted_by <> v_actor
    on conflict on constraint notification_read_pk do nothing;
    get diagnostics v_count = row_count;
    return jalon_engine.ok(json_build_object('read', v_count,
        'unread_count', jalon_engine.count_notifications(v_actor, v_permissions, true)));
end
$$;
comment on function jalon_api.read_all_notifications(text, jsonb, jsonb) is
'Marks all notifications of the caller as read; says how many were not.';
