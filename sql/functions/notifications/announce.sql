-- From commit to ear. A notification gets its position after it was committed, one by one and in order, so that a
-- reader who has seen up to n has missed nothing below n (the order of commits is not an order of ids). Then one NOTIFY
-- wakes the listeners. Called at each tick by every server and relay; one of them works.
--
-- A standby that takes over, or a backup that goes back in time, may lack what was numbered last. Given again, such a
-- position would hide its notification from readers who have gone further. So the second life of the server begins at
-- 1,000,000,000,000, the third at twice that.

create or replace function jalon.announce()
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_last bigint;
    v_count bigint;
begin
    if not exists (select from jalon_engine.notification n where n.position is null) then
        return 0;
    end if;
    select c.last_position into v_last from jalon_engine.notification_clock c for update skip locked;
    if not found then
        return 0;
    end if;
    v_last := greatest(v_last, (jalon_engine.server_timeline() - 1) * 1000000000000);
    with fresh as (
        select f.id, v_last + row_number() over (order by f.id) as position
        from (select n.id from jalon_engine.notification n where n.position is null order by n.id limit 10000) f
    )
    update jalon_engine.notification n set position = f.position from fresh f where n.id = f.id;
    get diagnostics v_count = row_count;
    update jalon_engine.notification_clock c set last_position = v_last + v_count;
    perform pg_notify('jalon_notification', (v_last + v_count)::text);
    return v_count;
end
$$;
comment on function jalon.announce() is
'Numbers the notifications committed since the last tick and wakes the listeners, once; says how many there were.';
grant execute on function jalon.announce() to jalon_dba, jalon_relay;

create or replace function jalon.forget_notifications(older_than interval default '1 year')
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count bigint;
begin
    delete from jalon_engine.notification n where n.created_at < now() - forget_notifications.older_than;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
comment on function jalon.forget_notifications(interval) is 'Deletes old notifications, read or not; says how many.';
grant execute on function jalon.forget_notifications(interval) to jalon_dba, jalon_relay;
