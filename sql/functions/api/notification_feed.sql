-- What the streams read: one reader's notifications beyond a position, and, for the process that wakes them, only the
-- addresses of new ones.

create or replace function jalon_api.notification_feed(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor constant text := jalon_engine.caller_actor(p_caller);
    v_permissions constant text[] := jalon_engine.notification_permissions(jalon_engine.caller_roles(p_caller));
    v_limit constant integer := coalesce((p_input ->> 'limit')::integer, 100);
    v_last bigint := (select c.last_position from jalon_engine.notification_clock c);
    v_after bigint := (p_input ->> 'after')::bigint;
    v_rows jalon_engine.notification[] := '{}';
    v_items json;
begin
    if v_after <= v_last then
        -- Each half comes in order from its index, however far back it begins.
        v_rows := array(
            select m::jalon_engine.notification from (
                (select n as m from jalon_engine.notification n
                 where n.recipient = v_actor and n.position > v_after and n.position <= v_last
                 order by n.position limit v_limit)
                union all
                (select n from jalon_engine.notification n
                 where n.recipient_permission = any (v_permissions) and n.acted_by <> v_actor and n.position > v_after
                     and n.position <= v_last
                 order by n.position limit v_limit)) u
            order by (m).position limit v_limit);
    end if;
    select coalesce(json_agg(json_build_object('position', n.position,
        'notification', jalon_engine.notification_json(n, r.read_at, p_caller ->> 'language'))
        order by n.position), '[]') into v_items
    from unnest(v_rows) n
    left join jalon_engine.notification_read r on r.notification_id = n.id and r.reader = v_actor;
    -- A position beyond the last comes from another life of this database: the reader begins again.
    return jalon_engine.ok(json_build_object('items', v_items, 'permissions', to_json(v_permissions),
        'is_reset', v_after is null or v_after > v_last,
        'position', case when cardinality(v_rows) = v_limit then v_rows[v_limit].position else v_last end,
        'unread_count', case when v_after is null
                or v_after > v_last then jalon_engine.count_notifications(v_actor, v_permissions, true) end));
end
$$;
comment on function jalon_api.notification_feed(text, jsonb, jsonb) is 'The caller''s notifications beyond a position, '
'in order, and the position reached: {after, limit}. Without after: where things stand.';

create or replace function jalon_api.notification_addresses(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('position', c.last_position,
        'recipients', (select coalesce(json_agg(distinct n.recipient), '[]') from jalon_engine.notification n
            where n.position > (p_input ->> 'after')::bigint and n.position <= c.last_position
                and n.recipient is not null),
        'permissions', (select coalesce(json_agg(distinct n.recipient_permission), '[]')
            from jalon_engine.notification n
            where n.position > (p_input ->> 'after')::bigint and n.position <= c.last_position
                and n.recipient_permission is not null)))
    from jalon_engine.notification_clock c
$$;
comment on function jalon_api.notification_addresses(text, jsonb, jsonb) is 'Whom the notifications beyond a position '
'are for, and the position reached: {after}. For the process that wakes streams.';

create or replace function jalon_api.announce(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.ok(json_build_object('announced', jalon.announce())) $$;
comment on function jalon_api.announce(text, jsonb, jsonb) is 'jalon.announce for the ticker in the web application.';
