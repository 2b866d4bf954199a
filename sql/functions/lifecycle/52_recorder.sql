-- The generated statement that records a change. The verdicts come in as SQL: variables where one row was judged
-- before, expressions where many rows are judged by the very statement that records them.

create or replace function jalon_engine.new_id()
returns text
language sql stable
set search_path = ''
as $$ select case when current_setting('server_version_num')::integer >= 180000 then 'uuidv7()' else 'jalon_engine.uuid7()' end $$;
comment on function jalon_engine.new_id() is 'SQL that makes a UUID of version 7 on this server.';

create or replace function jalon_engine.id_head()
returns text
language sql immutable
set search_path = ''
as $$ select 'to_hex(txid_current() << 16 | 1152921504606879744)' $$;
comment on function jalon_engine.id_head() is 'SQL of the first half of a derived UUID: the transaction, and that it is of version 8. Many rows get it ready-made, as $2.';

create or replace function jalon_engine.derived_id(p_tracked jalon_engine.tracked, p_row text, p_head text default jalon_engine.id_head())
returns text
language sql stable
set search_path = ''
as $$
    -- A UUID of version 8 from what makes the row unique: the transaction, and a hash of table, record and version. No chance is needed
    -- for that, and asking the system for random bytes costs more than writing the row where PostgreSQL was built without OpenSSL.
    select format('(%s || to_hex(%s & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid', p_head,
        format(case p_tracked.key_type when 'bigint' then 'hashint8extended(%s, %s)' when 'integer' then 'hashint4extended(%s, %s)' when 'smallint' then 'hashint2extended(%s, %s)'
            when 'uuid' then 'uuid_hash_extended(%s, %s)' else 'hashtextextended(%s::text collate "C", %s)' end,
            p_row || '.' || jalon_engine.quoted(p_tracked.key_column), format('%s.status_version + bigint ''%s''', p_row, hashtext(p_tracked.name))))
$$;
comment on function jalon_engine.derived_id(jalon_engine.tracked, text, text) is 'SQL that makes the UUID of a generated row from the record, its version and the transaction.';

create or replace function jalon_engine.kind_of(p_context text, p_creates boolean)
returns text
language sql immutable
set search_path = ''
as $$ select case when p_creates then format('case %1$s.kind when ''move'' then ''create'' else %1$s.kind end', p_context) else p_context || '.kind' end $$;
comment on function jalon_engine.kind_of(text, boolean) is 'SQL that says of what kind a change is.';

