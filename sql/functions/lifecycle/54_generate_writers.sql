-- The trigger functions of one tracked table. Statement mode: an AFTER STATEMENT trigger with transition tables.
-- One row is judged step by step, each step a static plan of its own: a few small statements cost half of what one
-- statement over joined transition tables does (measured). Many rows go through EXECUTE, one set-based statement that is
-- planned afresh: a plan cached from one row would nest loops over the transition tables.

create or replace function logic.generate_function(p_name text, p_function text, p_body text, p_comment text, p_rights text default $$security definer set search_path = ''$$)
returns void
language plpgsql volatile
set search_path = ''
as $$
begin
    execute format($sql$create or replace function generated.%I() returns trigger language plpgsql volatile %s as %L$sql$, p_function, p_rights, p_body);
    execute format('comment on function generated.%I() is %L', p_function, format('Generated for %s: %s', p_name, p_comment));
end
$$;
comment on function logic.generate_function(text, text, text, text, text) is 'Creates or replaces one trigger function of schema generated.';

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
    -- The first of the rows comes as variables n.… and o.…, since records cost twice as much, with whether there are more. All else is
    -- named with its block, since columns may be called anything.
    select logic.weave(logic.weave(case when p_tracked.mode = 'row' then $body$
<<wall>>
declare
    v lifecycle.context;
    n record := new;
    o record := @old@;@verdicts@
begin
    @context@
    @one@;
    return null;
end$body$ else $body$
<<wall>>
declare
    v lifecycle.context;
    more boolean;@verdicts@
begin@pass_unnamed@
    <<n>>
    declare@n@
    begin
        <<o>>
        declare@o@
        begin
            select @n_columns@, (select true from new_rows offset 1 limit 1) into @n_variables@, wall.more from new_rows x;
            @pick_old@if wall.more then
                @if_moved@execute @many@ using logic.context();@end_if_moved@
                return null;
            end if;
            if @nothing@ then
                return null;
            end if;
    @context@
    @one@;
        end;
    end;
    return null;
end$body$ end, jsonb_build_object(
        'old', case when p_creates then 'null' else 'old' end,
        'pass_unnamed', case when not p_creates and logic.passes_unnamed(p_tracked) then $pass$
    if current_setting('jalon.named', true) is distinct from 'yes' then
        return null;
    end if;$pass$ else '' end,
        'verdicts', (select string_agg(format(e'\n    w%s integer;', c.position), '' order by c.position) from lifecycle.tracked_column c where c.tracked = p_tracked.name),
        'n', v.n_declared, 'n_columns', v.n_columns, 'n_variables', v.n_variables, 'o', coalesce(v.o_declared, ''),
        'pick_old', coalesce('select ' || v.o_columns || ' into ' || v.o_variables || e' from old_rows x;\n            ', ''),
        'nothing', case when p_creates then 'n.status_version is null' else 'not ' || logic.any_differs(p_tracked) end,
        -- The stamp moves a version where, and only where, a status moves. So equal sums say that none did, at a tenth of the cost
        -- of comparing the rows; but where other triggers may have altered rows behind the stamp, rows are compared.
        'if_moved', case when p_creates then '' else $and$if (select sum(x.status_version) from new_rows x) <> (select sum(x.status_version) from old_rows x)
                    or logic.others_stamp(tg_relid) then
                    $and$ end, 'end_if_moved', case when p_creates then '' else e'\n                end if;' end,
        -- The usual context becomes part of this function: to call one for it would cost twice as much.
        'context', $context$wall.v := logic.usual_context();
    if wall.v.kind is null then
        wall.v := logic.context();
    end if;$context$,
        'one', logic.judge_and_record_one(p_tracked, p_creates))),
        jsonb_build_object('many', case when p_tracked.mode = 'row' then '' else quote_literal(logic.judge_many(p_tracked, p_creates)) end))
    from logic.row_variables(p_tracked, p_creates) v
$$;
comment on function logic.writer_body(lifecycle.tracked, boolean) is 'Body of the trigger function that judges and records insertions or updates.';

create or replace function logic.renew_writer(p_name text)
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    t lifecycle.tracked;
    v_body text;
begin
    select x.* into strict t from lifecycle.tracked x where x.name = p_name;
    v_body := logic.writer_body(t, false);
    if v_body is distinct from (select f.prosrc from pg_catalog.pg_proc f where f.oid = to_regprocedure(format('generated.%I()', p_name || '__moved'))) then
        perform logic.generate_function(p_name, p_name || '__moved', v_body, 'judges and records changes.');
    end if;
end
$$;
comment on function logic.renew_writer(text) is 'Brings the function that judges changes up to date with the triggers beside it.';
