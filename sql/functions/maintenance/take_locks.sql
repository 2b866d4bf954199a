-- Locks of several tables for maintenance, without a deadlock: all of them within less time than PostgreSQL waits
-- before it looks for one, or none. Whoever holds one table and waits for another goes on meanwhile.

create or replace function jalon_engine.take_locks(p_tables text[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
set lock_timeout = '100ms'
as $$
declare
    v_statement constant text := (select string_agg(format('lock table %s in access exclusive mode', t.name), '; ')
        from unnest(p_tables) t (name));
begin
    for v_attempt in 1..20 loop
        begin
            execute v_statement;
            return;
        exception when lock_not_available then
            perform pg_sleep(0.05 * random());
        end;
    end loop;
    execute v_statement;
end
$$;
comment on function jalon_engine.take_locks(text[]) is
'Locks these tables against everybody, or fails with 55P03 after some seconds.';
