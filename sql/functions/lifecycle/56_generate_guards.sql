-- The other generated trigger functions: the stamp (before each row), deletion and truncation.

create or replace function logic.is_importing()
returns boolean
language sql stable security definer
set search_path = ''
as $$ select (logic.context()).kind in ('import', 'backfill') $$;
comment on function logic.is_importing() is 'Whether the running change carries the time at which it happened elsewhere.';

create or replace function logic.fixed_columns(p_tracked lifecycle.tracked)
returns table (column_name text)
language sql stable
set search_path = ''
as $$
    select p_tracked.key_column
    union
    select a.attname from pg_catalog.pg_partitioned_table p
    join pg_catalog.pg_attribute a on a.attrelid = p.partrelid and a.attnum = any (p.partattrs::smallint[])
    where p.partrelid = to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name))
$$;
comment on function logic.fixed_columns(lifecycle.tracked) is 'Columns of a tracked row that never change: the key, and the partition key where there is one.';

create or replace function logic.is_erasing()
returns boolean
language sql stable
set search_path = ''
as $$ select coalesce(current_setting('jalon.erasing', true) = pg_current_xact_id_if_assigned()::text, false) $$;
comment on function logic.is_erasing() is 'Whether jalon.erase runs in this transaction; only it sets the mark, as the owner of history.';

create or replace function logic.others_stamp(p_table regclass)
returns boolean
language sql stable
set search_path = ''
as $$
    -- tgtype: row 1, before 2, update 16
    select exists (select from pg_catalog.pg_trigger g where g.tgrelid = p_table and not g.tgisinternal and g.tgname not like '~jalon\_%'
        and g.tgtype & 19 = 19 and g.tgenabled <> 'D')
$$;
comment on function logic.others_stamp(regclass) is 'Whether other triggers may alter rows of a table before they are updated.';

create or replace function logic.stamp_columns(p_tracked lifecycle.tracked)
returns text[]
language sql stable
set search_path = ''
as $$
    -- Where nothing else alters rows, a status can only change in a statement that names it, and all other statements pass for nothing.
    select case when logic.others_stamp(to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name))) then '{}' else array(
        select f.column_name from logic.fixed_columns(p_tracked) f
        union select c.column_name from lifecycle.tracked_column c where c.tracked = p_tracked.name
        union select p_tracked.workflow_column where p_tracked.workflow_column is not null
        union values ('status_version'), ('status_changed_at')
        order by 1) end
$$;
comment on function logic.stamp_columns(lifecycle.tracked) is 'Columns before whose updates the stamp fires; none: before every update, since other triggers may alter rows.';

create or replace function logic.actor_as(p_type anyelement)
returns anyelement
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v_actor text := (logic.context()).actor;
    v_value p_type%type;
begin
    v_value := v_actor;  -- what RETURN would cast, it would cast outside of this block
    return v_value;
exception when invalid_text_representation then
    return null;
end
$$;
comment on function logic.actor_as(anyelement) is 'The actor in the type of the column that is stamped with it; empty where it does not fit.';

create or replace function logic.stamp_body(p_tracked lifecycle.tracked)
returns text
language sql stable
set search_path = ''
as $$
    -- Fires last of all BEFORE triggers (its name begins with a tilde), so that it sees the row as it will be stored.
    select logic.weave($body$
begin
    if tg_op = 'INSERT' then
        new.status_version := 1;
        if new.status_changed_at is null or nullif(current_setting('jalon.more', true), '') is null or not logic.is_importing() then
            new.status_changed_at := clock_timestamp();
        end if;@by@
        return new;
    end if;
    @fixed@if @changed@ then
        new.status_version := old.status_version + 1;
        if new.status_changed_at is not distinct from old.status_changed_at or not logic.is_importing() then
            new.status_changed_at := greatest(clock_timestamp(), old.status_changed_at);
        end if;@by@
    else
        new.status_version := old.status_version;
        new.status_changed_at := old.status_changed_at;
    end if;
    return new;
end$body$, jsonb_build_object(
        'fixed', (select string_agg(format($f$if new.%1$I is distinct from old.%1$I then
        perform logic.fail('JL501', jsonb_build_object('table', %2$L, 'column', %1$L, 'id', old.%3$I));
    end if;
    $f$, f.column_name, p_tracked.name, p_tracked.key_column), '') from logic.fixed_columns(p_tracked) f),
        'changed', logic.any_differs(p_tracked, 'new', 'old'),
        'by', case when p_tracked.changed_by_column is null then '' else format(e'\n        new.%1$I := logic.actor_as(new.%1$I);', p_tracked.changed_by_column) end))
