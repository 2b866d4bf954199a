-- Days of messages, deliveries and attempts: made ahead, dropped whole when nothing of them waits any more. One
-- partition a call: a transaction that locks one of the tables only waits for the relay,
-- and never the one for the other. It locks the webhooks too, for the sake of foreign keys.

create or replace function jalon.keep_webhook_days(days_ahead integer default 3)
returns table (part_name text, what text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    v_before constant timestamptz := now() - (select (s.value #>> '{}')::interval from jalon_engine.setting s
        where s.name = 'webhook.keep');
    v_parents constant text[] := '{webhook_delivery,webhook_message,webhook_attempt}';
    v_parent text;
    v_day timestamptz;
    v_old record;
    v_holds boolean;
begin
    perform from jalon_engine.turn t where t.name = 'maintenance' for update skip locked;
    if not found then
        return;
    end if;
    foreach v_parent in array v_parents loop
        for v_day in select generate_series(date_trunc('day', now()),
            now() + make_interval(days => keep_webhook_days.days_ahead), interval '1 day') loop
            part_name := format('jalon_engine.%s_y%s', v_parent, to_char(v_day, 'YYYY"m"MM"d"DD'));
            continue when to_regclass(part_name) is not null;
            perform jalon_engine.take_locks(array['jalon_engine.webhook', 'jalon_engine.' || v_parent]);
            execute format('select exists (select from jalon_engine.%I where created_at >= $1 and created_at < $2)',
                v_parent || '_default')
            into v_holds using v_day, v_day + interval '1 day';
            continue when v_holds;
            execute format('create table %s partition of jalon_engine.%I for values from (%L) to (%L)', part_name,
                v_parent, v_day, v_day + interval '1 day');
            execute format('comment on table %s is %L', part_name, format('A day of jalon_engine.%s.', v_parent));
            what := 'made';
            return next;
            return;
        end loop;
        for v_old in
            select m.part_name as name, replace(m.part_name, v_parent, 'webhook_delivery') as deliveries
            from jalon_history.months_of(format('jalon_engine.%I', v_parent)::regclass) m
            where m.upper_bound <= v_before order by m.upper_bound
        loop
            v_holds := to_regclass(v_old.deliveries) is not null;
            if v_parent = 'webhook_delivery' then
                execute format('select exists (select from %s where due_at is not null)', v_old.name) into v_holds;
            end if;
            continue when v_holds;
            perform jalon_engine.take_locks(array['jalon_engine.webhook', 'jalon_engine.' || v_parent]);
            execute format('drop table %s', v_old.name);
            part_name := v_old.name;
            what := 'dropped';
            return next;
            return;
        end loop;
    end loop;
    delete from jalon_engine.webhook_attempt_default a where a.created_at < v_before;
    delete from jalon_engine.webhook_delivery_default d where d.created_at < v_before and d.due_at is null;
    delete from jalon_engine.webhook_message_default m where m.created_at < v_before
        and not exists (select from jalon_engine.webhook_delivery_default d where d.message_id = m.id);
    delete from jalon_engine.webhook_secret s where s.expires_at < now();
end
$$;
comment on function jalon.keep_webhook_days(integer) is
'Makes the next missing day of deliveries, or drops a finished one that is older than the setting webhook.keep; no row '
'once there is nothing left to do. Part of jalon.run_maintenance.';
grant execute on function jalon.keep_webhook_days(integer) to jalon_dba, jalon_relay;
