-- History is written once. Privileges come first (jalon_owner owns it and nobody logs in as jalon_owner); this
-- trigger stops the owner too. It lets pass what a tracked table's own trigger deletes, what jalon.erase does, and
-- the completion of reason and meta in the very transaction that wrote the row.

create or replace function jalon_engine.tg_history__append_only()
returns trigger
language plpgsql volatile
set search_path = ''
as $$
begin
    if tg_op <> 'TRUNCATE' and jalon_engine.is_erasing() then
        return case tg_op when 'DELETE' then old else new end;
    end if;
    if tg_op = 'DELETE' and pg_trigger_depth() > 1 then
        return old;
    end if;
    if tg_op = 'UPDATE' and old.transaction_id = pg_current_xact_id_if_assigned()
       and to_jsonb(old) - array['reason', 'meta_data'] = to_jsonb(new) - array['reason', 'meta_data'] then
        return new;
    end if;
    perform jalon_engine.fail('JL502', jsonb_build_object('operation', tg_op,
        'table', (select c.relname from pg_catalog.pg_class c where c.oid = coalesce(pg_partition_root(tg_relid), tg_relid))));
    return null;
end
$$;
comment on function jalon_engine.tg_history__append_only() is 'Refuses UPDATE, DELETE and TRUNCATE of history.';
