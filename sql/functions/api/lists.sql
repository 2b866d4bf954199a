-- How lists are sorted, counted and narrowed to members: one way for records of any table and for lists of modules.
-- A list names its orders, each with an expression over its rows x; x.id tells rows apart that are equal in it.

create or replace function jalon_engine.order_asked(p_orders jsonb, p_sort text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_expression constant text := p_orders ->> regexp_replace(p_sort, '^-', '');
begin
    if v_expression is null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'sort', 'why', p_sort, 'allowed', (
            select jsonb_agg(d.sign || o.name order by o.name, d.sign)
            from jsonb_object_keys(p_orders) o (name) cross join (values (''), ('-')) d (sign))), 'JL405.choice');
    end if;
    return v_expression;
end
$$;
comment on function jalon_engine.order_asked(jsonb, text) is
'The expression of the order that is asked for (with a minus the last first); JL405 for one that the list lacks.';

create or replace function jalon_engine.order_sql(p_by text, p_key text, p_sort text, p_after jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- The key decides among equals, so that a page goes on exactly where the one before ended.
    select case when p_after is null then ''
            else format(' and (%s, %s) %s (%L, %L)', p_by, p_key, case when p_sort like '-%' then '<' else '>' end,
                p_after ->> 0, p_after ->> 1) end
        || format(' order by %1$s %3$s, %2$s %3$s', p_by, p_key, case when p_sort like '-%' then 'desc' else 'asc' end)
$$;
comment on function jalon_engine.order_sql(text, text, text, jsonb) is
'SQL of where a page begins and of its order, by an expression and by the key.';

create or replace function jalon_engine.list_position(p_cursor text, out p_position jsonb, out p_is_back boolean)
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A cursor of the page before has a third part, which says so.
    p_position := jalon_engine.decoded_cursor(p_cursor);
    p_is_back := p_cursor is not null and jsonb_array_length(p_position) = 3 and p_position -> 2 = 'true';
    p_position := case when p_is_back then p_position - 2 else jalon_engine.cursor_position(p_cursor, 2) end;
end
$$;
comment on function jalon_engine.list_position(text) is
'The position that a cursor of a list names, and whether the page before it is asked for; JL405 for anything else.';

create or replace function jalon_engine.turned(p_sort text, p_is_turned boolean)
returns text
language sql immutable
return case when not p_is_turned then p_sort when p_sort like '-%' then substr(p_sort, 2) else '-' || p_sort end;
comment on function jalon_engine.turned(text, boolean) is 'An order, or the same in the other direction.';

create or replace function jalon_engine.cursor_of_next(
    p_has_more boolean, p_is_back boolean, p_first jsonb, p_last jsonb
)
returns text
language sql immutable
return case when p_is_back then jalon_engine.cursor(p_first) when p_has_more then jalon_engine.cursor(p_last) end;
comment on function jalon_engine.cursor_of_next(boolean, boolean, jsonb, jsonb) is
'The cursor of the next page, of the positions of the first and last row as they were read.';

create or replace function jalon_engine.cursor_of_previous(
    p_has_more boolean, p_is_back boolean, p_is_first boolean, p_first jsonb, p_last jsonb
)
returns text
language sql immutable
return case when p_is_back and p_has_more then jalon_engine.cursor(p_last || 'true')
    when not p_is_back and not p_is_first then jalon_engine.cursor(p_first || 'true') end;
comment on function jalon_engine.cursor_of_previous(boolean, boolean, boolean, jsonb, jsonb) is
'The cursor of the page before, of the positions of the first and last row as they were read.';

create or replace function jalon_engine.fields_asked(p_fields text, p_known text[])
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_fields constant text[] := string_to_array(p_fields, ',');
    v_unknown constant text[] := array(select x from unnest(v_fields) x where x <> all (p_known));
begin
    if v_unknown <> '{}' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'fields',
            'why', array_to_string(v_unknown, ', '), 'allowed', p_known), 'JL405.choice');
    end if;
    return v_fields;
end
$$;
comment on function jalon_engine.fields_asked(text, text[]) is
'The members that items of a list are narrowed to, of those that they have; null for all.';

