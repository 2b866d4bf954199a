-- A new row is checked and recorded.

create or replace function jalon_engine.after_insert_body(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($body$
declare
    who jalon_engine.context := jalon_engine.context();
    v_new jsonb;
    v_old jsonb;
    v_workflow_version integer;
begin
    -- 1. Only as the trigger that it was made for.
    if ({in_place}) is not true then
        perform jalon_engine.refuse_misplaced({name}, tg_relid, tg_name);
    end if;
    -- 2. Version and time are those that the BEFORE trigger gave: no later trigger altered them.
    if new.status_version <> 1
        or new.status_changed_at not between statement_timestamp()
            and greatest(clock_timestamp(), statement_timestamp()) then
        perform jalon_engine.check_numbers(who, {name}, {key}, 0, null, new.status_version, new.status_changed_at);
    end if;
    -- 3. An earlier record of this key had ended before this one began.
    {after_earlier_life}{alone}
    -- 4. The usual beginning: one statement finds its rule and records it. It finds none unless it is plainly allowed.
    insert into {history} ({history_columns})
    select {history_values}, {workflow_version}
    from (select) one{rules}
    where {all_allowed};
    -- 5. Anything else: the check refuses, or says which version of the workflow allows it.
    if not found then
        v_new := {new_row};
        {checked}
        insert into {history} ({history_columns})
        select {history_values}, v_workflow_version;
    end if;
    -- 6. The message for the outside.
    {message}
    return null;
end
$body$, jsonb_build_object('name', quote_literal(p_tracked.name),
        'key', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new'),
        'in_place', jalon_engine.in_place_sql(p_tracked, '_jalon_after_insert', 'AFTER', 'ROW', 'INSERT'),
        'after_earlier_life', jalon_engine.after_earlier_life_sql(p_tracked),
        'alone', jalon_engine.alone_sql(p_tracked),
        'history', jalon_engine.history_of(p_tracked), 'history_columns', jalon_engine.history_columns_sql(p_tracked),
        'history_values', jalon_engine.history_values_sql(p_tracked, true),
        'workflow_version', jalon_engine.greatest_sql(p_tracked), 'rules', jalon_engine.rules_sql(p_tracked, true),
        'all_allowed', jalon_engine.all_allowed_sql(p_tracked, true), 'new_row', jalon_engine.row_sql(p_tracked, 'new'),
        'checked', jalon_engine.checked_beginning_sql(p_tracked), 'message', jalon_engine.message_sql(p_tracked, true)))
$$;
comment on function jalon_engine.after_insert_body(jalon_engine.tracked) is
'Body of the trigger function that checks and records a new row.';

create or replace function jalon_engine.checked_beginning_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when not jalon_engine.is_test_mode() then v.checked
        else format(e'begin\n            %s\n'
            '        -- Test mode: a record may begin on any code, and history says that it did so in a test.\n'
            '        exception when sqlstate ''JL101'' or sqlstate ''JL103'' or sqlstate ''JL202'' '
            'or sqlstate ''JL203''\n            or sqlstate ''JL204'' or sqlstate ''JL301'' or sqlstate ''JL302'' '
            'or sqlstate ''JL303''\n            or sqlstate ''JL403'' or sqlstate ''JL406'' '
            'or sqlstate ''JL409'' then\n'
            '            who.kind := ''test'';\n            v_workflow_version := 0;\n        end;', v.checked) end
    from (select format('v_workflow_version := %s;', jalon_engine.checks_sql(p_tracked, true)) as checked) v
$$;
comment on function jalon_engine.checked_beginning_sql(jalon_engine.tracked) is
'PL/pgSQL that has the beginning of a record checked, or marked as a test in test mode.';

create or replace function jalon_engine.after_earlier_life_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_tracked.on_delete <> 'cascade' then format(e'if exists (select from jalon_history.deletion d '
            'where d.tracked = %1$L and d.record_key = %2$s) then\n'
            '        perform jalon_engine.check_earlier_life(%1$L, %2$s, new.status_changed_at, tg_relid);\n'
            '    end if;', p_tracked.name, jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new'))
        when (select c.relkind from pg_catalog.pg_class c where c.oid = jalon_engine.table_of(p_tracked)) = 'r'
            then 'null;  -- its history would have gone with it'
        else format('perform jalon_engine.check_place(%L, %s);', p_tracked.name,
            jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new')) end
$$;
comment on function jalon_engine.after_earlier_life_sql(jalon_engine.tracked) is
'PL/pgSQL that refuses a new row unless an earlier record of its key had ended before.';

create or replace function jalon_engine.alone_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Only of a partitioned table may the key alone be there twice. Of any other whose history stays, an old snapshot
    -- may show a record that its unique key knows to be gone.
    select case
        when c.relkind = 'r' and p_tracked.on_delete = 'cascade' then ''
        when c.relkind = 'r' then format(e'
    if current_setting(''transaction_isolation'') <> ''read committed'' then
        if %s then
            %s
        end if;
    end if;', a.has_earlier, a.check_alone)
        else format(e'
    if %s then
        %s
    end if;', a.has_earlier, a.check_alone) end
    from pg_catalog.pg_class c
    cross join lateral (select
        format('exists (select from %s h where h.%I = %s and h.changed_at < new.status_changed_at)',
            jalon_engine.history_of(p_tracked), p_tracked.history_key,
            jalon_engine.value_sql(p_tracked, p_tracked.key_column, 'new')) as has_earlier,
        format('perform jalon_engine.check_alone(%L, %s, new.status_changed_at);',
            p_tracked.name, jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new')) as check_alone) a
    where c.oid = jalon_engine.table_of(p_tracked)
$$;
comment on function jalon_engine.alone_sql(jalon_engine.tracked) is
'SQL that asks, of a new row, whether its key has another living record, as far as this table can have one.';

create or replace function jalon_engine.check_numbers(
    p_who jalon_engine.context, p_name text, p_key text, p_old_version integer, p_old_time timestamptz,
    p_new_version integer, p_new_time timestamptz
)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- An import brings its own time; whether it may is asked by the check of the change.
    if p_new_version = p_old_version + 1 and p_who.kind in ('import', 'backfill')
        and p_new_time <= clock_timestamp() and (p_old_time is null or p_new_time >= p_old_time)
    then
        return;
    end if;
    perform jalon_engine.fail('JL507',
        jsonb_build_object('table', p_name, 'id', p_key, 'version', p_new_version, 'at', p_new_time));
end
$$;
comment on function jalon_engine.check_numbers(jalon_engine.context, text, text, integer, timestamptz, integer,
    timestamptz) is
'Refuses a version or time that Jalon did not give; an import may bring its own time, in the past.';

create or replace function jalon_engine.check_earlier_life(
    p_name text, p_key text, p_begins timestamptz, p_relation oid
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A trigger that alters the partition turns an UPDATE into DELETE and INSERT, which no AFTER UPDATE trigger sees.
    if (select c.relispartition from pg_catalog.pg_class c where c.oid = p_relation) and exists (
            select from jalon_history.deletion d
            where d.tracked = p_name and d.record_key = p_key and d.transaction_id = pg_current_xact_id_if_assigned())
    then
        perform jalon_engine.fail('JL509', jsonb_build_object('table', p_name, 'id', p_key));
    end if;
    -- An INSERT that waited for somebody else's DELETE began before that ended.
    if exists (select from jalon_history.deletion d
            where d.tracked = p_name and d.record_key = p_key and d.deleted_at >= p_begins) then
        raise serialization_failure
            using message = jalon_engine.text_of('life.overlaps', jsonb_build_object('table', p_name, 'id', p_key));
    end if;
end
$$;
comment on function jalon_engine.check_earlier_life(text, text, timestamptz, oid) is
'Refuses a record that would begin before the one with the same key ended (40001), and on a partitioned table one '
'whose key ended in the same transaction (JL509).';

create or replace function jalon_engine.check_alone(p_name text, p_key text, p_begins timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_name);
    v_last timestamptz;
begin
    execute format('select max(h.changed_at) from %s h where h.%I = $1::%s and h.changed_at < $2',
        jalon_engine.history_of(t), t.history_key, t.key_type)
    into v_last using p_key, p_begins;
    if v_last is null or exists (select from jalon_history.deletion d
            where d.tracked = t.name and d.record_key = p_key and d.deleted_at >= v_last) then
        return;
    end if;
    -- An old snapshot shows a record that ended since. When, it does not show: locking it raises 40001.
    if current_setting('transaction_isolation') <> 'read committed' then
        perform from jalon_engine.lock_row_as_mover(format(
            'select x.status_version from %s x where x.%I = ($1)[1]::%s for key share',
            jalon_engine.table_of(t), t.key_column, t.key_type), array[p_key]);
    end if;
    if (select c.relkind from pg_catalog.pg_class c where c.oid = jalon_engine.table_of(t)) = 'p' then
        perform jalon_engine.fail('JL501', jsonb_build_object('table', t.name, 'column', t.key_column, 'id', p_key),
            'JL501.twice');
    end if;
end
$$;
comment on function jalon_engine.check_alone(text, text, timestamptz) is
'Refuses a second living record of a key of a partitioned table (JL501); 40001 if the first ended after the snapshot.';

create or replace function jalon_engine.check_place(p_name text, p_key text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from jalon_history.deletion d
        where d.tracked = p_name and d.record_digest = jalon_engine.key_digest(p_key)
            and d.transaction_id = pg_current_xact_id_if_assigned()) then
        perform jalon_engine.fail('JL509', jsonb_build_object('table', p_name, 'id', p_key));
    end if;
end
$$;
comment on function jalon_engine.check_place(text, text) is
'Refuses (JL509) a key that ended in the same transaction, in a partitioned table whose deletions keep no keys.';

create or replace function jalon_engine.key_digest(p_key text)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select encode(sha256(convert_to((select s.value from jalon_engine.secret s) || p_key, 'UTF8')), 'hex') $$;
comment on function jalon_engine.key_digest(text) is
'A digest of a key that tells nobody without the secret which key it was.';
