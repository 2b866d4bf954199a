-- For databases in which an application is tested: fixtures load records on any status, and test runners empty tables.
-- The functions that are generated then differ; those of a database for work have no such branch.

create or replace function jalon.test_mode(is_on boolean default true)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
begin
    if test_mode.is_on and not jalon_engine.is_test_mode() then
        for t in select x.* from jalon_engine.tracked x where jalon_engine.table_of(x) is not null order by x.name loop
            execute format('lock table %s in share row exclusive mode', jalon_engine.table_of(t));
            if exists (select from jalon_engine.states_as_mover(jalon_engine.states_sql(t) || ' limit 1')) then
                perform jalon_engine.fail('JL511', jsonb_build_object('table', jalon_engine.table_of(t)::text));
            end if;
        end loop;
        insert into jalon_engine.setting (name, value, description)
        values ('test_mode', 'true', 'A database for tests: records begin on any status, TRUNCATE is allowed.');
    elsif not test_mode.is_on then
        delete from jalon_engine.setting s where s.name = 'test_mode';
    end if;
    perform jalon_history.generate(x) from jalon_engine.tracked_tables() x;
    return jalon_engine.is_test_mode();
end
$$;
comment on function jalon.test_mode(boolean) is
'Makes this a database for tests, as long as no tracked table holds a row: records may begin on any status and tables '
'may be emptied; history marks both as test. jalon.verify() and doctor say so. jalon.test_mode(false) ends it.';
grant execute on function jalon.test_mode(boolean) to jalon_dba;

create or replace function jalon_engine.is_test_mode()
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select exists (select from jalon_engine.setting s where s.name = 'test_mode') $$;
comment on function jalon_engine.is_test_mode() is 'Whether this is a database for tests.';
