set local role jalon_historian;
set local lock_timeout = '5s';
drop index jalon_history.deletion_transaction_idx;
do $$
declare
    v_index regclass;
begin
    for v_index in select i.indexrelid from pg_catalog.pg_index i
        join pg_catalog.pg_class c on c.oid = i.indexrelid
        where c.relnamespace = 'jalon_history'::regnamespace and c.relkind = 'I' and c.relname like '%\_transaction'
    loop
        execute format('drop index %s', v_index);
    end loop;
end
$$;
set local role jalon_owner;
delete from jalon_engine.constraint_text where constraint_name = 'a_correction_is_noted_once';
drop table jalon_engine.generated_view;
drop table jalon_engine.correction;
