-- The trigger functions for deletion and truncation.

create or replace function jalon_engine.is_erasing()
returns boolean
language sql stable
set search_path = ''
as $$ select coalesce(current_setting('jalon.erasing', true) = pg_current_xact_id_if_assigned()::text, false) $$;
comment on function jalon_engine.is_erasing() is 'Whether jalon.erase runs in this transaction; only it sets the mark, as the owner of history.';

create or replace function jalon_engine.delete_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = ''
as $$
    select jalon_engine.weave($body$
declare
    v jalon_engine.context := jalon_engine.context();
begin
    @refuse@insert into jalon_engine.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role, transaction_id)
    select @uuid@, @name@, @record_key@, case when jalon_engine.is_erasing() then 'ERASE' else 'DELETE' end, clock_timestamp(), v.actor, v.db_role,
        pg_current_xact_id()
    from @source@;@cascade@
    return null;
end$body$, jsonb_build_object(
        'uuid', jalon_engine.new_id(),
        'name', quote_literal(p_tracked.name),
        'source', case p_tracked.mode when 'row' then '(select old.*) o' else 'old_rows o' end,
        'record_key', case p_tracked.on_delete when 'cascade' then 'null'
            else format('o.%I::text', p_tracked.key_column) end,
        'refuse', case p_tracked.on_delete when 'refuse' then format($r$if not (jalon_engine.is_erasing() and jalon_engine.holds('erase', %1$L))%2$s then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', %1$L, 'operation', 'DELETE'));
    end if;
    $r$, p_tracked.name, case p_tracked.mode when 'row' then '' else ' and exists (select from old_rows)' end) else '' end,
        'cascade', case when p_tracked.on_delete <> 'cascade' then '' else format(e'\n    delete from %I.%I h where h.%I in (select o.%I from %s);',
            p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_tracked.key_column,
            case p_tracked.mode when 'row' then '(select old.*) o' else 'old_rows o' end) end))
$$;
comment on function jalon_engine.delete_body(jalon_engine.tracked) is 'Body of the trigger function that records deletions and does with history what was declared.';

create or replace function jalon_engine.truncate_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = ''
as $$
    select jalon_engine.weave($body$
declare
    v jalon_engine.context := jalon_engine.context();
begin
    if @refuse@ or not jalon_engine.may('erase', jalon_engine.roles_of(v.actor, v.roles), @name@) then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', @name@, 'operation', 'TRUNCATE'));
    end if;
    insert into jalon_engine.deletion (id, tracked, record_key, records, operation, deleted_at, deleted_by, db_role, transaction_id)
    select @uuid@, @name@, @gone@;@cascade@
    return null;
end$body$, jsonb_build_object(
        'uuid', jalon_engine.new_id(),
        'name', quote_literal(p_tracked.name), 'refuse', (p_tracked.on_delete = 'refuse')::text,
        -- Where history stays, each record's end is kept with its key; a partition's own trigger repeats nothing.
        'gone', format(case when p_tracked.on_delete = 'keep' then $k$x.%1$I::text, 1, 'TRUNCATE', clock_timestamp(), v.actor, v.db_role, pg_current_xact_id()
    from %2$s x
    where tg_relid in (x.tableoid, %2$L::regclass) and not exists (select from jalon_engine.deletion d
        where d.tracked = %3$L and d.record_key = x.%1$I::text and d.transaction_id = pg_current_xact_id() and d.operation = 'TRUNCATE')$k$
            else $k$null, count(*), 'TRUNCATE', clock_timestamp(), v.actor, v.db_role, pg_current_xact_id()
    from %2$s x where tg_relid in (x.tableoid, %2$L::regclass)
    having not exists (select from jalon_engine.deletion d where d.tracked = %3$L and d.operation = 'TRUNCATE'
        and d.transaction_id = pg_current_xact_id() and d.deleted_at >= statement_timestamp())$k$ end,
            p_tracked.key_column, format('%I.%I', p_tracked.table_schema, p_tracked.table_name), p_tracked.name),
        'cascade', case when p_tracked.on_delete <> 'cascade' then ''
            else format(e'\n    delete from %I.%I h where h.%I in (select x.%I from %s x where tg_relid in (x.tableoid, %5$L::regclass));',
                p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_tracked.key_column,
                format('%I.%I', p_tracked.table_schema, p_tracked.table_name)) end))
$$;
comment on function jalon_engine.truncate_body(jalon_engine.tracked) is 'Body of the trigger function that guards a tracked table against TRUNCATE.';