create or replace function jalon_engine.announcer(p_tracked jalon_engine.tracked, p_creates boolean, p_context text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_from_history boolean := p_context is null;
    v_from text := case when v_from_history then 'h.%s' when p_creates then 'null' else 'o.%2$s' end;
    v_to text := case when v_from_history then 'h.%s' else 'n.%2$s' end;
    v_changes text;
    v_first jalon_engine.tracked_column;
begin
    if not exists (select from jalon_engine.interest i where i.tracked = t.name) then
        return null;
    end if;
    select string_agg(format('%L, jsonb_build_object(''from'', %s, ''to'', %s)', c.column_name,
        format(v_from, quote_ident('old_' || c.column_name), jalon_engine.quoted(c.column_name)), format(v_to, quote_ident('new_' || c.column_name), jalon_engine.quoted(c.column_name))), ', ' order by c.position)
    into v_changes from jalon_engine.tracked_column c where c.tracked = t.name;
    select c.* into v_first from jalon_engine.tracked_column c where c.tracked = t.name and c.position = 1;
    -- Whoever writes pays for each member of data: what can be added later is added by jalon.fan_out.
    return jalon_engine.weave(jalon_engine.weave($sql$insert into jalon_engine.event (id, type, tracked, record_key, version, occurred_at, transaction_id, data)
    select @id@, @type@, @name@, @key@::text, @version@, @at@, pg_current_xact_id(), jsonb_build_object(
        'key', @key@, 'from', @from@, 'to', @to@, 'changes', jsonb_build_object(@changes@),
        'who', @who@, 'onBehalfOf', @mark@.on_behalf_of, 'reason', @mark@.reason, 'kind', @kind@, 'caseType', @case_type@, 'meta', @meta@)$sql$,
        case when v_from_history then jsonb_build_object('id', 'h.id', 'key', 'h.' || quote_ident(t.history_key), 'version', 'h.version', 'at', 'h.changed_at',
            'who', 'h.changed_by', 'mark', 'h', 'kind', 'h.kind', 'meta', 'h.meta_data')
        else jsonb_build_object('id', jalon_engine.derived_id(t, 'n'), 'key', 'n.' || jalon_engine.quoted(t.key_column), 'version', 'n.status_version', 'at', 'n.status_changed_at',
            'who', p_context || '.actor', 'mark', p_context, 'kind', jalon_engine.kind_of(p_context, p_creates), 'meta', p_context || '.meta') end),
        jsonb_build_object('name', quote_literal(t.name), 'type', quote_literal(t.name || case when p_creates then '.created' else '.status_changed' end), 'changes', v_changes,
            'from', format(v_from, quote_ident('old_' || v_first.column_name), jalon_engine.quoted(v_first.column_name)), 'to', format(v_to, quote_ident('new_' || v_first.column_name), jalon_engine.quoted(v_first.column_name)),
            'case_type', coalesce(case when v_from_history then 'h.' else 'n.' end || jalon_engine.quoted(t.workflow_column), 'null')));
end
$$;
comment on function jalon_engine.announcer(jalon_engine.tracked, boolean, text) is
'SQL that appends the event of a change, from the row n (before: o) and the context, or (without one) from history rows h; null where nobody is interested.';

create or replace function jalon_engine.recorder(p_tracked jalon_engine.tracked, p_context text, p_creates boolean, p_verdicts text, p_source text)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_columns text := '';
    v_values text := '';
begin
    if t.workflow_column is not null then
        v_columns := format(', %I', t.workflow_column);
        v_values := ', n.' || jalon_engine.quoted(t.workflow_column);
    end if;
    select v_columns || string_agg(format(', %I, %I', 'old_' || c.column_name, 'new_' || c.column_name), '' order by c.position),
        v_values || string_agg(format(case when p_creates then ', null, n.%1$s' else ', o.%1$s, n.%1$s' end, jalon_engine.quoted(c.column_name)), '' order by c.position)
    into v_columns, v_values
    from jalon_engine.tracked_column c where c.tracked = t.name;
    return jalon_engine.weave($sql$insert into @history@ as h (id, @history_key@, version@columns@, changed_at, previous_changed_at, kind,
        changed_by, on_behalf_of, db_role, reason, meta_data, workflow_version, bulk_id, transaction_id)
    select @uuid@, n.@key@, n.status_version@values@, n.status_changed_at, @previous@, @kind@,
        @context@.actor, @context@.on_behalf_of, @context@.db_role, @context@.reason, @context@.meta, @verdicts@, @context@.bulk_id,
        pg_current_xact_id()@source@$sql$, jsonb_build_object(
        'history', format('%I.%I', t.history_schema, t.history_name), 'history_key', quote_ident(t.history_key),
        'key', jalon_engine.quoted(t.key_column), 'columns', v_columns, 'values', v_values, 'verdicts', case when p_verdicts like '%,%' then format('greatest(%s)', p_verdicts) else p_verdicts end,
        'uuid', case p_context when '($1)' then jalon_engine.derived_id(t, 'n', '$2') else jalon_engine.derived_id(t, 'n') end,
        'previous', case when p_creates then 'null' else 'o.status_changed_at' end,
        'kind', jalon_engine.kind_of(p_context, p_creates), 'context', p_context, 'source', p_source));
end
$$;
comment on function jalon_engine.recorder(jalon_engine.tracked, text, boolean, text, text) is 'SQL that writes the history of judged rows.';
