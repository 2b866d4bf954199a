-- Who delivers what: a relay leases some due deliveries in one short transaction, delivers them outside of any, and
-- reports in another. If it dies, its lease ends and another takes them.
--
-- Endpoints share the deliveries that a relay makes at the same time. One has as many of them under way as it leaves to
-- all others, so that endpoints which don't answer can't take them all; and a few only while it fails.

create or replace function jalon_engine.lease_due(
    p_webhook jalon_engine.webhook, p_from timestamptz, p_now timestamptz, p_most integer, p_lease uuid,
    p_seconds double precision
)
returns table (message_id uuid, created_at timestamptz)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    with due as (
        select d.message_id, d.created_at from jalon_engine.webhook_delivery d
        where d.webhook_id = p_webhook.id and d.due_at <= p_now and d.due_at >= p_from
            and (not p_webhook.is_in_order or not exists (
                select from jalon_engine.webhook_delivery o
                where o.webhook_id = p_webhook.id and o.record_key = d.record_key and o.tracked = d.tracked
                    and o.due_at is not null and o.message_id <> d.message_id
                    and ((o.version, o.message_id) < (d.version, d.message_id)
                        or o.lease is not null and o.due_at > p_now)))
        order by d.due_at
        limit p_most
        for update of d skip locked
    )
    update jalon_engine.webhook_delivery d
    set lease = p_lease, due_at = p_now + make_interval(secs => p_seconds)
    from due
    where d.webhook_id = p_webhook.id and d.message_id = due.message_id and d.created_at = due.created_at
    returning d.message_id, d.created_at
$$;
comment on function jalon_engine.lease_due(
    jalon_engine.webhook, timestamptz, timestamptz, integer, uuid, double precision
) is 'Leases due deliveries of one endpoint; in order, a record''s next one waits for the one before.';

create or replace function jalon.claim_deliveries(lease uuid, seconds double precision, most integer,
    each integer default 64, busy jsonb default '{}', recent interval default null)
returns table (webhook_id uuid, message_id uuid, created_at timestamptz, url text, secrets text[], body text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_now constant timestamptz := clock_timestamp();
    v_from constant timestamptz := coalesce(v_now - claim_deliveries.recent, '-infinity');
    v_failing constant integer := 4;
    v_left integer := claim_deliveries.most;
    v_busy integer;
    v_room integer;
    v_count integer;
    w jalon_engine.webhook;
    h jalon_engine.webhook_health;
begin
    for w in
        select x.* from jalon_engine.webhook x join jalon_engine.webhook_health y on y.webhook_id = x.id
        where not x.is_paused and x.disabled_at is null and coalesce(y.held_until <= v_now, true)
        order by random()
    loop
        v_busy := coalesce((claim_deliveries.busy ->> w.id::text)::integer, 0);
        select least(claim_deliveries.each, case when y.failing_since is not null then v_failing end) - v_busy
        into v_room from jalon_engine.webhook_health y where y.webhook_id = w.id;
        v_room := least(v_room, (v_left - v_busy + 1) / 2);
        continue when v_room <= 0;
        if w.is_in_order or w.rate_limit is not null then
            select x.* into h from jalon_engine.webhook_health x where x.webhook_id = w.id for update skip locked;
            continue when not found;  -- another relay sees to it
            v_room := least(v_room, floor(w.rate_limit * extract(
                epoch from v_now + interval '1 second' - greatest(h.paced_until, v_now)))::integer);
            continue when v_room <= 0;
        end if;
        return query
        select w.id, l.message_id, l.created_at, w.url, s.secrets, jalon_engine.webhook_body(w, m)::text
        from jalon_engine.lease_due(w, v_from, v_now, v_room, claim_deliveries.lease, claim_deliveries.seconds) l
        join jalon_engine.webhook_message m on m.id = l.message_id and m.created_at = l.created_at
        cross join (select array_agg(x.secret order by x.created_at desc) as secrets from jalon_engine.webhook_secret x
                    where x.webhook_id = w.id and coalesce(x.expires_at > v_now, true)) s;
        get diagnostics v_count = row_count;
        v_left := v_left - v_count;
        if w.rate_limit is not null and v_count > 0 then
            update jalon_engine.webhook_health x
            set paced_until = greatest(h.paced_until, v_now) + v_count * interval '1 second' / w.rate_limit
            where x.webhook_id = w.id;
        end if;
    end loop;
end
$$;
comment on function jalon.claim_deliveries(uuid, double precision, integer, integer, jsonb, interval) is
'Leases due deliveries: whose lease, for how many seconds, how many at most, how many for one endpoint less those '
'under way, all that is due or only what became so recently. Gives what to send where, and the secrets '
'to sign it with.';
grant execute on function jalon.claim_deliveries(uuid, double precision, integer, integer, jsonb, interval)
    to jalon_dba, jalon_relay;
