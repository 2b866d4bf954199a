-- What people call a record. A module says it of its own table, by a function jalon_engine.<table>_title(jsonb) that is
-- found by its name; any other table by the column that names its records; else it is the key.

create or replace function jalon_engine.record_title(p_tracked jalon_engine.tracked, p_row jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regprocedure := to_regprocedure(format('jalon_engine.%I(jsonb)', p_tracked.name || '_title'));
    v_title text;
begin
    if v_function is not null then
        execute format('select %s($1)', v_function::oid::regproc) into v_title using p_row;
    else
        v_title := p_row ->> jalon_engine.naming_column(p_tracked);
    end if;
    return coalesce(nullif(btrim(v_title), ''), p_row ->> p_tracked.key_column);
end
$$;
comment on function jalon_engine.record_title(jalon_engine.tracked, jsonb) is
'What people call a record: what its module or the column that names it says, else its key.';
