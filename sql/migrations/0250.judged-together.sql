-- Changes are judged by a row trigger now, whose condition is the row itself: no note of what a statement names is taken any more.
do $$
declare
    v_trigger text;
begin
    for v_trigger in select format('drop trigger %I on %s', g.tgname, g.tgrelid::regclass) from pg_catalog.pg_trigger g where g.tgname = '~jalon_105_named' loop
        execute v_trigger;
    end loop;
    for v_trigger in select format('drop function %s', p.oid::regprocedure) from pg_catalog.pg_proc p
        where p.pronamespace = 'jalon_generated'::regnamespace and p.proname like '%\_\_named' loop
        execute v_trigger;
    end loop;
    if exists (select from pg_catalog.pg_event_trigger e where e.evtname = 'jalon_keep_writers') then
        drop event trigger jalon_keep_writers;
    end if;
end
$$;

set local role jalon_owner;
set local lock_timeout = '5s';

create sequence jalon_engine.judged_together as bigint minvalue 0;
comment on sequence jalon_engine.judged_together is
'What a session''s last statement of many rows was: nobody but Jalon may set it, so nobody can say that rows were judged that were not.';
