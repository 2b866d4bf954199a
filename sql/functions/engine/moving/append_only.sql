-- Modules keep logs of their own, which are written once.

create or replace function jalon_engine.tg_history__append_only()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A module's own log goes along with the record that it belongs to, and is never changed otherwise.
    if tg_op = 'DELETE' and pg_trigger_depth() > 1 then
        return old;
    end if;
    perform jalon_engine.fail('JL502', jsonb_build_object('operation', tg_op,
        'table', (select c.relname from pg_catalog.pg_class c
            where c.oid = coalesce(pg_partition_root(tg_relid), tg_relid))));
    return null;
end
$$;
comment on function jalon_engine.tg_history__append_only() is
'Refuses UPDATE, DELETE and TRUNCATE of a module''s own log.';
