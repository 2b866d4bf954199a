-- A column of a tracked table gets another name: table, registry, history, functions, views and triggers follow in one
-- transaction.

create or replace function jalon.rename_column(tracked text, column_name text, new_name text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant regclass := jalon_engine.table_to_alter(rename_column.tracked, current_user);
begin
    -- 1. As the caller, who may alter the table.
    execute format('lock table %s in access exclusive mode', v_table);
    perform jalon_engine.drop_triggers(v_table);
    execute format('alter table %s rename column %I to %I', v_table, rename_column.column_name,
        rename_column.new_name);
    -- 2. As jalon_owner and jalon_historian: registry, history, functions and views follow.
    perform jalon_engine.register_renaming(rename_column.tracked, rename_column.column_name, rename_column.new_name);
    perform jalon_history.generate(v_table);
    -- 3. As the caller.
    perform jalon_engine.create_triggers(v_table);
end
$$;
comment on function jalon.rename_column(text, text, text) is
'Renames a column of a tracked table, the status column, key or case type too: '
'jalon.rename_column(''orders'', ''status'', ''state''). Its rules go on, and its history under the new name.';
grant execute on function jalon.rename_column(text, text, text) to jalon_dba;

create or replace function jalon_engine.register_renaming(p_tracked text, p_from text, p_to text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_table constant regclass := jalon_engine.table_of(t);
begin
    perform jalon_engine.require_no_triggers(t.name);
    -- Anybody may say that a column was renamed.
    if exists (select from pg_catalog.pg_attribute a where a.attrelid = v_table and a.attname = p_from)
        or not exists (select from pg_catalog.pg_attribute a where a.attrelid = v_table and a.attname = p_to) then
        perform jalon_engine.cannot_track(v_table::text, format('%s was not renamed to %s', p_from, p_to));
    elsif p_from in ('status_version', 'status_changed_at') then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', v_table::text, 'column', p_from),
            'JL504.own_column');
    end if;
    perform jalon_engine.require_no_workflow_names(t, p_from, p_to);
    update jalon_engine.tracked_column c set column_name = p_to where c.tracked = t.name and c.column_name = p_from;
    update jalon_engine.tracked x set key_column = case x.key_column when p_from then p_to else x.key_column end,
        history_key = case
            when x.key_column = p_from and x.history_key = jalon_engine.usual_history_key(x.table_name, p_from)
            then jalon_engine.usual_history_key(x.table_name, p_to) else x.history_key end,
        workflow_column = case x.workflow_column when p_from then p_to else x.workflow_column end,
        changed_by_column = case x.changed_by_column when p_from then p_to else x.changed_by_column end,
        title_column = case x.title_column when p_from then p_to else x.title_column end,
        subtitle_column = case x.subtitle_column when p_from then p_to else x.subtitle_column end,
        shown_columns = array_replace(x.shown_columns, p_from, p_to),
        relations = (select coalesce(jsonb_object_agg(e.key, case e.value when p_from then p_to else e.value end), '{}')
            from jsonb_each_text(x.relations) e)
    where x.name = t.name and (p_from in (x.key_column, x.workflow_column, x.changed_by_column, x.title_column,
            x.subtitle_column)
        or p_from = any (x.shown_columns)
        or exists (select from jsonb_each_text(x.relations) e where e.value = p_from));
    perform jalon_engine.register_alteration(t.name);
end
$$;
comment on function jalon_engine.register_renaming(text, text, text) is
'The registry follows a column that was renamed; refuses if the table could not be tracked under the new name.';
grant execute on function jalon_engine.register_renaming(text, text, text) to jalon_dba;

create or replace function jalon_engine.require_no_workflow_names(t jalon_engine.tracked, p_from text, p_to text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    -- A version never changes, and a category may serve tables that keep the old name.
    select x.* into w from jalon_engine.workflow x
    join jalon_engine.workflow_transition a using (category, case_type, version)
    where x.state in ('draft', 'published') and p_from = any (a.required_fields)
        and x.category in (select c.category from jalon_engine.tracked_column c where c.tracked = t.name)
    order by x.state = 'published' desc, x.category, x.case_type, x.version limit 1;
    if found then
        perform jalon_engine.fail('JL504', jsonb_build_object('table', jalon_engine.table_of(t)::text, 'column', p_from,
            'name', p_to, 'version', w.version,
            'workflow', w.category || coalesce(' / ' || nullif(w.case_type, '*'), '')), 'JL504.required');
    end if;
end
$$;
comment on function jalon_engine.require_no_workflow_names(jalon_engine.tracked, text, text) is
'Refuses to rename a column that a published workflow or a draft requires.';

create or replace function jalon_engine.usual_history_key(p_table text, p_key text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.cut(p_table, 40) || '_' || jalon_engine.cut(p_key, 20) $$;
comment on function jalon_engine.usual_history_key(text, text) is
'What a history calls the key of its records unless another name is asked for.';
