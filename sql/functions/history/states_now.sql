-- Where every record of a tracked table stands now, in one shape for all tables, so that a timeline can read it and
-- still depends on nothing that another set of columns would change.
set local role jalon_historian;

create or replace function jalon_history.states_now(tracked text)
returns table (record_key text, codes text[], case_type text, version integer, entered_at timestamptz)
language plpgsql stable security definer parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
begin
    select x.* into t from jalon_engine.tracked x where x.name = states_now.tracked;
    -- Of a table that is gone nothing stands. Its past can still be read.
    if jalon_engine.table_of(t) is not null then
        return query select s.record_key, s.codes, s.case_type, s.version, s.changed_at
            from jalon_engine.states_as_mover(jalon_engine.states_sql(t)) s;
    end if;
end
$$;
comment on function jalon_history.states_now(text) is
'Every record of a tracked table with its present codes, in the order of its status columns, and since when.';
revoke execute on function jalon_history.states_now(text) from public;
grant execute on function jalon_history.states_now(text) to jalon_bi, jalon_bi_masked, jalon_dba, jalon_owner;
