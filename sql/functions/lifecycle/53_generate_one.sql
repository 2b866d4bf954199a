-- How one changed row is judged and recorded: PL/pgSQL over the row as it is (n) and was (o), variables or records.

create or replace function jalon_engine.scope_query(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column)
returns text
language sql immutable
set search_path = ''
as $$
    select format('coalesce((select s.scope from jalon_engine.rule_scope s where s.category = %L and s.scope = n.%s::text), ''*'')',
        p_column.category, jalon_engine.quoted(p_tracked.workflow_column))
$$;
comment on function jalon_engine.scope_query(jalon_engine.tracked, jalon_engine.tracked_column) is 'SQL that finds the scope whose rules a row obeys.';

create or replace function jalon_engine.row_variables(p_tracked jalon_engine.tracked)
returns table (declared text, columns text, variables text)
language sql stable
set search_path = ''
as $$
    select string_agg(format(e'\n        %s %s;', jalon_engine.quoted(a.attname), jalon_engine.plain_type(a.atttypid)), '' order by a.attname),
        string_agg(format('x.%I', a.attname), ', ' order by a.attname),
        string_agg('n.' || jalon_engine.quoted(a.attname), ', ' order by a.attname)
    from pg_catalog.pg_attribute a
    -- What the rule, the history and the event read of a row.
    where a.attrelid = to_regclass(format('%I.%I', p_tracked.table_schema, p_tracked.table_name)) and not a.attisdropped
      and (a.attname in ('status_version', 'status_changed_at', p_tracked.key_column, p_tracked.workflow_column)
           or exists (select from jalon_engine.tracked_column c where c.tracked = p_tracked.name and c.column_name = a.attname)
           or exists (select from jsonb_each_text(p_tracked.relations) e where e.value = a.attname))
$$;
comment on function jalon_engine.row_variables(jalon_engine.tracked) is 'Declarations of n.…, and what to read them from: the columns of a created row that its judgement and its history need.';

create or replace function jalon_engine.plain_type(p_type oid, p_modifier integer default -1)
returns text
language sql stable
set search_path = ''
as $$
    with recursive made_of as (
        select p_type as type_id, (select y.typbasetype from pg_catalog.pg_type y where y.oid = p_type) as base
        union all
        select m.base, (select y.typbasetype from pg_catalog.pg_type y where y.oid = m.base) from made_of m where m.base <> 0
    )
    select format_type(m.type_id, case when m.type_id = p_type then p_modifier else -1 end) from made_of m where m.base = 0
$$;
comment on function jalon_engine.plain_type(oid, integer) is 'A type, or what a domain is made of: a domain may forbid to be empty, and history begins with nothing.';

create or replace function jalon_engine.judge_each(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select string_agg(jalon_engine.weave($body$if @judged_when@ then
        select case when @plain@ then r@i@.workflow_version end into wall.w@i@ from jalon_engine.rule r@i@ where @rule_key@;
        if wall.w@i@ is null then
            wall.w@i@ := @judge@;
        end if;
    end if;
    $body$, jsonb_build_object('i', c.position, 'judged_when', jalon_engine.judged_when(p_tracked, c, p_creates), 'plain', jalon_engine.plain_test(p_tracked, c, 'wall.v', p_creates),
            'rule_key', jalon_engine.rule_key(p_tracked, c, jalon_engine.scope_query(p_tracked, c), p_creates),
            'judge', jalon_engine.judge_call(p_tracked, c, p_creates, p_creates and p_tracked.mode = 'statement'))), '' order by c.position)
        || jalon_engine.recorder(p_tracked, 'wall.v', p_creates, string_agg('wall.w' || c.position, ', ' order by c.position), '')
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.judge_each(jalon_engine.tracked, boolean) is 'PL/pgSQL that judges the row n (before: o), column by column, into w1, w2, …, and records it.';

create or replace function jalon_engine.judge_and_record_one(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    -- With one status column, finding the rule and writing the row is one statement; only where the plain rule does not hold is
    -- anybody asked. With several columns each is judged, then the row is written.
    select case when v.columns > 1 then jalon_engine.judge_each(p_tracked, p_creates)
        else jalon_engine.recorder(p_tracked, 'wall.v', p_creates, 'r1.workflow_version', format(e'\n    from jalon_engine.rule r1\n    where %s\n        and %s',
                jalon_engine.rule_key(p_tracked, v.first, jalon_engine.scope_query(p_tracked, v.first), p_creates), jalon_engine.plain_test(p_tracked, v.first, 'wall.v', p_creates)))
            || format(e';\n    if not found then\n        wall.w1 := %s;\n        %s;\n    end if',
                jalon_engine.judge_call(p_tracked, v.first, p_creates, p_creates and p_tracked.mode = 'statement'), jalon_engine.recorder(p_tracked, 'wall.v', p_creates, 'wall.w1', '')) end
        || coalesce(e';\n    ' || jalon_engine.announcer(p_tracked, p_creates, 'wall.v'), '')
    from (select count(*) as columns, (array_agg(c))[1] as first from jalon_engine.tracked_column c where c.tracked = p_tracked.name) v
$$;
comment on function jalon_engine.judge_and_record_one(jalon_engine.tracked, boolean) is 'PL/pgSQL that judges and records the row n (before: o).';
