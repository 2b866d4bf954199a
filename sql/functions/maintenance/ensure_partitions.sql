-- What the relay (or pg_cron, or a DBA) calls now and then.

create or replace function jalon.ensure_partitions(months_ahead integer default 3)
returns table (tracked text, part_name text, moved bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
#variable_conflict use_column
declare
    t jalon_engine.tracked;
    v_month timestamp;
begin
    for t in select x.* from jalon_engine.tracked x order by x.name loop
        return query select t.name, e.part_name, e.moved
            from jalon_history.ensure_months(t.name, now(),
                now() + make_interval(months => ensure_partitions.months_ahead)) e;
        for v_month in select m from jalon_history.stray_months(t.name) m loop
            return query select t.name, e.part_name, e.moved
                from jalon_history.ensure_months(t.name, v_month at time zone 'UTC', v_month at time zone 'UTC') e;
        end loop;
    end loop;
end
$$;
comment on function jalon.ensure_partitions(integer) is 'Makes the months of every history from this one on, and those '
'that rows in a default partition wait for; returns what it made and how many rows moved. Nothing to do is no rows.';
revoke execute on function jalon.ensure_partitions(integer) from public;
grant execute on function jalon.ensure_partitions(integer) to jalon_dba, jalon_relay;

create or replace function jalon.retain(tracked text, keep interval)
returns setof text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(retain.tracked);
    v_month record;
begin
    if retain.keep is null or retain.keep <= interval '0' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'keep', 'keep', retain.keep), 'keeping.keep');
    end if;
    for v_month in
        select m.part_name, m.upper_bound
        from jalon_history.detach_months(t.name, date_trunc('month', now() - retain.keep)) m
    loop
        insert into jalon_engine.setting (name, value, description)
        values ('history_begins.' || t.name, to_jsonb(v_month.upper_bound),
            'Older months of this history were detached by jalon.retain.')
        on conflict on constraint setting_pk do update set value = excluded.value;
        -- What pages show of recaps was counted with that month.
        delete from jalon_engine.recap_cache k where k.tracked = t.name or k.tracked is null;
        -- A month that a file holds as it is goes; another one stays as a table.
        perform jalon_history.drop_archived_month(t.name, v_month.part_name, v_month.upper_bound);
        return next v_month.part_name;
    end loop;
end
$$;
comment on function jalon.retain(text, interval) is 'Detaches the whole months of a history that are older than what '
'is to be kept, and returns their names. Those that `jalon archive` wrote to a file are dropped, the others stay as '
'tables.';
revoke execute on function jalon.retain(text, interval) from public;
grant execute on function jalon.retain(text, interval) to jalon_dba;
