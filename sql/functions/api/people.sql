-- GET /people: names for a field in which somebody is named. Only whom the caller meets anyway in what they may see: in
-- the relations of tracked records (author, organizer, assignee, …), in what a table's module knows besides, and
-- themselves.

create or replace function jalon_engine.people_of(p_tracked jalon_engine.tracked, p_codes text[], p_part text)
returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_column text;
begin
    -- A suggestion is not a list: of a long table a part has to do.
    for v_column in select r.value from jsonb_each_text(p_tracked.relations) r loop
        return query
        select r ->> 'name' from jalon_engine.rows_as_mover(format($sql$
            select distinct x.name
            from (select %1$s as name from %2$s t where %3$s = any (($1)[1]::text[]) limit 20000) x
            where strpos(lower(x.name), ($1)[2]) > 0 limit 50$sql$,
            jalon_engine.text_sql(p_tracked, v_column, 't'), jalon_engine.table_of(p_tracked),
            jalon_engine.text_sql(p_tracked, jalon_engine.first_column(p_tracked.name), 't')),
            array[p_codes::text, p_part]) r;
    end loop;
end
$$;
comment on function jalon_engine.people_of(jalon_engine.tracked, text[], text) is
'Who is named by the relations of a table''s records at these codes, as far as a part of the name fits.';

create or replace function jalon_engine.people_of_tables(p_caller jsonb, p_part text)
returns table (id text, name text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function regproc;
begin
    for v_function in select f from jalon_engine.table_functions('people', 'jsonb,text') f loop
        return query execute format('select p.id, p.name from %s($1, $2) p', v_function) using p_caller, p_part;
    end loop;
end
$$;
comment on function jalon_engine.people_of_tables(jsonb, text) is
'Whom the modules name in their tables, as far as the caller may see it.';

create or replace function jalon_api.people(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_part constant text := lower(coalesce(btrim(p_input ->> 'q'), ''));
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
    v_people json;
begin
    select coalesce(json_agg(json_build_object('id', p.id, 'name', p.name) order by p.rank, lower(p.id), p.id), '[]')
    into v_people
    from (
        select n.id, max(n.name) as name, strpos(lower(n.id), v_part) <> 1 as rank
        from (
            select p_caller ->> 'actor', p_caller ->> 'name'
            union all
            select x.name, null
            from jalon_engine.tracked t
            cross join lateral jalon_engine.readable_codes(t, v_roles) c (codes)
            cross join lateral jalon_engine.people_of(t, c.codes, v_part) x (name)
            where t.relations <> '{}' and c.codes <> '{}'
            union all
            select x.id, x.name from jalon_engine.people_of_tables(p_caller, v_part) x
        ) n (id, name)
        where n.id <> '' and strpos(lower(n.id || ' ' || coalesce(n.name, '')), v_part) > 0
        group by n.id
        order by rank, lower(n.id) limit 20) p;
    return jalon_engine.ok(json_build_object('items', v_people));
end
$$;
comment on function jalon_api.people(text, jsonb, jsonb) is
'Up to 20 names to suggest where somebody is to be named, of those whom the caller meets in what they may see: {q}.';
