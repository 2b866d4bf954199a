-- The history table of a tracked table: typed, narrow, partitioned by month. It lies in jalon_history, out of the reach
-- of whoever owns the schema of the table, and has no column of a type of somebody's own, whose
-- owner could drop or rename it.
set local role jalon_historian;

create or replace function jalon_history.generate_history_table(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_table constant regclass := jalon_engine.table_of(t);
    v_history constant text := jalon_engine.history_of(t);
    v_column record;
begin
    if to_regclass(v_history) is null then
        execute format($sql$create table %1$s (
            id uuid not null, %2$I %3$s not null, %4$s,
            changed_at timestamptz not null, previous_changed_at timestamptz, changed_by text not null, reason text,
            meta_data jsonb, version integer not null, workflow_version integer, kind text not null, on_behalf_of text,
            db_role text not null, bulk_id uuid, transaction_id xid8 not null,
            constraint %5$I primary key (%2$I, version, changed_at)
        ) partition by range (changed_at)$sql$, v_history, t.history_key, t.key_type,
            jalon_history.status_columns_sql(t), t.history_name || '_pk');
        execute format('create index %I on %s using brin (changed_at, previous_changed_at)',
            t.history_name || '_changed', v_history);
        execute format('create index %I on %s (changed_at)', t.history_name || '_time', v_history);
        execute format('create table jalon_history.%I partition of %s default',
            t.history_name || '_default', v_history);
        if t.has_foreign_key then
            execute format('alter table %s add constraint %I foreign key (%I) references %s (%I) on delete cascade',
                v_history, t.history_name || '_record', t.history_key, v_table, t.key_column);
        end if;
        execute format('comment on table %s is %L', v_history,
            format('Every change of %s: one row each, written by its trigger, never changed.', t.name));
        for v_column in
            select a.attname from pg_catalog.pg_attribute a
            where a.attrelid = v_history::regclass and a.attnum > 0 and not a.attisdropped
        loop
            execute format('comment on column %s.%I is %L', v_history, v_column.attname,
                jalon_engine.history_comment(t, v_column.attname));
        end loop;
    else
        perform jalon_history.fit_names(t);
        perform jalon_history.fit_case_type(t);
        perform jalon_history.fit_types(t);
    end if;
    perform jalon_history.index_transactions(t);
    perform jalon_history.guard_history(v_history::regclass, true);
    perform jalon_history.guard_history(m.part, false) from jalon_history.months_of(v_history::regclass) m;
end
$$;
comment on function jalon_history.generate_history_table(jalon_engine.tracked) is
'Creates the history table of a tracked table if it is missing, or fits it to the table''s columns; and its guards.';

create or replace function jalon_history.wanted_columns(p_tracked jalon_engine.tracked)
returns table (place integer, name text, type text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Of a text no length is kept: the table's may be altered.
    select 0, p_tracked.workflow_column, jalon_engine.base_type(a.atttypid)
    from pg_catalog.pg_attribute a
    where a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = p_tracked.workflow_column
    union all
    select c.position * 2 + o.place, o.prefix || c.column_name, jalon_engine.base_type(a.atttypid)
    from jalon_engine.tracked_column c
    join pg_catalog.pg_attribute a on a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = c.column_name
    cross join (values (0, 'old_'), (1, 'new_')) o (place, prefix)
    where c.tracked = p_tracked.name
    order by 1
$$;
comment on function jalon_history.wanted_columns(jalon_engine.tracked) is
'The columns of a history table that depend on the tracked table.';

create or replace function jalon_history.status_columns_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format('%I %s', w.name, w.type), ', ' order by w.place)
    from jalon_history.wanted_columns(p_tracked) w
$$;
comment on function jalon_history.status_columns_sql(jalon_engine.tracked) is
'SQL of the columns of a history table that depend on the tracked table.';

create or replace function jalon_history.guard_history(p_table regclass, p_with_rows boolean)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name text;
    v_definition text;
    v_is_there boolean;
begin
    -- Row triggers come with the parent; TRUNCATE of a partition fires its own triggers only.
    for v_name, v_definition, v_is_there in
        select w.name, format(w.definition, p_table), g.oid is not null from (values
            ('_100_append_only', 'CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON %s FOR EACH ROW EXECUTE '
                'FUNCTION jalon_history.append_only()', true),
            ('_110_no_truncate', 'CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON %s FOR EACH STATEMENT EXECUTE '
                'FUNCTION jalon_history.append_only()', false)
        ) w (name, definition, is_for_rows)
        left join pg_catalog.pg_trigger g on g.tgrelid = p_table and g.tgname = w.name
        where (p_with_rows or not w.is_for_rows)
          and (g.oid is null or pg_get_triggerdef(g.oid) <> format(w.definition, p_table)
              or g.tgenabled not in ('O', 'A'))
    loop
        if v_is_there then
            execute format('drop trigger %I on %s', v_name, p_table);
        end if;
        execute v_definition;
    end loop;
end
$$;
comment on function jalon_history.guard_history(regclass, boolean) is
'Puts the guards on a history table, or on one of its months.';

create or replace function jalon_history.append_only()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- History is written once. Nobody but jalon_historian may touch it, and nobody logs in as jalon_historian; this
    -- stops a superuser's slip too. What jalon_historian's own functions do: take the history of a record along that
    -- goes (cascade), take persons and texts out of the history of one that was erased, complete reason and meta
    -- in the transaction of a change, fill in a case type that was not declared before.
    if current_user = 'jalon_historian' and tg_op = 'DELETE' then
        perform jalon_history.note_correction(tg_relid, to_jsonb(old));
        return old;
    end if;
    if current_user = 'jalon_historian' and tg_op = 'UPDATE'
        and jsonb_strip_nulls(to_jsonb(old) - array['reason', 'meta_data', 'changed_by', 'on_behalf_of'])
            <@ to_jsonb(new)
    then
        perform jalon_history.note_correction(tg_relid, to_jsonb(old));
        return new;
    end if;
    perform jalon_engine.fail('JL502', jsonb_build_object('operation', tg_op,
        'table', (select c.relname from pg_catalog.pg_class c
            where c.oid = coalesce(pg_partition_root(tg_relid), tg_relid))));
    return null;
end
$$;
comment on function jalon_history.append_only() is 'Refuses UPDATE, DELETE and TRUNCATE of history.';

create or replace function jalon_history.complete_last_change(p_tracked text, p_id text, p_reason text, p_meta jsonb)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_count integer;
begin
    execute format($sql$update %1$s h set reason = coalesce($2, h.reason), meta_data = coalesce($3, h.meta_data)
        where h.%2$I = $1::%3$s and h.transaction_id = pg_current_xact_id_if_assigned()
          and h.version = (select max(m.version) from %1$s m
              where m.%2$I = $1::%3$s and m.transaction_id = h.transaction_id)$sql$,
        jalon_engine.history_of(t), t.history_key, t.key_type) using p_id, p_reason, p_meta;
    get diagnostics v_count = row_count;
    return v_count > 0;
end
$$;
comment on function jalon_history.complete_last_change(text, text, text, jsonb) is
'Completes reason and meta of the last change of a record, in the transaction that made it and never after; says '
'whether there was one.';

create or replace function jalon_history.forget(p_tracked text, p_id text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_count integer;
    v_was_deleted boolean;
begin
    perform jalon_engine.require_permission('erase', t.name);
    if (select c.relrowsecurity from pg_catalog.pg_class c where c.oid = jalon_engine.table_of(t)) then
        -- a policy may hide that it lives
        perform jalon_engine.fail('JL207', jsonb_build_object('table', t.name, 'id', p_id));
    end if;
    if jalon_history.is_living(t, p_id) then
        perform jalon_engine.fail('JL503', jsonb_build_object('table', t.name, 'id', p_id, 'operation', 'ERASE'));
    end if;
    -- Codes and times stay; whatever people wrote or were named in goes.
    execute format('update %s h set reason = null, meta_data = null, on_behalf_of = null, changed_by = ''erased'' '
        'where h.%I = $1::%s', jalon_engine.history_of(t), t.history_key, t.key_type) using p_id;
    get diagnostics v_count = row_count;
    update jalon_history.deletion d set operation = 'ERASE', deleted_by = jalon_engine.actor()
    where d.tracked = t.name and d.transaction_id = pg_current_xact_id_if_assigned()
        and d.operation in ('DELETE', 'ERASE') and d.record_key = p_id;
    -- Where its history went with it, its deletion has no key: the trigger marked it.
    v_was_deleted := found or exists (select from jalon_history.deletion d
        where d.tracked = t.name and d.transaction_id = pg_current_xact_id_if_assigned() and d.operation = 'ERASE'
            and d.record_key is null);
    delete from jalon_history.erasure e where e.tracked = t.name and e.record_key = p_id;
    if v_count > 0 and not v_was_deleted then
        -- The record had gone before; what is erased is what was still remembered of it.
        insert into jalon_history.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role,
            transaction_id)
        values (jalon_engine.uuid7(), t.name, p_id, 'ERASE', clock_timestamp(), jalon_engine.actor(), session_user,
            pg_current_xact_id());
    end if;
    return v_count > 0 or v_was_deleted;
end
$$;
comment on function jalon_history.forget(text, text) is
'Takes persons and texts out of the history of a record that is gone, and marks its deletion; says whether anything '
'was known of it.';

create or replace function jalon_history.announce_erasure(p_tracked text, p_id text)
returns void
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    insert into jalon_history.erasure (tracked, record_key, transaction_id)
    values (p_tracked, p_id, pg_current_xact_id()) on conflict do nothing
$$;
comment on function jalon_history.announce_erasure(text, text) is
'Says that a record is about to be erased in this transaction. Called once the permission was asked.';

create or replace function jalon_history.is_living(p_tracked jalon_engine.tracked, p_id text)
returns boolean
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select exists (select from jalon_engine.states_as_mover(jalon_engine.states_sql(p_tracked, 'record'), p_id)) $$;
comment on function jalon_history.is_living(jalon_engine.tracked, text) is 'Whether a record is in its table.';

revoke execute on function jalon_history.append_only() from public;
grant execute on function jalon_history.complete_last_change(text, text, text, jsonb), jalon_history.forget(text, text),
    jalon_history.announce_erasure(text, text) to jalon_owner;
