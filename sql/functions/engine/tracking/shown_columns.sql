-- What people read of a tracked row besides its status: a title, a subtitle, some columns. The registration names them;
-- where it doesn't, the table suggests them.

create or replace function jalon_engine.columns_to_show(p_tracked jalon_engine.tracked)
returns table (name text, kind text, place integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Of a table that names none: what fits a cell, and nothing that is called like a secret.
    select a.attname::text, case when a.atttypid = 'date'::regtype then 'day'
            else case y.typcategory when 'N' then 'number' when 'B' then 'boolean' when 'D' then 'moment'
                else 'text' end end,
        row_number() over (order by array_position(p_tracked.shown_columns, a.attname::text), a.attnum)::integer
    from pg_catalog.pg_attribute a join pg_catalog.pg_type y on y.oid = a.atttypid
    where a.attrelid = jalon_engine.table_of(p_tracked) and a.attnum > 0 and not a.attisdropped
        and case when p_tracked.shown_columns is not null then a.attname = any (p_tracked.shown_columns)
            else (y.typcategory in ('N', 'S', 'B', 'D', 'E') or a.atttypid = 'uuid'::regtype)
                and a.attname !~* 'password|secret|token|hash|salt'
                and a.attname <> all (array['status_version', 'status_changed_at', p_tracked.key_column])
                and a.attname is distinct from p_tracked.workflow_column
                and a.attname <> all (array(select c.column_name from jalon_engine.tracked_column c
                    where c.tracked = p_tracked.name)) end
$$;
comment on function jalon_engine.columns_to_show(jalon_engine.tracked) is
'The columns that are shown with a record of a tracked table, in order: text, number, boolean, moment or day.';

create or replace function jalon_engine.naming_column(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(p_tracked.title_column, case when p_tracked.shown_columns is null then (
        select c.name from jalon_engine.columns_to_show(p_tracked) c
        where c.kind = 'text' and c.name in ('title', 'name', 'label', 'reference', 'subject', 'number', 'code')
            and c.name not in (select r.value from jsonb_each_text(p_tracked.relations) r)
        order by array_position('{title,name,label,reference,subject,number,code}', c.name) limit 1) end)
$$;
comment on function jalon_engine.naming_column(jalon_engine.tracked) is
'The column that names a record for people: the one that was declared, or that the table suggests; null without one.';

create or replace function jalon_engine.shown_of(p_tracked jalon_engine.tracked)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with shown as (select c.* from jalon_engine.columns_to_show(p_tracked) c),
    title as (select jalon_engine.naming_column(p_tracked) as name)
    select jsonb_build_object('title', t.name, 'titleIsSortable', jalon_engine.is_ordered(p_tracked, t.name),
        'subtitle', p_tracked.subtitle_column, 'columns', coalesce((
        select jsonb_agg(jsonb_build_object('name', c.name, 'kind', c.kind, 'isSortable', jalon_engine.is_ordered(
            p_tracked, c.name)) order by c.place)
        from shown c where c.name is distinct from t.name and c.name is distinct from p_tracked.subtitle_column), '[]'))
    from title t
$$;
comment on function jalon_engine.shown_of(jalon_engine.tracked) is
'What people read of a record of a tracked table: {title, titleIsSortable, subtitle, columns: [{name, kind, '
'isSortable}]}.';

create or replace function jalon_engine.is_ordered(p_tracked jalon_engine.tracked, p_column text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from pg_catalog.pg_index i
        join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
        join pg_catalog.pg_class k on k.oid = i.indexrelid
        join pg_catalog.pg_am m on m.oid = k.relam and m.amname = 'btree'
        where i.indrelid = jalon_engine.table_of(p_tracked) and a.attname = p_column and a.attnotnull
            and i.indisvalid and i.indpred is null)
$$;
comment on function jalon_engine.is_ordered(jalon_engine.tracked, text) is
'Whether an index gives the rows of a tracked table in the order of a column: a long list may be sorted by it.';

create or replace function jalon_engine.shown_row(p_row jsonb, p_shown jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('title', p_row -> (p_shown ->> 'title'),
        'subtitle', p_row -> (p_shown ->> 'subtitle'), 'row', coalesce((
            select jsonb_object_agg(c ->> 'name', p_row -> (c ->> 'name'))
            from jsonb_array_elements(p_shown -> 'columns') c), '{}'))
$$;
comment on function jalon_engine.shown_row(jsonb, jsonb) is
'Title, subtitle and shown columns of a row.';

create or replace function jalon_engine.check_shown_columns(p_table regclass, p_columns text[])
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_missing text;
begin
    select n into v_missing from unnest(p_columns) n
    where n is not null and not exists (select from pg_catalog.pg_attribute a
        where a.attrelid = p_table and a.attname = n and a.attnum > 0 and not a.attisdropped) limit 1;
    if found then
        perform jalon_engine.cannot_track(p_table::text, format('it has no column %s', v_missing));
    end if;
end
$$;
comment on function jalon_engine.check_shown_columns(regclass, text[]) is
'Refuses to show columns that the table lacks.';

create or replace function jalon.show_columns(
    tracked text, title text default null, subtitle text default null, columns text[] default null
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.table_to_alter(show_columns.tracked, current_user);
begin
    perform jalon_engine.register_shown_columns(show_columns.tracked, show_columns.title, show_columns.subtitle,
        show_columns.columns);
end
$$;
comment on function jalon.show_columns(text, text, text, text[]) is
'Says which columns of a tracked table name its records and are shown with them: '
'jalon.show_columns(''orders'', title => ''reference'', columns => ''{customer,total}''). What isn''t given, the table '
'suggests.';
grant execute on function jalon.show_columns(text, text, text, text[]) to jalon_dba;

create or replace function jalon_engine.register_shown_columns(
    p_tracked text, p_title text, p_subtitle text, p_columns text[]
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    perform jalon_engine.check_shown_columns(jalon_engine.table_of(t), array[p_title, p_subtitle] || p_columns);
    update jalon_engine.tracked x set title_column = p_title, subtitle_column = p_subtitle, shown_columns = p_columns
    where x.name = t.name;
end
$$;
comment on function jalon_engine.register_shown_columns(text, text, text, text[]) is
'The registry takes which columns of a table are shown.';
grant execute on function jalon_engine.register_shown_columns(text, text, text, text[]) to jalon_dba;
