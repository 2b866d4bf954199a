-- The gauges of /metrics. Cheap: it may be asked every second.

create or replace function jalon_engine.count_default_rows()
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_part text;
    v_count bigint;
    v_total bigint := 0;
begin
    for v_part in
        select m.part_name
        from (select to_regclass(jalon_engine.history_of(t)) as parent from jalon_engine.tracked t
            union all select unnest(array['jalon_engine.webhook_message', 'jalon_engine.webhook_delivery',
                'jalon_engine.webhook_attempt']::regclass[])) p
        cross join lateral jalon_history.months_of(p.parent) m where m.is_default
    loop
        execute format('select count(*) from (select from %s limit 10000) r', v_part) into v_count;
        v_total := v_total + v_count;
    end loop;
    return v_total;
end
$$;
comment on function jalon_engine.count_default_rows() is
'Rows of histories and logs that lie in no month and no day; of each up to 10,000.';

create or replace function jalon_api.health(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Counting stops at 10,000: beyond that the number says nothing more, and the count would cost.
    select jalon_engine.ok(json_build_object(
        'tracked_tables', (select count(*) from jalon_engine.tracked),
        'events_waiting', (select count(*) from (select from jalon_engine.outbox_message limit 10000) e),
        'relay_age_seconds', coalesce((select extract(epoch from now() - min(e.occurred_at))
            from (select v.occurred_at from jalon_engine.outbox_message v limit 10000) e), 0),
        'webhooks', (select count(*) from jalon_engine.webhook),
        'webhooks_paused', (select count(*) from jalon_engine.webhook w where w.is_paused),
        'webhooks_disabled', (select count(*) from jalon_engine.webhook w where w.disabled_at is not null),
        'webhooks_failing', (select count(*) from jalon_engine.webhook_health h where h.failing_since is not null),
        'rows_in_default_partitions', jalon_engine.count_default_rows(),
        'deliveries_waiting', (select count(*)
            from (select from jalon_engine.webhook_delivery d where d.due_at is not null limit 10000) d)
    ))
$$;
comment on function jalon_api.health(text, jsonb, jsonb) is 'What /metrics shows of the database.';
