-- The generator's loom: the pieces of SQL that depend on the columns of a tracked table, and templates to put them in.

create or replace function logic.weave(p_template text, p_parts jsonb)
returns text
language plpgsql immutable
set search_path = ''
as $$
declare
    v_text text := p_template;
    v_name text;
    v_value text;
begin
    for v_name, v_value in select e.key, e.value from jsonb_each_text(p_parts) e loop
        v_text := replace(v_text, '@' || v_name || '@', v_value);
    end loop;
    return v_text;
end
$$;
comment on function logic.weave(text, jsonb) is 'A template of SQL with its @names@ replaced.';

create or replace function logic.uuid7()
returns uuid
language sql volatile
set search_path = ''
as $$
    select encode(set_byte(set_byte(
        overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
        6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
        8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid
$$;
comment on function logic.uuid7() is 'A UUID of version 7, for servers before PostgreSQL 18, which has uuidv7().';

create or replace function logic.relation_test(p_tracked lifecycle.tracked, p_row text, p_context text, p_wanted text)
returns text
language sql stable
set search_path = ''
as $$
    -- "this rule's relation holds", for the relations that are columns of the row; others are left to logic.judge.
    select coalesce(string_agg(format('(%s = %L and %s.%I::text = %s.actor)', p_wanted, e.key, p_row, e.value, p_context), ' or ' order by e.key), 'false')
    from jsonb_each_text(p_tracked.relations) e
$$;
comment on function logic.relation_test(lifecycle.tracked, text, text, text) is 'SQL that tests a relation by the columns of a row.';

create or replace function logic.verdict(p_tracked lifecycle.tracked, p_column lifecycle.tracked_column, p_context text, p_creates boolean)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    v_rule text := 'r' || p_column.position;
    v_row text := case when p_creates then 'n' else 'o' end;
    v_relations text;
begin
    -- THE rule as one expression: the plain case is decided here, everything else by logic.judge, which also refuses.
    select coalesce(string_agg(format(' or (%L = any (%s.roles) and %s.%I::text = %s.actor)', e.key, v_rule, v_row, e.value, p_context), ''
            order by e.key), '')
    into v_relations from jsonb_each_text(p_tracked.relations) e;
    return logic.weave($sql$case
        @unchanged@when @kind@ and @rule@.is_plain and (not @rule@.requires_reason or @context@.reason is not null)
            and (@rule@.is_open or @rule@.roles && (select @context@.roles || array(select g.role from lifecycle.role_grant g
                where g.principal = @context@.actor and g.revoked_at is null and (g.valid_until is null or g.valid_until > now())))@relations@)
            and (@rule@.relation is null or @relation@)
            then @rule@.workflow_version
        else logic.judge(@name@, @column@, @category@, @old@, to_jsonb(n))
    end$sql$, jsonb_build_object(
        'rule', v_rule, 'context', p_context, 'relations', v_relations,
        'relation', logic.relation_test(p_tracked, v_row, p_context, v_rule || '.relation'),
        'name', quote_literal(p_tracked.name), 'column', quote_literal(p_column.column_name), 'category', quote_literal(p_column.category),
        'old', case when p_creates then 'null' else 'to_jsonb(o)' end,
        'unchanged', case when p_creates then '' else format('when n.%1$I is not distinct from o.%1$I%2$s then null
        ', p_column.column_name, case when p_tracked.workflow_column is null then ''
            else format(' and n.%1$I is not distinct from o.%1$I', p_tracked.workflow_column) end) end,
        'kind', format('%s.kind = ''move''', p_context) || case when p_creates then '' else ' and n.status_version = o.status_version + 1'
            || case when p_tracked.workflow_column is null then ''
               else format(' and n.%1$I is not distinct from o.%1$I', p_tracked.workflow_column) end end));
end
$$;
comment on function logic.verdict(lifecycle.tracked, lifecycle.tracked_column, text, boolean) is 'SQL that judges one column of a changed row: the workflow version that allows it, or a refusal.';
