set local role jalon_historian;
set local lock_timeout = '5s';
revoke usage on schema jalon_history from jalon_bi_masked;
do $$
declare
    v_function regprocedure;
begin
    for v_function in select distinct p.oid from pg_catalog.pg_proc p cross join lateral aclexplode(p.proacl) a
        where p.proowner = current_user::regrole and a.grantee = 'jalon_bi_masked'::regrole loop
        execute format('revoke execute on function %s from jalon_bi_masked', v_function);
    end loop;
end
$$;
set local role jalon_owner;
-- The role stays: it belongs to the server, and other databases may use it.
revoke usage on schema jalon_recap from jalon_bi_masked;
do $$
declare
    v_function regprocedure;
begin
    for v_function in select distinct p.oid from pg_catalog.pg_proc p cross join lateral aclexplode(p.proacl) a
        where p.proowner = current_user::regrole and a.grantee = 'jalon_bi_masked'::regrole loop
        execute format('revoke execute on function %s from jalon_bi_masked', v_function);
    end loop;
end
$$;
do $$
declare
    v_view regclass;
begin
    for v_view in select c.oid from pg_catalog.pg_class c
        where c.relnamespace = 'jalon_masked'::regnamespace and c.relkind = 'v' loop
        execute format('drop view %s', v_view);
    end loop;
end
$$;
-- Views that the version before doesn't have; it makes what they read again, with fewer columns.
drop view if exists jalon_recap.time_in_status_by_month, jalon_recap.transitions_by_day, jalon_recap.daily_stock,
    jalon_recap.stays, jalon_recap.people;
delete from jalon_engine.constraint_text where constraint_name = 'treatment_is_known';
drop table jalon_engine.masked_column;
drop schema jalon_masked;
