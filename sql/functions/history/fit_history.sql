-- A history goes on if the columns of its table got other names or types, while the table was tracked
-- (jalon.rename_column, jalon.alter_column_type) or while it was not.
set local role jalon_historian;

create or replace function jalon_history.fit_names(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_history constant regclass := to_regclass(jalon_engine.history_of(t));
    v_columns constant text[] := array(select a.attname::text from pg_catalog.pg_attribute a
        where a.attrelid = v_history and a.attnum > 0 and not a.attisdropped order by a.attnum);
    v_missing constant text[] := array(select c from unnest(jalon_engine.status_columns(t)) c
        where 'new_' || c <> all (v_columns));
    v_kept text[];
begin
    if v_columns[2] <> t.history_key then
        perform jalon_history.rename_in_history(t, v_columns[2], t.history_key, t.history_key);
    end if;
    if v_missing <> '{}' then
        v_kept := array(select substr(c, 5) from unnest(v_columns) c
            where c like 'new\_%' and substr(c, 5) <> all (jalon_engine.status_columns(t)));
        perform jalon_history.require_renamed(t, array_to_string(v_kept, ', '), array_to_string(v_missing, ', '));
        perform jalon_history.rename_in_history(t, 'old_' || v_kept[1], 'old_' || v_missing[1]);
        perform jalon_history.rename_in_history(t, 'new_' || v_kept[1], 'new_' || v_missing[1],
            jalon_engine.history_code_name(v_missing[1]), jalon_engine.history_code_name(v_kept[1]));
    end if;
end
$$;
comment on function jalon_history.fit_names(jalon_engine.tracked) is
'Renames the columns of a history whose columns in the table were renamed; refuses if that is not plain.';

create or replace function jalon_history.fit_case_type(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_history constant regclass := to_regclass(jalon_engine.history_of(t));
    v_column text;
begin
    -- Its comment says which column holds the case type.
    select a.attname into v_column from pg_catalog.pg_attribute a
    where a.attrelid = v_history and a.attnum > 0 and not a.attisdropped
        and col_description(v_history, a.attnum) = jalon_engine.case_type_comment();
    if v_column is not distinct from t.workflow_column then
        return;
    elsif v_column is not null and t.workflow_column is not null and not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = jalon_engine.table_of(t) and a.attname = v_column and not a.attisdropped) then
        perform jalon_history.rename_in_history(t, v_column, t.workflow_column, t.workflow_column);
        return;
    end if;
    -- Declared anew: what was recorded stays, and from now on another column says the case type, or none.
    perform jalon_history.generate_changes_view(p_without => t.name);
    if v_column is not null then
        execute format('comment on column %s.%I is %L', v_history, v_column,
            'Case type after the change, while it was declared so.');
    end if;
    if t.workflow_column is not null then
        execute format('alter table %s add column if not exists %I %s', v_history, t.workflow_column,
            (select w.type from jalon_history.wanted_columns(t) w where w.name = t.workflow_column));
        execute format('comment on column %s.%I is %L', v_history, t.workflow_column,
            jalon_engine.case_type_comment());
        execute format('update %1$s h set %2$I = l.%2$I from %3$s l where h.%4$I = l.%5$I '
            'and h.version = l.status_version and h.changed_at = l.status_changed_at and h.%2$I is null',
            v_history, t.workflow_column, jalon_engine.live_rows_sql(t), t.history_key, t.key_column);
    end if;
end
$$;
comment on function jalon_history.fit_case_type(jalon_engine.tracked) is
'A history whose table has another column for the case type, or its first, gets that column; the last row of each '
'record says its case type.';

create or replace function jalon_history.require_renamed(p_tracked jalon_engine.tracked, p_kept text, p_wanted text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.table_of(p_tracked);
begin
    -- One column was renamed if the table has the one and not the other. Anything else could mix two columns' codes.
    if coalesce(p_kept, '') = '' or p_wanted is null or p_kept like '%, %' or p_wanted like '%, %'
        or exists (select from pg_catalog.pg_attribute a
            where a.attrelid = v_table and a.attname = p_kept and not a.attisdropped) then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text, 'name', p_tracked.name,
            'history', jalon_engine.history_of(p_tracked), 'kept', coalesce(nullif(p_kept, ''), '-'),
            'wanted', coalesce(p_wanted, '-')), 'JL504.other_columns');
    end if;
end
$$;
comment on function jalon_history.require_renamed(jalon_engine.tracked, text, text) is
'Refuses to go on with a history of other columns, unless one column was plainly renamed.';

create or replace function jalon_history.rename_in_history(
    p_tracked jalon_engine.tracked, p_from text, p_to text, p_to_in_timeline text default null,
    p_from_in_timeline text default null
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_timeline constant text := format('jalon_history.%I', p_tracked.name || '_timeline');
    v_shown constant text := coalesce(p_from_in_timeline, p_from);
begin
    -- The union views let go of the as-of function, whose columns are about to be called otherwise.
    perform jalon_history.generate_changes_view(p_without => p_tracked.name);
    execute format('alter table %s rename column %I to %I', jalon_engine.history_of(p_tracked), p_from, p_to);
    execute format('comment on column %s.%I is %L', jalon_engine.history_of(p_tracked), p_to,
        jalon_engine.history_comment(p_tracked, p_to));
    -- The timeline is renamed in place, so that views of others that read it stay.
    if p_to_in_timeline is not null and exists (select from pg_catalog.pg_attribute a
            where a.attrelid = to_regclass(v_timeline) and a.attname = v_shown) then
        execute format('alter view %s rename column %I to %I', v_timeline, v_shown, p_to_in_timeline);
    end if;
end
$$;
comment on function jalon_history.rename_in_history(jalon_engine.tracked, text, text, text, text) is
'Renames a column of a history and of its timeline.';

create or replace function jalon_history.fit_types(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_history constant text := jalon_engine.history_of(t);
    v_column record;
    v_is_bare boolean := false;
begin
    for v_column in
        select w.name, w.type
        from (select x.name, x.type from jalon_history.wanted_columns(t) x union all select t.history_key, t.key_type) w
        join pg_catalog.pg_attribute a on a.attrelid = v_history::regclass and a.attname = w.name
        where format_type(a.atttypid, a.atttypmod) <> w.type
    loop
        -- What reads the column is taken away first, and made again by jalon_history.generate.
        if not v_is_bare then
            perform jalon_history.generate_changes_view(p_without => t.name);
            if to_regclass(format('jalon_history.%I', t.name || '_timeline')) is not null then
                perform jalon_engine.drop_masked_view(format('jalon_history.%I', t.name || '_timeline')::regclass);
                execute format('drop view jalon_history.%I', t.name || '_timeline');
            end if;
            v_is_bare := true;
        end if;
        execute format('alter table %s alter column %I type %s', v_history, v_column.name, v_column.type);
    end loop;
end
$$;
comment on function jalon_history.fit_types(jalon_engine.tracked) is
'Gives the columns of a history the types of the table''s columns. A view of somebody''s own on the timeline is in '
'the way.';
