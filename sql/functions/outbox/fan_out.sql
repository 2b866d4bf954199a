-- From the queue of events to deliveries, in one short transaction. An event is taken because it is there, never
-- because its id is beyond some last one: what a long transaction commits late is taken late, and is not overlooked.

create or replace function jalon_engine.event_data(p_event jalon_engine.outbox_message)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- A change comes as its trigger could write it soonest: without what the event's own columns say, and with nulls.
    select case when p_event.data ? 'changes'
        then jsonb_strip_nulls(p_event.data) || jsonb_build_object('table', p_event.tracked, 'version', p_event.version)
        else p_event.data end
$$;
comment on function jalon_engine.event_data(jalon_engine.outbox_message) is 'What an event carries, complete.';

create or replace function jalon.fan_out(batch integer default 500, recent interval default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    -- Identifiers begin with their milliseconds: below this one lies what is older than recent.
    v_from constant uuid := coalesce(rpad(lpad(to_hex((extract(epoch from v_now - fan_out.recent) * 1000)::bigint), 12,
        '0'), 32, '0'), repeat('0', 32))::uuid;
    v_count bigint;
begin
    -- Not exists(): that would forget the order, and read rows that are gone instead of the index.
    if (select e.id from jalon_engine.outbox_message e where e.id >= v_from order by e.id limit 1) is null then
        return 0;
    end if;
    -- One at a time: what has the later version of a record has the earlier ones too.
    perform from jalon_engine.turn t where t.name = 'fan_out' for update skip locked;
    if not found then
        return 0;
    end if;
    with first as (
        select e.ctid, e.record_key, e.tracked, e.version from jalon_engine.outbox_message e where e.id >= v_from
        order by e.id limit fan_out.batch
    ),
    chosen as (
        select f.ctid from first f
        union
        select e.ctid from first f
        cross join lateral (
            select x.ctid from jalon_engine.outbox_message x
            where x.record_key = f.record_key and x.tracked = f.tracked and x.version < f.version offset 0
        ) e
    ),
    taken as (
        delete from jalon_engine.outbox_message e where e.ctid = any (array(select c.ctid from chosen c))
        returning e.id, e.type, e.tracked, e.record_key, e.version, e.occurred_at, e.traceparent,
            jalon_engine.event_data(e) as data
    ),
    wanted as (
        select t.*, w.id as webhook_id, w.disabled_at is null as is_enabled
        from taken t join jalon_engine.webhook w on jalon_engine.webhook_wants(w, t.type, t.tracked, t.data)
    ),
    kept as (
        insert into jalon_engine.webhook_message (id, created_at, type, tracked, record_key, version, occurred_at,
            data, traceparent)
        select distinct on (w.id) w.id, v_now, w.type, w.tracked, w.record_key, w.version, w.occurred_at,
            w.data, w.traceparent from wanted w
    ),
    delivered as (
        insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key,
            version, due_at)
        select w.webhook_id, w.id, v_now, w.tracked, w.record_key, w.version, v_now from wanted w where w.is_enabled
    )
    select count(*) into v_count from taken;
    return v_count;
end
$$;
comment on function jalon.fan_out(integer, interval) is 'Turns waiting events into messages and one delivery for each '
'endpoint that wants them, all of them or only the recent ones; says how many events there were.';
grant execute on function jalon.fan_out(integer, interval) to jalon_dba, jalon_relay;

create or replace function jalon_engine.webhook_body(
    p_webhook jalon_engine.webhook, p_message jalon_engine.webhook_message
)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_data jsonb := p_message.data;
    v_path text;
begin
    if p_webhook.is_thin then
        select jsonb_object_agg(e.key, e.value) into v_data from jsonb_each(v_data) e
        where e.key in ('table', 'key', 'version');
    elsif v_data ? 'changes' then
        v_data := v_data || jsonb_build_object('changes', coalesce((select jsonb_object_agg(e.key, e.value)
            from jsonb_each(v_data -> 'changes') e
            where e.value -> 'from' is distinct from e.value -> 'to'), '{}'));
    end if;
    foreach v_path in array p_webhook.omitted loop
        v_data := v_data #- string_to_array(v_path, '.');
    end loop;
    return json_build_object('type', p_message.type,
        'timestamp', to_char(p_message.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        'data', coalesce(v_data, '{}'));
end
$$;
comment on function jalon_engine.webhook_body(jalon_engine.webhook, jalon_engine.webhook_message) is
'The body of a delivery, in the shape that its endpoint asks for.';
