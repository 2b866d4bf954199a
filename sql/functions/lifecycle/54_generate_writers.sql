-- The trigger functions of one tracked table. Statement mode: an AFTER STATEMENT trigger with transition tables.
-- One row is judged step by step, each step a static plan of its own: a few small statements cost half of what one
-- statement over joined transition tables does (measured). Many rows go through EXECUTE, one set-based statement that is
-- planned afresh: a plan cached from one row would nest loops over the transition tables.

create or replace function logic.generate_function(p_name text, p_function text, p_body text, p_comment text)
returns void
language plpgsql volatile
set search_path = ''
as $$
begin
    execute format($sql$create or replace function generated.%I() returns trigger language plpgsql volatile security definer
set search_path = '' as %L$sql$, p_function, p_body);
    execute format('comment on function generated.%I() is %L', p_function, format('Generated for %s: %s', p_name, p_comment));
end
$$;
comment on function logic.generate_function(text, text, text, text) is 'Creates or replaces one trigger function of schema generated.';

create or replace function logic.scope_query(p_tracked lifecycle.tracked, p_column lifecycle.tracked_column)
returns text
language sql immutable
set search_path = ''
as $$
    select format('coalesce((select s.scope from lifecycle.rule_scope s where s.category = %L and s.scope = n.%I::text), ''*'')',
        p_column.category, coalesce(p_tracked.workflow_column, ''))
$$;
comment on function logic.scope_query(lifecycle.tracked, lifecycle.tracked_column) is 'SQL that finds the scope whose rules a row obeys.';

create or replace function logic.judge_one(p_tracked lifecycle.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select string_agg(logic.weave($body$if @judged_when@ then
            select case when @plain@ then r@i@.workflow_version end into w@i@ from lifecycle.rule r@i@ where @rule_key@;
            if w@i@ is null then
                w@i@ := @judge@;
            end if;
        end if;
        $body$, jsonb_build_object('i', c.position, 'judged_when', logic.judged_when(p_tracked, c, p_creates), 'plain', logic.plain_test(p_tracked, c, 'v', p_creates),
            'rule_key', logic.rule_key(p_tracked, c, logic.scope_query(p_tracked, c), p_creates),
            'judge', logic.judge_call(p_tracked, c, p_creates))), '' order by c.position)
    from lifecycle.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function logic.judge_one(lifecycle.tracked, boolean) is 'PL/pgSQL that judges the row n (before: o), column by column, into w1, w2, ….';

create or replace function logic.judge_and_record_one(p_tracked lifecycle.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    -- With one status column, finding the rule and writing the row is one statement; only where the plain rule
    -- does not hold is anybody asked. With several columns each is judged, then the row is written.
    select case when count(*) > 1 then logic.judge_one(p_tracked, p_creates)
            || logic.recorder(p_tracked, 'v', p_creates, string_agg('w' || c.position, ', ' order by c.position), '')
        else logic.recorder(p_tracked, 'v', p_creates, 'r1.workflow_version', format(e'\n    from lifecycle.rule r1\n    where %s\n        and %s',
                min(logic.rule_key(p_tracked, c, logic.scope_query(p_tracked, c), p_creates)), min(logic.plain_test(p_tracked, c, 'v', p_creates))))
            || format(e';\n        if not found then\n            w1 := %s;\n            ', min(logic.judge_call(p_tracked, c, p_creates)))
            || logic.recorder(p_tracked, 'v', p_creates, 'w1', '') || e';\n        end if' end
        || coalesce(e';\n        ' || logic.announcer(p_tracked, p_creates, 'v'), '')
    from lifecycle.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function logic.judge_and_record_one(lifecycle.tracked, boolean) is 'PL/pgSQL that judges and records the row n (before: o).';

create or replace function logic.announced(p_announcer text, p_recorder text)
returns text
language sql immutable
set search_path = ''
as $$ select case when p_announcer is null then p_recorder else format(e'with written as (%s\n    returning h.*)\n    %s\n    from written h', p_recorder, p_announcer) end $$;
comment on function logic.announced(text, text) is 'SQL that records many rows and, where somebody is interested, appends their events in the same statement.';

create or replace function logic.judge_many(p_tracked lifecycle.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select logic.announced(logic.announcer(p_tracked, p_creates, null), logic.recorder(p_tracked, '($1)', p_creates,
        string_agg(format('case when %s then case when %s then r%s.workflow_version else %s end end', logic.judged_when(p_tracked, c, p_creates),
            logic.plain_test(p_tracked, c, '($1)', p_creates), c.position, logic.judge_call(p_tracked, c, p_creates)), ', ' order by c.position),
        case when p_creates then e'\n    from new_rows n' else format(e'\n    from new_rows n join old_rows o on n.%1$I = o.%1$I',
            p_tracked.key_column) end
        || string_agg(case when p_tracked.workflow_column is null then '' else format(
               e'\n    left join lifecycle.rule_scope s%1$s on s%1$s.category = %2$L and s%1$s.scope = n.%3$I::text', c.position, c.category, p_tracked.workflow_column) end
            || format(e'\n    left join lifecycle.rule r%s on %s', c.position, logic.rule_key(p_tracked, c, format('coalesce(s%s.scope, ''*'')', c.position), p_creates)), '' order by c.position)
        || case when p_creates then '' else e'\n    where ' || logic.any_differs(p_tracked) end))
    from lifecycle.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function logic.judge_many(lifecycle.tracked, boolean) is 'SQL that judges and records all rows of the transition tables at once.';

create or replace function logic.writer_body(p_tracked lifecycle.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    select logic.weave(logic.weave(case when p_tracked.mode = 'row' then $body$
declare
    v lifecycle.context := logic.context();
    n record := new;
    o record := @old@;
    @declared@
begin
        @one@;
    return null;
end$body$ else $body$
declare
    v lifecycle.context;
    n record;
    o record;
    @declared@
begin
    select x.*, coalesce((select 2 from new_rows offset 1 limit 1), 1) as "~rows" into n from new_rows x;
    if n."~rows" = 1 then
        @pick_old@v := logic.context();
        @one@;
    elsif n."~rows" > 1@and_moved@ then
        execute @many@ using logic.context();
    end if;
    return null;
end$body$ end, jsonb_build_object(
        'old', case when p_creates then 'null' else 'old' end,
        'declared', (select string_agg(format('w%s integer;', c.position), ' ' order by c.position) from lifecycle.tracked_column c where c.tracked = p_tracked.name),
        'pick_old', case when p_creates then '' else format('select x.* into o from old_rows x;
        if not %s then
            return null;
        end if;
        ', logic.any_differs(p_tracked)) end,
        -- The stamp moves a version where, and only where, a status moves. So equal sums say that none did, at a tenth of the cost
        -- of comparing the rows; but where other triggers may have altered rows behind the stamp, rows are compared.
        'and_moved', case when p_creates then '' else $and$ and ((select sum(x.status_version) from new_rows x) <> (select sum(x.status_version) from old_rows x)
        or logic.others_stamp(tg_relid))$and$ end,
        'one', logic.judge_and_record_one(p_tracked, p_creates))),
        jsonb_build_object('many', case when p_tracked.mode = 'row' then '' else quote_literal(logic.judge_many(p_tracked, p_creates)) end))
$$;
comment on function logic.writer_body(lifecycle.tracked, boolean) is 'Body of the trigger function that judges and records insertions or updates.';
