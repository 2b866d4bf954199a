-- The trigger functions of one tracked table. One row is judged step by step, each step a static plan of its own: a few small
-- statements cost half of what one statement over joined transition tables does (measured). Many rows go through EXECUTE, one
-- set-based statement that is planned afresh: a plan cached from one row would nest loops over the transition tables.

create or replace function jalon_engine.generate_function(p_name text, p_function text, p_body text, p_comment text)
returns void
language plpgsql volatile
set search_path = ''
as $$
begin
    execute format($sql$create or replace function jalon_generated.%I() returns trigger language plpgsql volatile security definer set search_path = '' as %L$sql$,
        p_function, p_body);
    execute format('comment on function jalon_generated.%I() is %L', p_function, format('Generated for %s: %s', p_name, p_comment));
end
$$;
comment on function jalon_engine.generate_function(text, text, text, text) is 'Creates or replaces one trigger function of schema generated.';

create or replace function jalon_engine.announced(p_announcer text, p_recorder text)
returns text
language sql immutable
set search_path = ''
as $$ select case when p_announcer is null then p_recorder else format(e'with written as (%s\n    returning h.*)\n    %s\n    from written h', p_recorder, p_announcer) end $$;
comment on function jalon_engine.announced(text, text) is 'SQL that records many rows and, where somebody is interested, appends their events in the same statement.';

create or replace function jalon_engine.judge_many(p_tracked jalon_engine.tracked, p_creates boolean, p_context text default '($1)')
returns text
language sql stable
set search_path = ''
as $$
    select jalon_engine.announced(jalon_engine.announcer(p_tracked, p_creates, null), jalon_engine.recorder(p_tracked, p_context, p_creates,
        string_agg(format('case when %s then case when %s then r%s.workflow_version else %s end end', jalon_engine.judged_when(p_tracked, c, p_creates),
            jalon_engine.plain_test(p_tracked, c, p_context, p_creates), c.position, jalon_engine.judge_call(p_tracked, c, p_creates)), ', ' order by c.position),
        case when p_creates then e'\n    from new_rows n' else format(e'\n    from new_rows n join old_rows o on n.%1$I = o.%1$I',
            p_tracked.key_column) end
        || case when p_context = 'who' then format(e'\n    left join jalon_engine.acting() who on who.key = n.%s::text', jalon_engine.quoted(p_tracked.key_column)) else '' end
        || string_agg(case when p_tracked.workflow_column is null then '' else format(
               e'\n    left join jalon_engine.rule_scope s%1$s on s%1$s.category = %2$L and s%1$s.scope = n.%3$I::text', c.position, c.category, p_tracked.workflow_column) end
            || format(e'\n    left join jalon_engine.rule r%s on %s', c.position, jalon_engine.rule_key(p_tracked, c, format('coalesce(s%s.scope, ''*'')', c.position), p_creates)), '' order by c.position)
        || case when p_creates then '' else e'\n    where ' || jalon_engine.any_differs(p_tracked) end))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.judge_many(jalon_engine.tracked, boolean, text) is
'SQL that judges and records all rows of the transition tables at once; one acts ($1), or several do, each on a row of his own (who).';

create or replace function jalon_engine.judged_together(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = ''
as $$
    -- The first row of a statement that moves several judges all of them; the others must know, and nobody may be able to tell them so.
    -- What they ask is a sequence: a session sees only what it set itself, and only Jalon may set it. It holds the transaction and the
    -- command that wrote the row. A row that another trigger has written again meanwhile does not show its command: history tells then.
    select jalon_engine.weave($body$
    if (case when current_setting('jalon.together', true) = 'yes' then currval('jalon_engine.judged_together') = @statement@ end) then
        return null;
    end if;
    perform from new_rows offset 1 limit 1;
    if found then
        if jalon_engine.several_act() then  -- few rows, again and again: planned once
            @each@;
        elsif not exists (select from @history@ h where h.@history_key@ = new.@key@ and h.version = new.status_version
                and h.changed_at = new.status_changed_at and h.transaction_id = pg_current_xact_id()@codes@) then
            execute @many@ using jalon_engine.context(), @head@;
        end if;
        perform setval('jalon_engine.judged_together', @statement@), set_config('jalon.together', 'yes', true);
        return null;
    end if;$body$, jsonb_build_object('each', jalon_engine.judge_many(p_tracked, false, 'who'), 'statement', '((txid_current() & 2147483647) << 32 | new.cmin::text::bigint)',
        'history', format('%I.%I', p_tracked.history_schema, p_tracked.history_name), 'history_key', quote_ident(p_tracked.history_key),
        'key', jalon_engine.quoted(p_tracked.key_column), 'codes', (select string_agg(format(' and h.%I is not distinct from new.%s', 'new_' || c.column_name,
            jalon_engine.quoted(c.column_name)), '' order by c.position) from jalon_engine.tracked_column c where c.tracked = p_tracked.name)))
$$;
comment on function jalon_engine.judged_together(jalon_engine.tracked) is 'PL/pgSQL that judges all rows of a statement at its first, and lets the others pass.';

create or replace function jalon_engine.writer_body(p_tracked jalon_engine.tracked, p_creates boolean)
returns text
language sql stable
set search_path = ''
as $$
    -- A created row comes as variables n.…, since records cost twice as much, with whether there are more. All else is named with its
    -- block, since columns may be called anything.
    select jalon_engine.weave(jalon_engine.weave(case when p_creates and p_tracked.mode = 'statement' then $body$
<<wall>>
declare
    v jalon_engine.context;
    more boolean;@verdicts@
begin
    <<n>>
    declare@n@
    begin
        select @n_columns@, (select true from new_rows offset 1 limit 1) into @n_variables@, wall.more from new_rows x;
        if wall.more then
            execute @many@ using jalon_engine.context(), @head@;
            return null;
        end if;
        if n.status_version is null then
            return null;
        end if;
    @context@
    @one@;
    end;
    return null;
end$body$ else $body$
<<wall>>
declare
    v jalon_engine.context;@verdicts@
begin@together@
    declare
        n alias for new;@old@
    begin
    @context@
    @one@;
    end;
    return null;
end$body$ end, jsonb_build_object(
        'old', case when p_creates then '' else e'\n        o alias for old;' end,
        'together', case when p_tracked.mode = 'statement' then jalon_engine.judged_together(p_tracked) else '' end,
        'verdicts', (select string_agg(format(e'\n    w%s integer;', c.position), '' order by c.position) from jalon_engine.tracked_column c where c.tracked = p_tracked.name),
        'n', v.declared, 'n_columns', v.columns, 'n_variables', v.variables,
        -- The usual context becomes part of this function: to call one for it would cost twice as much.
        'context', $context$wall.v := jalon_engine.usual_context();
    if wall.v.kind is null then
        wall.v := jalon_engine.context_of(n.$context$ || jalon_engine.quoted(p_tracked.key_column) || $context$::text);
    end if;$context$,
        'one', jalon_engine.judge_and_record_one(p_tracked, p_creates))),
        jsonb_build_object('head', jalon_engine.id_head(), 'many', case when p_tracked.mode = 'row' then '' else quote_literal(jalon_engine.judge_many(p_tracked, p_creates)) end))
    from jalon_engine.row_variables(p_tracked) v
$$;
comment on function jalon_engine.writer_body(jalon_engine.tracked, boolean) is 'Body of the trigger function that judges and records insertions or updates.';
