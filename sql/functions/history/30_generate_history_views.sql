-- Called by the generator for each tracked table; definer's rights, so that what it makes belongs to jalon_owner
-- whoever tracks the table.

create or replace function jalon_engine.generate_history_views(p_name text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked;
    v_timeline text;
    v_column text;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    v_timeline := format('jalon_history.%I', t.name || '_timeline');
    if jalon_engine.renew('view', v_timeline, jalon_engine.timeline_sql(t), format('Generated for %s: every stay of every record.', t.name)) then
        for v_column in
            select a.attname from pg_catalog.pg_attribute a where a.attrelid = v_timeline::regclass and a.attnum > 0
        loop
            execute format('comment on column %s.%I is %L', v_timeline, v_column, jalon_engine.timeline_comment(t, v_column));
        end loop;
    end if;
    perform jalon_engine.renew('function', format('jalon_history.%I(timestamptz, text)', t.name || '_as_of'), jalon_engine.as_of_sql(t),
        format('Generated for %s: where every record stood at an instant, or one record by its key.', t.name));
    perform jalon_engine.generate_changes_view();
end
$$;
comment on function jalon_engine.generate_history_views(text) is 'Makes or renews the timeline and the as-of function of a tracked table, and its part of the union views.';
