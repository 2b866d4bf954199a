-- The views and functions of each history, and the union views over all. They are touched only when their text changed,
-- so that a reload waits for no report that is running, and replaced if their columns did.
set local role jalon_historian;

create or replace function jalon_history.renew(p_kind text, p_object text, p_sql text, p_comment text)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_said constant text := case p_kind when 'view' then obj_description(to_regclass(p_object), 'pg_class')
        else obj_description(to_regprocedure(p_object), 'pg_proc') end;
begin
    -- One that was left empty says something else.
    if v_said = p_comment and exists (select from jalon_engine.generated_view g
            where g.object_name = p_object and g.digest = md5(p_sql || p_comment)) then
        return false;
    end if;
    begin
        execute p_sql;
    exception when invalid_table_definition or invalid_function_definition then  -- other columns than before
        perform jalon_history.replace_object(p_kind, p_object, p_sql);
    end;
    execute format('comment on %s %s is %L', p_kind, p_object, p_comment);
    if p_kind = 'function' then
        execute format('revoke execute on function %s from public', p_object);
    end if;
    -- A function says where records stand, and names nobody.
    execute format('grant %s on %s %s to jalon_bi, jalon_dba%s',
        case p_kind when 'view' then 'select' else 'execute' end,
        case p_kind when 'view' then '' else p_kind end, p_object,
        case p_kind when 'view' then '' else ', jalon_bi_masked' end);
    insert into jalon_engine.generated_view as g (object_name, digest) values (p_object, md5(p_sql || p_comment))
    on conflict (object_name) do update set digest = excluded.digest;
    return true;
end
$$;
comment on function jalon_history.renew(text, text, text, text) is
'Creates or replaces a generated view or function of schema jalon_history unless it stands there as wanted, which '
'jalon_engine.generated_view knows.';

