-- Sending again: what is dead, one delivery, or all since an instant. The identifier stays, so that a receiver who has
-- it already knows.

create or replace function jalon_engine.send_again(
    p_webhook jalon_engine.webhook, p_since timestamptz, p_only_dead boolean, p_message uuid default null
)
returns bigint
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    v_again bigint;
    v_new bigint := 0;
begin
    update jalon_engine.webhook_delivery d
    set due_at = v_now, attempts = 0, delivered_at = null
    from jalon_engine.webhook_message m
    where m.id = d.message_id and m.created_at = d.created_at and d.webhook_id = p_webhook.id and d.lease is null
      and (p_message is null or d.message_id = p_message)
      and (p_since is null or m.occurred_at >= p_since)
      and not (p_only_dead and (d.due_at is not null or d.delivered_at is not null));
    get diagnostics v_again = row_count;
    if p_message is null and not p_only_dead then
        -- What came while it was disabled, or before it asked for it, as far as it was kept for somebody.
        insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key,
            version, due_at)
        select p_webhook.id, m.id, m.created_at, m.tracked, m.record_key, m.version, v_now
        from jalon_engine.webhook_message m
        where (p_since is null or m.occurred_at >= p_since)
            and jalon_engine.webhook_wants(p_webhook, m.type, m.tracked, m.data)
        on conflict do nothing;
        get diagnostics v_new = row_count;
    end if;
    return v_again + v_new;
end
$$;
comment on function jalon_engine.send_again(jalon_engine.webhook, timestamptz, boolean, uuid) is
'Makes deliveries of an endpoint due again, but for those under way; says how many.';

create or replace function jalon.requeue_dead(webhook_id uuid default null, since timestamptz default null)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count bigint;
begin
    perform jalon_engine.require_permission('manage_webhooks');
    select coalesce(sum(jalon_engine.send_again(p_webhook => w, p_since => requeue_dead.since,
        p_only_dead => true)), 0) into v_count
    from jalon_engine.webhook w where coalesce(w.id = requeue_dead.webhook_id, true);
    return v_count;
end
$$;
comment on function jalon.requeue_dead(uuid, timestamptz) is
'Tries dead deliveries again, of one endpoint or of all; says how many.';
grant execute on function jalon.requeue_dead(uuid, timestamptz) to jalon_dba;
