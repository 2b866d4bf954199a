-- For people: acting in a name, completing what was just written, importing, erasing.

create or replace function jalon.act_as(actor text, roles text[] default '{}', reason text default null, meta jsonb default null)
returns text
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    if not pg_has_role(session_user, 'jalon_dba', 'member') then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', 'db:' || session_user, 'permission', 'act_as', 'roles', jsonb_build_array('jalon_dba')));
    end if;
    perform set_config('jalon.actor', coalesce(act_as.actor, ''), false),
            set_config('jalon.roles', coalesce(array_to_string(act_as.roles, ','), ''), false),
            set_config('jalon.reason', coalesce(act_as.reason, ''), false),
            set_config('jalon.more', case when act_as.meta is null then '' else jsonb_build_object('meta', act_as.meta)::text end, false);
    return jalon_engine.actor();
end
$$;
comment on function jalon.act_as(text, text[], text, jsonb) is
'A DBA acts in a name for the rest of the session, with a reason; act_as(null) ends it. The history keeps the database login besides.';
grant execute on function jalon.act_as(text, text[], text, jsonb) to jalon_dba;

create or replace function jalon.annotate(tracked text, id text, reason text, meta jsonb default null)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(annotate.tracked);
    v_count integer;
begin
    perform jalon_engine.demand_key(t, annotate.id);
    execute format($sql$update %1$I.%2$I h set reason = coalesce($2, h.reason), meta_data = coalesce($3, h.meta_data)
        where h.%3$I = $1::%4$s and h.transaction_id = pg_current_xact_id()
          and h.version = (select max(m.version) from %1$I.%2$I m where m.%3$I = $1::%4$s)$sql$,
        t.history_schema, t.history_name, t.history_key, t.key_type) using annotate.id, annotate.reason, annotate.meta;
    get diagnostics v_count = row_count;
    if v_count = 0 then
        perform jalon_engine.fail('JL502', jsonb_build_object('table', t.history_name, 'operation', 'UPDATE'));
    end if;
end
$$;
comment on function jalon.annotate(text, text, text, jsonb) is
'Completes reason and meta of the last change of a record, in the transaction that made it and never after.';
grant execute on function jalon.annotate(text, text, text, jsonb) to jalon_dba;

create or replace function jalon.import_change(
    tracked text, id text, target text, changed_at timestamptz, reason text default null, meta jsonb default null, status_column text default null
)
returns jalon_engine.moved
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(import_change.tracked);
    v_column text := coalesce(import_change.status_column, jalon_engine.first_column(t.name));
    v_reason text := current_setting('jalon.reason', true);
    v_more text := current_setting('jalon.more', true);
    v_moved jalon_engine.moved;
begin
    perform jalon_engine.demand('import_history', t.name);
    perform jalon_engine.demand_key(t, import_change.id);
    perform jalon_engine.ensure_months(t.name, import_change.changed_at, import_change.changed_at);
    perform set_config('jalon.reason', coalesce(import_change.reason, ''), true),
            set_config('jalon.more', jsonb_strip_nulls(jsonb_build_object('kind', 'import', 'meta', import_change.meta))::text, true);
    execute format($sql$update %1$I.%2$I x set %3$I = $2::%5$s, status_changed_at = $3 where x.%4$I = $1::%6$s and x.status_changed_at <= $3
        returning x.status_version, x.status_changed_at$sql$, t.table_schema, t.table_name, v_column, t.key_column,
        jalon_engine.column_type(t, v_column), t.key_type)
    into v_moved.version, v_moved.changed_at using import_change.id, import_change.target, import_change.changed_at;
    if v_moved.version is null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'changed_at', 'why', 'there is no such record, or it changed later than this'));
    end if;
    perform set_config('jalon.reason', coalesce(v_reason, ''), true), set_config('jalon.more', coalesce(v_more, ''), true);
    v_moved.tracked := t.name;
    v_moved.id := import_change.id;
    v_moved.column_name := v_column;
    v_moved.new_code := import_change.target;
    v_moved.has_changed := true;
    return v_moved;
end
$$;
comment on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) is
'Records a change that happened elsewhere, at its own time (kind import); arrows do not bind it, the permission import_history does.';
grant execute on function jalon.import_change(text, text, text, timestamptz, text, jsonb, text) to jalon_dba;

create or replace function jalon.erase(tracked text, id text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(erase.tracked);
    v_count integer;
    v_remembered integer;
begin
    perform jalon_engine.demand('erase', t.name);
    perform jalon_engine.demand_key(t, erase.id);
    perform set_config('jalon.erasing', pg_current_xact_id()::text, true);
    execute format('delete from %I.%I x where x.%I = $1::%s', t.table_schema, t.table_name, t.key_column, t.key_type) using erase.id;
    get diagnostics v_count = row_count;
    -- Where history stays, its codes and times stay; whatever people wrote or were named in goes.
    execute format($sql$update %I.%I h set reason = null, meta_data = null, on_behalf_of = null, changed_by = 'erased' where h.%I = $1::%s$sql$,
        t.history_schema, t.history_name, t.history_key, t.key_type) using erase.id;
    get diagnostics v_remembered = row_count;
    if v_count = 0 and v_remembered = 0 then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', t.name, 'id', erase.id));
    elsif v_count = 0 then
        -- The record had gone before; what is erased is what was still remembered of it.
        insert into jalon_engine.deletion (id, tracked, record_key, operation, deleted_at, deleted_by, db_role, transaction_id)
        values (jalon_engine.uuid7(), t.name, erase.id, 'ERASE', clock_timestamp(), jalon_engine.actor(), session_user, pg_current_xact_id());
    end if;
    delete from jalon_engine.event e where e.tracked = t.name and e.record_key = erase.id;
    perform jalon_engine.erase_messages(t.name, erase.id);
    perform set_config('jalon.erasing', '', true);
end
$$;
comment on function jalon.erase(text, text) is
'Deletes a record as declared; where its history stays, names and texts leave it. One row without personal data says that it was erased, when and by whom.';
grant execute on function jalon.erase(text, text) to jalon_dba;
