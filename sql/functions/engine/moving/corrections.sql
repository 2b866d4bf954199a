-- Completing what was just written, importing, erasing.

create or replace function jalon.annotate(tracked text, id text, reason text, meta jsonb default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(annotate.tracked);
begin
    perform jalon_engine.require_key(t, annotate.id);
    if not jalon_history.complete_last_change(t.name, annotate.id, annotate.reason, annotate.meta) then
        perform jalon_engine.fail('JL502', jsonb_build_object('table', t.history_name, 'operation', 'UPDATE'));
    end if;
end
$$;
comment on function jalon.annotate(text, text, text, jsonb) is
'Completes reason and meta of the last change of a record, in the transaction that made it and never after.';
grant execute on function jalon.annotate(text, text, text, jsonb) to jalon_dba;

create or replace function jalon.import_change(
    tracked text, id text, target text, changed_at timestamptz, reason text default null, meta jsonb default null,
    status_column text default null
)
returns jalon_engine.moved
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(import_change.tracked);
    v_column text := coalesce(import_change.status_column, jalon_engine.first_column(t.name));
    v_before text[];
    v_row record;
begin
    perform jalon_engine.require_permission('import_history', t.name);
    perform jalon_engine.require_movable(t.name, v_column, import_change.id);
    perform jalon_engine.require_past(t.name, v_column, import_change.target, import_change.changed_at);
    perform jalon_history.ensure_months_of(t, array[date_trunc('month', import_change.changed_at at time zone 'UTC')]);
    v_before := jalon_engine.set_marks(coalesce(import_change.reason, ''), import_change.meta, '{"kind": "import"}');
    v_row := jalon_engine.import_row(jalon_engine.table_of(t), t.key_column, v_column, import_change.id,
        import_change.target, import_change.changed_at);
    perform jalon_engine.without_reason(v_before);
    if v_row.version is null then
        -- A row that was found and is not changed was kept so by the table's own policies or triggers.
        perform jalon_engine.fail(case when v_row.old_code is null then 'JL401' else 'JL207' end,
            jsonb_build_object('table', t.name, 'id', import_change.id));
    elsif v_row.has_changed and v_row.changed_at > import_change.changed_at then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'changed_at', 'table', t.name,
            'id', import_change.id, 'at', import_change.changed_at, 'last', v_row.changed_at), 'JL405.later');
    end if;
    return (t.name, import_change.id, v_column, v_row.old_code, import_change.target, v_row.version, v_row.changed_at,
        v_row.has_changed)::jalon_engine.moved;
end
$$;
comment on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) is
'Records a change that happened elsewhere, at its own time (kind import); transitions do not bind it, the permission '
'import_history does.';
grant execute on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) to jalon_dba;

create or replace function jalon_engine.require_past(p_tracked text, p_column text, p_target text, p_at timestamptz)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category constant text := (select c.category from jalon_engine.tracked_column c
        where c.tracked = p_tracked and c.column_name = p_column);
begin
    if p_at is null or not isfinite(p_at) or p_at > clock_timestamp() then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'changed_at', 'at', p_at), 'JL405.future');
    elsif not exists (select from jalon_engine.referential f where f.category = v_category and f.code = p_target) then
        -- No workflow binds an import: any code of the category will do.
        perform jalon_engine.fail('JL402', jsonb_build_object('table', p_tracked, 'category', v_category,
            'to', p_target, 'allowed', (select coalesce(jsonb_agg(f.code order by f.position, f.code), '[]')
                from jalon_engine.referential f where f.category = v_category)));
    end if;
end
$$;
comment on function jalon_engine.require_past(text, text, text, timestamptz) is
'Refuses a time that has not come yet, and a code that the category lacks.';

create or replace function jalon.erase(tracked text, id text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_delete constant text := jalon_engine.erasing_statement(erase.tracked, erase.id);
    v_count integer;
begin
    -- As the caller: the table's own triggers and policies run with their rights.
    execute v_delete using erase.id;
    get diagnostics v_count = row_count;
    perform jalon_engine.forget_record(erase.tracked, erase.id, v_count > 0);
end
$$;
comment on function jalon.erase(text, text) is
'Deletes a record as declared; where its history stays, names and texts leave it. One row without personal data says '
'that it was erased, when and by whom.';
grant execute on function jalon.erase(text, text) to jalon_dba;

create or replace function jalon_engine.erasing_statement(p_tracked text, p_id text)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    perform jalon_engine.require_permission('erase', t.name);
    perform jalon_engine.require_key(t, p_id);
    perform jalon_history.announce_erasure(t.name, p_id);
    return format('delete from %s x where x.%I = $1::%s', jalon_engine.table_of(t), t.key_column, t.key_type);
end
$$;
comment on function jalon_engine.erasing_statement(text, text) is
'The statement that deletes a record to be erased; fails unless the actor may erase.';
grant execute on function jalon_engine.erasing_statement(text, text) to jalon_dba;

create or replace function jalon_engine.forget_record(p_tracked text, p_id text, p_was_there boolean)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    perform jalon_engine.require_permission('erase', t.name);
    if not jalon_history.forget(t.name, p_id) and not p_was_there then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', t.name, 'id', p_id));
    end if;
    delete from jalon_engine.outbox_message e where e.tracked = t.name and e.record_key = p_id;
    delete from jalon_engine.record_edit e where e.tracked = t.name and e.record_key = p_id;
    perform jalon_engine.erase_messages(t.name, p_id);
end
$$;
comment on function jalon_engine.forget_record(text, text, boolean) is
'Takes the persons and texts out of the history, messages and deliveries of a record that was deleted.';
grant execute on function jalon_engine.forget_record(text, text, boolean) to jalon_dba;
