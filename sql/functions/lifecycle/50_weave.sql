-- The generator's loom: the pieces of SQL that depend on the columns of a tracked table, and templates to put them in.

create or replace function jalon_engine.weave(p_template text, p_parts jsonb)
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
comment on function jalon_engine.weave(text, jsonb) is 'A template of SQL with its @names@ replaced.';

create or replace function jalon_engine.quoted(p_name text)
returns text
language sql immutable
set search_path = ''
as $$
    select case when p_name in ('begin', 'by', 'declare', 'execute', 'foreach', 'if', 'loop', 'strict', 'while') then '"' || p_name || '"' else quote_ident(p_name) end
$$;
comment on function jalon_engine.quoted(text) is 'A name in quotes where SQL or PL/pgSQL needs them: the latter has reserved words of its own.';

create or replace function jalon_engine.uuid7()
returns uuid
language sql volatile
set search_path = ''
as $$
    select encode(set_byte(set_byte(
        overlay(uuid_send(gen_random_uuid()) placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6),
        6, (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112),
        8, (get_byte(uuid_send(gen_random_uuid()), 8) & 63) | 128), 'hex')::uuid
$$;
comment on function jalon_engine.uuid7() is 'A UUID of version 7, for servers before PostgreSQL 18, which has uuidv7().';

create or replace function jalon_engine.differs(p_column text, p_new text default 'n', p_old text default 'o')
returns text
language sql immutable
set search_path = ''
as $$ select format('%2$s.%1$s is distinct from %3$s.%1$s', jalon_engine.quoted(p_column), p_new, p_old) where p_column is not null $$;
comment on function jalon_engine.differs(text, text, text) is 'SQL that is true where a column changed.';

create or replace function jalon_engine.any_differs(p_tracked jalon_engine.tracked, p_new text default 'n', p_old text default 'o')
returns text
language sql stable
set search_path = ''
as $$
    select '(' || concat_ws(' or ', string_agg(jalon_engine.differs(c.column_name, p_new, p_old), ' or ' order by c.position),
        jalon_engine.differs(p_tracked.workflow_column, p_new, p_old)) || ')'
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.any_differs(jalon_engine.tracked, text, text) is 'SQL that is true where a status or the case type changed.';

create or replace function jalon_engine.judged_when(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select case when p_creates then 'true' else concat_ws(' or ', jalon_engine.differs(p_column.column_name), jalon_engine.differs(p_tracked.workflow_column)) end
$$;
comment on function jalon_engine.judged_when(jalon_engine.tracked, jalon_engine.tracked_column, boolean) is 'SQL that is true where a column has to be judged.';

create or replace function jalon_engine.plain_test(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_context text, p_creates boolean)
returns text
language plpgsql stable
set search_path = ''
as $$
declare
    v_row text := case when p_creates then 'n' else 'o' end;
    v_gives text;
    v_stands text;
begin
    -- THE rule as one expression over n (the row as it will be), o (as it was), the rule and the context. Relations
    -- that are columns of the row are tested here; whatever else an arrow demands is left to jalon_engine.judge.
    select coalesce(string_agg(format(' or (%L = any (@rule@.roles) and %s.%s::text = @context@.actor)', e.key, v_row, jalon_engine.quoted(e.value)), '' order by e.key), ''),
           coalesce(string_agg(format('(@rule@.relation = %L and %s.%s::text = @context@.actor)', e.key, v_row, jalon_engine.quoted(e.value)), ' or ' order by e.key), 'false')
    into v_gives, v_stands from jsonb_each_text(p_tracked.relations) e;
    return jalon_engine.weave(jalon_engine.weave($sql$@context@.kind = 'move' and @rule@.is_plain and (not @rule@.requires_reason or @context@.reason is not null)
            and (@rule@.is_open or @rule@.roles && @context@.roles@gives@ or @granted@)
            and (@rule@.relation is null or @stands@)@stamped@$sql$,
        -- One row asks a function, only where nothing else allows the move: a subquery would be made ready for every move. Many rows ask once.
        jsonb_build_object('gives', v_gives, 'granted', case when p_context <> '($1)' then 'jalon_engine.is_granted(@context@.actor, @rule@.roles)' else
            '@rule@.roles && (select array_agg(g.role) from jalon_engine.role_grant g where g.principal = @context@.actor and g.revoked_at is null and (g.valid_until is null or g.valid_until > now()) and jalon_engine.grants_count())' end, 'stands', v_stands, 'stamped', case when p_creates then '' else
            concat_ws(' and ', ' and n.status_version = o.status_version + 1', 'not (' || jalon_engine.differs(p_tracked.workflow_column) || ')') end)),
        jsonb_build_object('rule', 'r' || p_column.position, 'context', p_context));
end
$$;
comment on function jalon_engine.plain_test(jalon_engine.tracked, jalon_engine.tracked_column, text, boolean) is
'SQL that is true where a change is plainly allowed: the rule of the engine, as one expression.';

create or replace function jalon_engine.judge_call(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_creates boolean, p_variables boolean default false)
returns text
language sql stable
set search_path = ''
as $$
    select format('jalon_engine.judge(%L, %L, %L, %s, %s)', p_tracked.name, p_column.column_name, p_column.category,
        case when p_creates then 'null' else 'to_jsonb(o.*)' end,
        case when p_variables then '(select to_jsonb(x.*) from new_rows x)' else 'to_jsonb(n.*)' end)
$$;
comment on function jalon_engine.judge_call(jalon_engine.tracked, jalon_engine.tracked_column, boolean, boolean) is
'SQL that asks jalon_engine.judge about one column of a changed row, whole: the rows n and o, or where n is variables the one row of the transition table.';

create or replace function jalon_engine.rule_key(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_scope text, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select format('r%1$s.category = %2$L and r%1$s.scope = %3$s and r%1$s.from_code = %4$s and r%1$s.to_code = n.%5$s::text',
        p_column.position, p_column.category, case when p_tracked.workflow_column is null then quote_literal('*') else p_scope end,
        case when p_creates then quote_literal('') else format('o.%s::text', jalon_engine.quoted(p_column.column_name)) end, jalon_engine.quoted(p_column.column_name))
$$;
comment on function jalon_engine.rule_key(jalon_engine.tracked, jalon_engine.tracked_column, text, boolean) is 'SQL that finds the rule of a change by its primary key.';

create or replace function jalon_engine.column_type(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = ''
as $$
    select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
    where a.attrelid = format('%I.%I', p_tracked.table_schema, p_tracked.table_name)::regclass and a.attname = p_column
$$;
comment on function jalon_engine.column_type(jalon_engine.tracked, text) is 'The type of a column of a tracked table, as SQL.';

create or replace function jalon_engine.usual_key(p_type text, p_key text)
returns text
language sql immutable
set search_path = ''
as $$
    -- What keys mostly look like is asked in place; a function is called for the rest.
    select format(case when p_type = 'uuid' then '%1$s ~ ''^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'''
        when d.digits > 0 then 'length(%1$s) between 1 and %2$s and translate(%1$s, ''0123456789'', '''') = ''''' else '%1$s is not null' end, p_key, d.digits)
    from (select case p_type when 'bigint' then 18 when 'integer' then 9 when 'smallint' then 4 else 0 end as digits) d
$$;
comment on function jalon_engine.usual_key(text, text) is 'SQL that is true where a text is surely a key of this type.';
