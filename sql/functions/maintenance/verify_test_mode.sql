-- jalon.verify, test mode: whether it is on, and what it left.

create or replace function jalon_engine.verify_test_mode()
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.* from jalon_engine.problem(p_tracked => null, p_code => 'test_mode',
        p_params => '{}') p where jalon_engine.is_test_mode()
$$;
comment on function jalon_engine.verify_test_mode() is 'That this is a database for tests.';

create or replace function jalon_engine.verify_test_rows(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if jalon_engine.is_test_mode() then
        return;
    end if;
    return query execute jalon_engine.findings_sql(p_tracked.name, format($sql$
        select 'test_rows' as problem, h.%I::text as key from %s h where h.kind = 'test'
        union all
        select 'test_rows', coalesce(d.record_key, '') from jalon_history.deletion d
        where d.tracked = %L and d.operation = 'TEST'$sql$,
        p_tracked.history_key, jalon_engine.history_of(p_tracked), p_tracked.name));
end
$$;
comment on function jalon_engine.verify_test_rows(jalon_engine.tracked) is
'Records that began or went in test mode, once it is off.';
