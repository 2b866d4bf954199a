-- The generated statement that checks and records: one INSERT … SELECT whose select list holds the verdict.
-- The same text serves one row, many rows (planned afresh by EXECUTE) and the row mode of partitioned tables.

create or replace function logic.recorder(p_tracked lifecycle.tracked, p_context text, p_creates boolean, p_source text, p_gate text default null)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    t lifecycle.tracked := p_tracked;
    c lifecycle.tracked_column;
    v_columns text := '';
    v_values text := '';
    v_rules text := '';
    v_verdicts text := '';
    v_changed text := '';
    v_announced text := '';
    v_insert text;
    v_is_announced boolean := exists (select from lifecycle.interest i where i.tracked = t.name);
begin
    if t.workflow_column is not null then
        v_columns := format(', %I', t.workflow_column);
        v_values := format(', n.%I', t.workflow_column);
        v_changed := format(' or n.%1$I is distinct from o.%1$I', t.workflow_column);
    end if;
    for c in select * from lifecycle.tracked_column x where x.tracked = t.name order by x.position loop
        v_columns := v_columns || format(', %I, %I', 'old_' || c.column_name, 'new_' || c.column_name);
        v_values := v_values || case when p_creates then format(', null, n.%I', c.column_name) else format(', o.%1$I, n.%1$I', c.column_name) end;
        v_changed := format(' or n.%1$I is distinct from o.%1$I', c.column_name) || v_changed;
        if t.workflow_column is not null then
            v_rules := v_rules || format(e'\n    left join lifecycle.rule_scope s%1$s on s%1$s.category = %2$L and s%1$s.scope = n.%3$I::text',
                c.position, c.category, t.workflow_column);
        end if;
        v_rules := v_rules || format(
            e'\n    left join lifecycle.rule r%1$s on r%1$s.category = %2$L and r%1$s.scope = %3$s and r%1$s.from_code = %4$s and r%1$s.to_code = n.%5$I::text',
            c.position, c.category, case when t.workflow_column is null then '''*''' else format('coalesce(s%s.scope, ''*'')', c.position) end,
            case when p_creates then '''''' else format('o.%I::text', c.column_name) end, c.column_name);
        v_verdicts := v_verdicts || ', ' || logic.verdict(t, c, p_context, p_creates);
        v_announced := v_announced || format(', %L, jsonb_build_object(''from'', h.%I, ''to'', h.%I)',
            c.column_name, 'old_' || c.column_name, 'new_' || c.column_name);
    end loop;
    v_insert := logic.weave($sql$insert into @history@ as h (id, @history_key@, version@columns@, changed_at, previous_changed_at, kind,
        changed_by, on_behalf_of, db_role, reason, meta_data, workflow_version, bulk_id, transaction_id)
    select @uuid@, n.@key@, n.status_version@values@, n.status_changed_at, @previous@, @kind@,
        @context@.actor, @context@.on_behalf_of, @context@.db_role, @context@.reason, @context@.meta, greatest(@verdicts@), @context@.bulk_id,
        pg_current_xact_id()
    from @source@@rules@@where@$sql$, jsonb_build_object(
        'history', format('%I.%I', t.history_schema, t.history_name), 'history_key', quote_ident(t.history_key),
        'key', quote_ident(t.key_column), 'columns', v_columns, 'values', v_values, 'rules', v_rules, 'verdicts', substr(v_verdicts, 3),
        'uuid', case when current_setting('server_version_num')::integer >= 180000 then 'uuidv7()' else 'logic.uuid7()' end,
        'previous', case when p_creates then 'null' else 'o.status_changed_at' end,
        'kind', case when p_creates then format('case %1$s.kind when ''move'' then ''create'' else %1$s.kind end', p_context) else p_context || '.kind' end,
        'context', p_context, 'source', p_source,
        'where', coalesce(e'\n    where ' || nullif(concat_ws(' and ', case when not p_creates then '(' || substr(v_changed, 5) || ')' end, p_gate), ''), '')));
    if not v_is_announced then
        return v_insert;
    end if;
    return logic.weave($sql$with written as (@insert@
    returning h.*)
    insert into lifecycle.event (id, type, tracked, record_key, version, occurred_at, transaction_id, data)
    select h.id, @type@, @name@, h.@history_key@::text, h.version, h.changed_at, h.transaction_id, jsonb_strip_nulls(jsonb_build_object(
        'table', @name@, 'key', h.@history_key@, 'from', h.@old@, 'to', h.@new@, 'changes', jsonb_build_object(@announced@),
        'version', h.version, 'who', h.changed_by, 'onBehalfOf', h.on_behalf_of, 'reason', h.reason, 'kind', h.kind,
        'caseType', @case_type@, 'meta', h.meta_data))
    from written h$sql$, jsonb_build_object('insert', v_insert, 'history_key', quote_ident(t.history_key), 'name', quote_literal(t.name),
        'type', quote_literal(t.name || case when p_creates then '.created' else '.status_changed' end), 'announced', substr(v_announced, 3),
        'case_type', case when t.workflow_column is null then 'null' else format('h.%I', t.workflow_column) end,
        'old', (select quote_ident('old_' || x.column_name) from lifecycle.tracked_column x where x.tracked = t.name and x.position = 1),
        'new', (select quote_ident('new_' || x.column_name) from lifecycle.tracked_column x where x.tracked = t.name and x.position = 1)));
end
$$;
comment on function logic.recorder(lifecycle.tracked, text, boolean, text, text) is 'SQL that judges changed rows and writes their history (and events, where somebody is interested).';
