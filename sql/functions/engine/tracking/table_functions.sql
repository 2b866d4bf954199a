-- What a module knows of its own table besides what the engine knows of every table. A module that has something to add
-- makes a function jalon_engine.<table>_<part>; the engine finds it by its name, and does without where there is none.
-- The parts: people(caller jsonb, part text) returns table (id text, name text), who is named in the table's records;
-- audiences() returns setof text, the permissions to which notifications may be addressed.

create or replace function jalon_engine.table_functions(p_part text, p_arguments text)
returns setof regproc
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select f.found::oid::regproc
    from (select t.name,
            to_regprocedure(format('jalon_engine.%I(%s)', t.name || '_' || p_part, p_arguments)) as found
        from jalon_engine.tracked t) f
    where f.found is not null order by f.name
$$;
comment on function jalon_engine.table_functions(text, text) is
'The functions that modules made for one part of their tables.';
