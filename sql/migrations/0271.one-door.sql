set local role jalon_owner;
set local lock_timeout = '5s';

-- The web application calls functions of schema jalon_api through jalon_api.run and jalon_api.together alone. Reloading grants and takes nothing back, so
-- that what an earlier version granted is taken back here.
do $$
declare
    v_function regprocedure;
begin
    for v_function in select p.oid from pg_proc p where p.pronamespace = 'jalon_api'::regnamespace and p.proname not in ('run', 'together') loop
        execute format('revoke execute on function %s from jalon_api', v_function);
    end loop;
end
$$;