create or replace function jalon_engine.list_answer(
    p_items json, p_fields text[], p_next text, p_previous text, p_total bigint, p_more json default '{}',
    p_headers jsonb default '{}'
)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok((
        select json_object_agg(m.name, m.value) from (
            select 'items' as name, case when p_fields is null then coalesce(p_items, '[]') else (
                select coalesce(json_agg((
                    select coalesce(json_object_agg(e.key, e.value), '{}') from json_each(i.value) e
                    where e.key = any (p_fields)) order by i.ordinality), '[]')
                from json_array_elements(p_items) with ordinality i) end as value
            union all select 'next', to_json(p_next)
            union all select 'previous', to_json(p_previous)
            union all select 'total', to_json(p_total) where p_total is not null
            union all select e.key, e.value from json_each(p_more) e) m),
        p_headers => jalon_engine.page_headers(p_next, p_headers))
$$;
comment on function jalon_engine.list_answer(json, text[], text, text, bigint, json, jsonb) is
'A page of a list, its items narrowed to the members asked for, with the count if there is one.';

create or replace function jalon_engine.require_position(p_from text, p_by text, p_after jsonb, p_cursor text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    begin
        if not p_after @> '[null]' then
            execute format('select from %s where false and (%s, x.id) > (%L, %L)', p_from, p_by, p_after ->> 0,
                p_after ->> 1);
            return;
        end if;
    exception when data_exception then
        null;
    end;
    perform jalon_engine.fail('JL405', jsonb_build_object('field', 'after', 'why', p_cursor), 'JL405.cursor');
end
$$;
comment on function jalon_engine.require_position(text, text, jsonb, text) is
'Fails with JL405 unless the position of a cursor is one in this order of the rows x.';

create or replace function jalon_engine.read_list(
    inout p_rows anyarray, in p_from text, in p_where text[], in p_orders jsonb, in p_default text,
    in p_values text[], in p_input jsonb, out p_next text, out p_previous text, out p_total bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_asked constant record := jalon_engine.list_position(p_input ->> 'after');
    v_sort constant text := jalon_engine.turned(coalesce(p_input ->> 'sort', p_default), v_asked.p_is_back);
    v_by constant text := jalon_engine.order_asked(p_orders, v_sort);
    v_first jsonb;
    v_last jsonb;
    v_has_more boolean;
begin
    if v_asked.p_position is not null then
        perform jalon_engine.require_position(p_from, v_by, v_asked.p_position, p_input ->> 'after');
    end if;
    execute format('select coalesce(array_agg(r.x order by r.n%4$s) filter (where r.n <= %1$s), $3), '
        'jsonb_agg(jsonb_build_array(r.sort_value, r.id) order by r.n) -> 0, '
        'jsonb_agg(jsonb_build_array(r.sort_value, r.id) order by r.n) -> least(count(*)::integer, %1$s) - 1, '
        'count(*) > %1$s '
        'from (select m.*, row_number() over (order by m.sort_value %2$s, m.id %2$s) as n from (%3$s) m '
        'order by n limit %1$s + 1) r', v_limit, case when v_sort like '-%' then 'desc' else 'asc' end, (
            -- Each condition is read by its own index, in order, and no further than the page.
            select string_agg(format('(select x, %s as sort_value, x.id from %s where (%s)%s limit %s)', v_by, p_from,
                    w, jalon_engine.order_sql(v_by, 'x.id', v_sort, v_asked.p_position), v_limit + 1), ' union all ')
            from unnest(p_where) w), case when v_asked.p_is_back then ' desc' else '' end)
    into p_rows, v_first, v_last, v_has_more using p_values, p_input, p_rows;
    p_next := jalon_engine.cursor_of_next(v_has_more, v_asked.p_is_back, v_first, v_last);
    p_previous := jalon_engine.cursor_of_previous(v_has_more, v_asked.p_is_back,
        v_asked.p_position is null, v_first, v_last);
    if (p_input ->> 'count')::boolean or p_input ? 'countTo' then
        execute format('select count(*) from (select from %s where (%s) limit $3) c', p_from,
            array_to_string(p_where, ') or ('))
        into p_total using p_values, p_input, (p_input ->> 'countTo')::integer;
    end if;
end
$$;
comment on function jalon_engine.read_list(anyarray, text, text[], jsonb, text, text[], jsonb) is
'A page of rows x of which one of the conditions is true (of no row two), of $1 the values and $2 the input; the '
'cursors of the next page and of the one before, and how many rows there are if that is asked for (as far as countTo).';
