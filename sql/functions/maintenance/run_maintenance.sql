-- What has to be done now and then so that nothing stands still: months and days made ahead, old ones dropped, old
-- notifications forgotten. One step a call, so that no lock is held for long; several may call, one at a time works.

create or replace function jalon.run_maintenance()
returns table (what text, name text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_forgotten bigint;
begin
    -- The lock of keep_webhook_days, which does not wait for it: two locks are not let go at once, and whoever came
    -- in between found nothing to do.
    perform from jalon_engine.turn t where t.name = 'maintenance' for update;
    return query select k.what, k.part_name from jalon.keep_webhook_days() k;
    if found then
        return;
    end if;
    return query select 'made', p.part_name from jalon.ensure_partitions() p;
    if found then
        return;
    end if;
    perform jalon_engine.forget_recap_mails();
    v_forgotten := jalon.forget_notifications();
    if v_forgotten > 0 then
        return query select 'forgotten', format('%s notifications', v_forgotten);
    end if;
end
$$;
comment on function jalon.run_maintenance() is
'Takes one step of the housework: a day of deliveries made or dropped, months of history made, or old notifications '
'and e-mails deleted; no row once all is done. The relay calls it at its start and once a day.';
grant execute on function jalon.run_maintenance() to jalon_dba, jalon_relay;