$$;
comment on function logic.stamp_body(lifecycle.tracked) is 'Body of the trigger function that keeps the key and stamps version and time.';

create or replace function logic.delete_body(p_tracked lifecycle.tracked)
returns text
language sql stable
set search_path = ''
as $$
    select logic.weave($body$
declare
    v lifecycle.context := logic.context();
begin
    @refuse@insert into lifecycle.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role, transaction_id)
    select @uuid@, @name@, @record_key@, case when logic.is_erasing() then 'ERASE' else 'DELETE' end, clock_timestamp(), v.actor, v.db_role,
        pg_current_xact_id()
    from @source@;@cascade@
    return null;
end$body$, jsonb_build_object(
        'uuid', logic.new_id(),
        'name', quote_literal(p_tracked.name),
        'source', case p_tracked.mode when 'row' then '(select old.*) o' else 'old_rows o' end,
        'record_key', case p_tracked.on_delete when 'cascade' then 'null'
            else format('o.%I::text', p_tracked.key_column) end,
        'refuse', case p_tracked.on_delete when 'refuse' then format($r$if not (logic.is_erasing() and logic.holds('erase', %1$L))%2$s then
        perform logic.fail('JL503', jsonb_build_object('table', %1$L, 'operation', 'DELETE'));
    end if;
    $r$, p_tracked.name, case p_tracked.mode when 'row' then '' else ' and exists (select from old_rows)' end) else '' end,
        'cascade', case when p_tracked.on_delete <> 'cascade' then '' else format(e'\n    delete from %I.%I h where h.%I in (select o.%I from %s);',
            p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_tracked.key_column,
            case p_tracked.mode when 'row' then '(select old.*) o' else 'old_rows o' end) end))
$$;
comment on function logic.delete_body(lifecycle.tracked) is 'Body of the trigger function that records deletions and does with history what was declared.';

create or replace function logic.truncate_body(p_tracked lifecycle.tracked)
returns text
language sql stable
set search_path = ''
as $$
    select logic.weave($body$
declare
    v lifecycle.context := logic.context();
begin
    if @refuse@ or not logic.may('erase', logic.roles_of(v.actor, v.roles), @name@) then
        perform logic.fail('JL503', jsonb_build_object('table', @name@, 'operation', 'TRUNCATE'));
    end if;
    insert into lifecycle.deletion (id, tracked, record_key, records, operation, deleted_at, deleted_by, db_role, transaction_id)
    select @uuid@, @name@, @gone@;@cascade@
    return null;
end$body$, jsonb_build_object(
        'uuid', logic.new_id(),
        'name', quote_literal(p_tracked.name), 'refuse', (p_tracked.on_delete = 'refuse')::text,
        -- Where history stays, each record's end is kept with its key; a partition's own trigger repeats nothing.
        'gone', format(case when p_tracked.on_delete = 'keep' then $k$x.%1$I::text, 1, 'TRUNCATE', clock_timestamp(), v.actor, v.db_role, pg_current_xact_id()
    from %2$s x
    where tg_relid in (x.tableoid, %2$L::regclass) and not exists (select from lifecycle.deletion d
        where d.tracked = %3$L and d.record_key = x.%1$I::text and d.transaction_id = pg_current_xact_id() and d.operation = 'TRUNCATE')$k$
            else $k$null, count(*), 'TRUNCATE', clock_timestamp(), v.actor, v.db_role, pg_current_xact_id()
    from %2$s x where tg_relid in (x.tableoid, %2$L::regclass)
    having not exists (select from lifecycle.deletion d where d.tracked = %3$L and d.operation = 'TRUNCATE'
        and d.transaction_id = pg_current_xact_id() and d.deleted_at >= statement_timestamp())$k$ end,
            p_tracked.key_column, format('%I.%I', p_tracked.table_schema, p_tracked.table_name), p_tracked.name),
        'cascade', case when p_tracked.on_delete <> 'cascade' then ''
            else format(e'\n    delete from %I.%I h where h.%I in (select x.%I from %s x where tg_relid in (x.tableoid, %5$L::regclass));',
                p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_tracked.key_column,
                format('%I.%I', p_tracked.table_schema, p_tracked.table_name)) end))
$$;
comment on function logic.truncate_body(lifecycle.tracked) is 'Body of the trigger function that guards a tracked table against TRUNCATE.';
