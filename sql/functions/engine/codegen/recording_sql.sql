-- What the generated functions write: a row of history, and a message if somebody wants to hear of it.

create or replace function jalon_engine.new_id()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when current_setting('server_version_num')::integer >= 180000 then 'uuidv7()'
        else 'jalon_engine.uuid7()' end
$$;
comment on function jalon_engine.new_id() is 'SQL that makes a UUID of version 7 on this server.';

create or replace function jalon_engine.derived_id(p_tracked jalon_engine.tracked, p_row text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A UUID of version 8 from what makes the row unique: the transaction, and a hash of table, record, version and
    -- time. It needs no random bytes, and asking the system for those can cost more than writing the row.
    select format(e'(to_hex(txid_current() << 16 | 1152921504606879744)\n            || to_hex(%s\n'
        '                & 4611686018427387903 | (-9223372036854775807 - 1)))::uuid',
        format(case jalon_engine.base_type(a.atttypid) when 'bigint' then 'hashint8extended(%1$s, %3$s)'
            when 'integer' then 'hashint4extended(%1$s, %3$s)'
            when 'smallint' then 'hashint2extended(%1$s, %3$s)' when 'uuid' then 'uuid_hash_extended(%1$s, %3$s)'
            else 'hashtextextended(%2$s collate "C", %3$s)' end,
            jalon_engine.value_sql(p_tracked, p_tracked.key_column, p_row),
            jalon_engine.text_sql(p_tracked, p_tracked.key_column, p_row),
            format(e'timestamp_hash_extended(\n                %1$s.status_changed_at at time zone ''UTC'', '
                '%1$s.status_version + bigint ''%2$s'')', p_row, hashtext(p_tracked.name))))
    from pg_catalog.pg_attribute a where a.attrelid = jalon_engine.table_of(p_tracked)
        and a.attname = p_tracked.key_column
$$;
comment on function jalon_engine.derived_id(jalon_engine.tracked, text) is
'SQL that makes the UUID of a history row from the record, its version and the transaction.';

create or replace function jalon_engine.history_of(p_tracked jalon_engine.tracked)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select format('%I.%I', p_tracked.history_schema, p_tracked.history_name) $$;
comment on function jalon_engine.history_of(jalon_engine.tracked) is 'The history table of a tracked table, as SQL.';

create or replace function jalon_engine.history_columns_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format(e'id, %I, version, changed_at, previous_changed_at%s%s,\n        kind, changed_by, '
        'on_behalf_of, db_role, reason, meta_data, bulk_id, transaction_id, workflow_version',
        p_tracked.history_key, coalesce(', ' || quote_ident(p_tracked.workflow_column), ''),
        string_agg(format(e',\n        %I, %I', 'old_' || c.column_name, 'new_' || c.column_name), ''
            order by c.position))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.history_columns_sql(jalon_engine.tracked) is
'The columns of a history row, in the order in which jalon_engine.history_values_sql gives them.';

create or replace function jalon_engine.history_values_sql(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format(e'%s,\n        %s, new.status_version, new.status_changed_at, %s%s%s,\n        %s,\n'
        '        who.actor, who.on_behalf_of, who.db_role, who.reason, who.meta, who.bulk_id, pg_current_xact_id()',
        jalon_engine.derived_id(p_tracked, 'new'), jalon_engine.value_sql(p_tracked, p_tracked.key_column, 'new'),
        case when p_creates then 'null' else 'old.status_changed_at' end,
        coalesce(', ' || jalon_engine.value_sql(p_tracked, p_tracked.workflow_column, 'new'), ''),
        string_agg(format(e',\n        %s,\n        %s',
            case when p_creates then 'null' else jalon_engine.value_sql(p_tracked, c.column_name, 'old') end,
            jalon_engine.value_sql(p_tracked, c.column_name, 'new')), '' order by c.position),
        case when p_creates then 'case who.kind when ''move'' then ''create'' else who.kind end' else 'who.kind' end)
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.history_values_sql(jalon_engine.tracked, boolean) is
'The values of a history row, without the workflow version, which comes last.';

create or replace function jalon_engine.message_sql(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Each write pays for each member of data: what can be added later is added by jalon.fan_out.
    select case when not exists (select from jalon_engine.interest i
        where i.tracked = p_tracked.name) then 'null;  -- nobody listens'
        else jalon_engine.render($sql$insert into jalon_engine.outbox_message (id, type, tracked, record_key, version,
        occurred_at, transaction_id, data)
    values ({id}, {type}, {name}, {key_text}, new.status_version, new.status_changed_at, pg_current_xact_id(),
        jsonb_build_object('key', {key}, 'from', {from}, 'to', {to}, 'changes', jsonb_build_object({changes}),
            'who', who.actor, 'onBehalfOf', who.on_behalf_of, 'reason', who.reason, 'kind', {kind},
            'caseType', {case_type}, 'meta', who.meta));$sql$,
        jsonb_build_object('id', jalon_engine.derived_id(p_tracked, 'new'),
            'type', quote_literal(p_tracked.name || case when p_creates then '.created' else '.status_changed' end),
            'name', quote_literal(p_tracked.name),
            'key', jalon_engine.value_sql(p_tracked, p_tracked.key_column, 'new'),
            'key_text', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'new'),
            'from', case when p_creates then 'null'
                else min(jalon_engine.value_sql(p_tracked, c.column_name, 'old')) filter (where c.position = 1) end,
            'to', min(jalon_engine.value_sql(p_tracked, c.column_name, 'new')) filter (where c.position = 1),
            'changes', string_agg(format('%L, jsonb_build_object(''from'', %s, ''to'', %s)', c.column_name,
                case when p_creates then 'null' else jalon_engine.value_sql(p_tracked, c.column_name, 'old') end,
                jalon_engine.value_sql(p_tracked, c.column_name, 'new')), ', ' order by c.position),
            'kind', case when p_creates then 'case who.kind when ''move'' then ''create'' else who.kind end'
                else 'who.kind' end,
            'case_type', coalesce(jalon_engine.value_sql(p_tracked, p_tracked.workflow_column, 'new'), 'null'))) end
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.message_sql(jalon_engine.tracked, boolean) is
'SQL that appends the message of a change, if somebody wants to hear of the table.';
