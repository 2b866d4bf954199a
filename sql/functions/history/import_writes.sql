-- What an import writes once its rows are found sound: history, the ends of records that are gone, and the version and
-- time of those that are there.
set local role jalon_historian;

create or replace function jalon_history.write_imported(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
begin
    perform jalon_history.ensure_months_of(t, array(
        select distinct date_trunc('month', i.changed_at at time zone 'UTC') from jalon_history.import_row i
        join jalon_history.import_record r on r.record_key = i.record_key and r.state in ('untouched', 'gone')
        where i.to_code is not null));
    -- 1. The past takes the place of the row that said where the record stood.
    execute format('delete from %1$s h using jalon_history.import_record r where r.state = ''untouched'' '
        'and h.%2$I = r.record_key::%3$s and h.kind = ''backfill''',
        jalon_engine.history_of(t), t.history_key, t.key_type);
    execute (
        select jalon_engine.render($sql$
            insert into {history} (id, {key}, version, changed_at, previous_changed_at{columns}, kind, changed_by,
                db_role, reason, bulk_id, transaction_id)
            select md5(concat_ws(' ', $1, p.version, p.record_key))::uuid, p.record_key::{key_type}, p.version,
                p.changed_at, p.previous_changed_at{values}, 'import', p.changed_by, session_user, p.reason, $1,
                pg_current_xact_id()
            from ({imported}) p order by p.changed_at$sql$, jsonb_build_object('history', jalon_engine.history_of(t),
            'key', quote_ident(t.history_key), 'key_type', t.key_type,
            'imported', jalon_history.imported_sql(t, '{untouched,gone}'),
            'columns', coalesce(', ' || quote_ident(t.workflow_column), '') || string_agg(format(', %I, %I',
                'old_' || c.column_name, 'new_' || c.column_name), '' order by c.position),
            'values', coalesce(', p.case_type::' || jalon_engine.history_column_type(t, t.workflow_column), '')
                || string_agg(format(', p.old_%1$s, p.new_%1$s', c.position), '' order by c.position)))
        from jalon_engine.tracked_column c where c.tracked = t.name
    ) using gen_random_uuid();
    -- 2. Records that are gone have their end.
    perform jalon_history.end_imported(t);
    -- 3. Version and time of the others follow.
    perform jalon_history.renumber_imported(t);
    perform jalon_engine.forget_recaps(t.name);
end
$$;
comment on function jalon_history.write_imported(jalon_engine.tracked) is
'Writes the past of the records that an import found sound.';

create or replace function jalon_history.end_imported(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into jalon_history.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role,
        transaction_id, last_version, last_changed_at)
    select gen_random_uuid(), p_tracked.name, i.record_key, 'IMPORT', i.changed_at, i.changed_by, session_user,
        pg_current_xact_id(), l.version, l.changed_at
    from jalon_history.import_row i
    join jalon_history.import_record r on r.record_key = i.record_key and r.state = 'gone'
    join (select c.record_key, count(*) as version, max(c.changed_at) as changed_at from jalon_history.import_row c
        where c.is_change and c.to_code is not null group by c.record_key) l on l.record_key = i.record_key
    where i.to_code is null;
    if jalon_engine.is_partitioned(p_tracked) then
        insert into jalon_history.partitioned_record (tracked, record_key, ended_at, ended_in)
        select p_tracked.name, i.record_key, i.changed_at, pg_current_xact_id()
        from jalon_history.import_row i
        join jalon_history.import_record r on r.record_key = i.record_key and r.state = 'gone'
        where i.to_code is null
        on conflict on constraint partitioned_record_pk do nothing;  -- a record of that key came meanwhile
    end if;
end
$$;
comment on function jalon_history.end_imported(jalon_engine.tracked) is
'Writes the deletions of records that are gone, marked as imported.';

create or replace function jalon_history.renumber_imported(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
set enable_nestloop = off  -- what was just written has no statistics
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_keys text[];
    v_versions integer[];
    v_times timestamptz[];
    v_missed text;
begin
    -- The triggers of the table let a record take these numbers, and no others.
    insert into jalon_history.renumbering
    select t.name, i.record_key, count(*), max(i.changed_at), pg_current_xact_id()
    from jalon_history.import_row i
    join jalon_history.import_record r on r.record_key = i.record_key and r.state = 'untouched'
    where i.is_change group by i.record_key;
    select array_agg(n.record_key), array_agg(n.version), array_agg(n.changed_at) into v_keys, v_versions, v_times
    from jalon_history.renumbering n where n.tracked = t.name and n.transaction_id = pg_current_xact_id();
    perform jalon_engine.renumber_rows(jalon_engine.table_of(t), t.key_column, t.key_type, v_keys, v_versions, v_times);
    -- Triggers and policies of the table's owner may have kept a row as it was, or altered it.
    select n.record_key into v_missed
    from jalon_history.renumbering n
    join jalon_history.import_record r on r.record_key = n.record_key
    left join jalon_engine.states_as_mover(jalon_engine.states_sql(t)) l on l.record_key = n.record_key
        and l.version = n.version and l.changed_at = n.changed_at and l.codes = r.codes
        and l.case_type is not distinct from r.case_type
    where n.tracked = t.name and n.transaction_id = pg_current_xact_id() and l.record_key is null
    order by 1 limit 1;
    if found then
        perform jalon_engine.fail('JL207', jsonb_build_object('table', t.name, 'id', v_missed));
    end if;
    delete from jalon_history.renumbering n where n.tracked = t.name and n.transaction_id = pg_current_xact_id();
end
$$;
comment on function jalon_history.renumber_imported(jalon_engine.tracked) is
'Gives records the version and time of the last change of their past; refuses if the table keeps them from it.';
