set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.proof;
delete from jalon_engine.constraint_text where constraint_name = 'findings_are_a_list';

-- Timelines read a function that the version before doesn't have. That version makes them again.
set local role jalon_historian;
do $$
declare
    v_timeline regclass;
begin
    for v_timeline in
        select c.oid from pg_catalog.pg_class c join jalon_engine.tracked t on c.relname = t.name || '_timeline'
        where c.relnamespace = 'jalon_history'::regnamespace and c.relkind = 'v'
    loop
        execute format('drop view %s', v_timeline);
    end loop;
end
$$;
