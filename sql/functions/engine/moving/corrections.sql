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
    v_moved jalon_engine.moved;
begin
    perform jalon_engine.require_permission('import_history', t.name);
    perform jalon_engine.require_key(t, import_change.id);
    perform jalon_engine.require_movable(t.name, v_column, import_change.id);
    if not isfinite(import_change.changed_at) or import_change.changed_at > clock_timestamp() then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'changed_at', 'why', 'an import tells of the past'));
    end if;
    perform jalon_history.ensure_months(t.name, import_change.changed_at, import_change.changed_at);
    v_before := jalon_engine.set_marks(coalesce(import_change.reason, ''), import_change.meta, '{"kind": "import"}');
    v_moved.version := jalon_engine.import_row(jalon_engine.table_of(t), t.key_column, v_column, import_change.id,
        import_change.target, import_change.changed_at);
    if v_moved.version is null then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'changed_at', 'why', 'there is no such record, or it changed later than this'));
    end if;
    perform jalon_engine.without_reason(v_before);
    v_moved.tracked := t.name;
    v_moved.id := import_change.id;
    v_moved.column_name := v_column;
    v_moved.new_code := import_change.target;
    v_moved.changed_at := import_change.changed_at;
    v_moved.has_changed := true;
    return v_moved;
end
$$;
comment on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) is
'Records a change that happened elsewhere, at its own time (kind import); transitions do not bind it, the permission '
'import_history does.';
grant execute on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) to jalon_dba;

create or replace function jalon.erase(tracked text, id text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_delete constant text := jalon_engine.erasing_statement(erase.tracked, erase.id);
    v_count integer;
begin
    -- As whoever calls: the table's own triggers and policies run with their rights.
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
    perform jalon_engine.erase_messages(t.name, p_id);
end
$$;
comment on function jalon_engine.forget_record(text, text, boolean) is
'Takes the persons and texts out of the history, messages and deliveries of a record that was deleted.';
grant execute on function jalon_engine.forget_record(text, text, boolean) to jalon_dba;
