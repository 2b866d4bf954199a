-- Facts about a tracked table that only its catalogue and its history know.

create or replace function jalon_engine.last_change(p_name text)
returns timestamptz
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_part record;
    v_last timestamptz;
begin
    -- From the newest month back: the first that holds a row has the answer.
    for v_part in
        select m.part_name from jalon_engine.tracked t
        cross join lateral jalon_history.months_of(to_regclass(format('%I.%I', t.history_schema, t.history_name))) m
        where t.name = p_name order by m.is_default desc, m.upper_bound desc
    loop
        execute format('select greatest($1, max(h.changed_at)) from %s h', v_part.part_name) into v_last using v_last;
        exit when v_last is not null and v_last < now() + interval '1 month';
    end loop;
    return v_last;
end
$$;
comment on function jalon_engine.last_change(text) is 'When a tracked table last changed.';
revoke execute on function jalon_engine.last_change(text) from public;
grant execute on function jalon_engine.last_change(text) to jalon_dba;

create or replace function jalon_engine.are_triggers_enabled(p_name text)
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select count(g.oid) = count(*) from jalon_engine.tracked t
    cross join lateral jalon_engine.wanted_triggers(t) w
    left join pg_catalog.pg_trigger g on g.tgrelid = w.on_table and g.tgname = w.trigger_name
        and g.tgenabled in ('O', 'A')
    where t.name = p_name and true
$$;
comment on function jalon_engine.are_triggers_enabled(text) is
'Whether the triggers of a tracked table stand there, enabled.';
revoke execute on function jalon_engine.are_triggers_enabled(text) from public;
grant execute on function jalon_engine.are_triggers_enabled(text) to jalon_dba;