create or replace function jalon_history.replace_object(p_kind text, p_object text, p_sql text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_body constant text := substr(p_sql, length('create or replace view ' || p_object || ' as') + 1);
    v_columns text;
begin
    if p_kind = 'view' then
        -- Somebody's own view may read this one. So its columns stay where they are, and others are added at their end;
        -- what is no more is empty.
        execute format('create view jalon_history."~wanted" as %s', v_body);
        select string_agg(case when n.attname is not null then 'n.' || quote_ident(n.attname)
            else format('null::%s as %I', format_type(o.atttypid, o.atttypmod), o.attname) end, ', '
            order by o.attnum, n.attnum) into v_columns
        from (select a.* from pg_catalog.pg_attribute a where a.attrelid = p_object::regclass and a.attnum > 0) o
        full join (select a.* from pg_catalog.pg_attribute a
            where a.attrelid = to_regclass('jalon_history."~wanted"') and a.attnum > 0) n on n.attname = o.attname;
        drop view jalon_history."~wanted";
        execute format('create or replace view %s as select %s from (%s) n', p_object, v_columns, v_body);
        return;
    end if;
    execute format('drop %s %s', p_kind, p_object);
    execute p_sql;
end
$$;
comment on function jalon_history.replace_object(text, text, text) is
'Replaces a view or function by one of other columns; a view keeps those it has.';

create or replace function jalon_history.drop_generated(p_kind text, p_object text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_empty text;
begin
    execute format('drop %s %s', p_kind, p_object);
exception when dependent_objects_still_exist then
    -- Somebody's own view reads it, and goes on with no rows.
    if p_kind = 'view' then
        select string_agg(format('null::%s as %I', format_type(a.atttypid, a.atttypmod), a.attname), ', '
            order by a.attnum) into v_empty
        from pg_catalog.pg_attribute a where a.attrelid = p_object::regclass and a.attnum > 0;
        execute format('create or replace view %s as select %s where false', p_object, v_empty);
        execute format('comment on view %s is %L', p_object,
            'Empty: its table is no longer tracked. Views of others read it.');
    else
        execute regexp_replace(pg_get_functiondef(p_object::regprocedure), '\mAS \$.*$',
            'AS $none$ begin return; end $none$');
        execute format('comment on function %s is %L', p_object,
            'Empty: its table is no longer tracked. Views of others call it.');
    end if;
end
$$;
comment on function jalon_history.drop_generated(text, text) is
'Drops a generated view or function, or leaves it empty where views of others depend on it.';

create or replace function jalon_history.generate_history_views(p_name text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked;
    v_timeline text;
    v_as_of constant text := format('jalon_history.%I(timestamptz, text)', p_name || '_as_of');
    v_column text;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    v_timeline := format('jalon_history.%I', t.name || '_timeline');
    if jalon_history.renew('view', v_timeline, jalon_engine.timeline_sql(t),
            format('Generated for %s: every stay of every record.', t.name)) then
        for v_column in
            select a.attname from pg_catalog.pg_attribute a where a.attrelid = v_timeline::regclass and a.attnum > 0
        loop
            execute format('comment on column %s.%I is %L', v_timeline, v_column,
                jalon_engine.timeline_comment(t, v_column));
        end loop;
    end if;
    -- Somebody may have replaced it and left its comment.
    if to_regprocedure(v_as_of) is not null and not jalon_engine.has_as_of(t) then
        execute format('comment on function %s is null', v_as_of);
    end if;
    perform jalon_history.renew('function', v_as_of, jalon_engine.as_of_sql(t),
        format('Generated for %s: where every record stood at an instant, or one record by its key.', t.name));
end
$$;
comment on function jalon_history.generate_history_views(text) is
'Makes or renews the timeline and the as-of function of a tracked table.';

create or replace function jalon_history.generate_changes_view(p_without text default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_changes text;
    v_current text;
    v_table record;
begin
    for v_table in
        select t as tracked, c as col
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null
          and to_regprocedure(format('jalon_history.%I(timestamptz, text)', t.name || '_as_of')) is not null
          and t.name is distinct from p_without
        order by t.name, c.position
    loop
        v_changes := concat(v_changes, e'\nunion all\n', jalon_engine.changes_branch_sql(v_table.tracked,
            v_table.col, p_is_keyed => false));
        v_current := concat(v_current, e'\nunion all\n',
            jalon_engine.current_branch_sql(v_table.tracked, v_table.col));
    end loop;
    if jalon_history.renew('view', 'jalon_history.changes', jalon_engine.changes_view_sql(coalesce(v_changes, '')),
            'Generated for all tracked tables: every change of every status column, deletions included.') then
        perform jalon_history.comment_columns('jalon_history.changes', jalon_engine.changes_view_comments());
    end if;
    if jalon_history.renew('view', 'jalon_history.current', $sql$create or replace view jalon_history.current as
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category,
    null::text as case_type, null::text as code, null::integer as version, null::timestamptz as entered_at
where false$sql$ || coalesce(v_current, ''), 'Generated for all tracked tables: where every record stands now.') then
        perform jalon_history.comment_columns('jalon_history.current', jsonb_build_object(
            'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.', 'column_name', 'Status column.',
            'category', 'Category of its codes.', 'case_type', 'Case type; empty where the table has none.',
            'code', 'Code it stands on.',
            'version', 'The record''s version.', 'entered_at', 'Since when it stands there.'));
    end if;
end
$$;
comment on function jalon_history.generate_changes_view(text) is
'Makes or renews jalon_history.changes and jalon_history.current from the registry of tracked tables.';

create or replace function jalon_history.comment_columns(p_object text, p_comments jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_comment text;
begin
    for v_name, v_comment in select e.key, e.value from jsonb_each_text(p_comments) e loop
        execute format('comment on column %s.%I is %L', p_object, v_name, v_comment);
    end loop;
end
$$;
comment on function jalon_history.comment_columns(text, jsonb) is 'Comments on several columns at once.';

-- What schema jalon_recap is written on must exist when its files are loaded.
do $$
begin
    perform jalon_history.generate_changes_view();
end
$$;
