-- Recaps for pages, which may not count a year while somebody waits. A short history is counted at once. Of a long one
-- a page shows what was counted last, and when that was; whoever looks at it has it counted again.
-- jalon.renew_recaps does so every day.

create or replace function jalon_engine.recap_question(p_tracked text, p_input jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(jsonb_build_object('table', p_tracked, 'caseType', p_input -> 'caseType',
        'since', p_input -> 'since', 'until', p_input -> 'until', 'bucket', p_input -> 'bucket',
        'week', p_input -> 'week', 'tz', p_input -> 'tz', 'lang', p_input -> 'lang', 'days', p_input -> 'days',
        'from', p_input -> 'from', 'to', p_input -> 'to'))
$$;
comment on function jalon_engine.recap_question(text, jsonb) is
'What decides the rows of a recap. The reader''s language is part of it only where it is asked for.';

create or replace function jalon_engine.recap_in_language(p_items jsonb, p_tracked text, p_language text)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with label as materialized (
        select h.tracked, h.column_name, c.code, c.label
        from jalon_history.tracked_columns h
        join jalon_recap.codes c on c.category = h.category and c.language = jalon_recap.language(p_language)
    )
    select coalesce(jsonb_agg(r.item || jsonb_strip_nulls(jsonb_build_object(
        'label', (select l.label from label l
            where l.code = r.item ->> 'code' and l.column_name = r.item ->> 'columnName' and l.tracked = r.tracked),
        'fromLabel', (select l.label from label l
            where l.code = r.item ->> 'fromCode' and l.column_name = r.item ->> 'columnName' and l.tracked = r.tracked),
        'toLabel', (select l.label from label l
            where l.code = r.item ->> 'toCode' and l.column_name = r.item ->> 'columnName' and l.tracked = r.tracked)))
        order by r.place), '[]')
    from (select x.item, x.place, coalesce(x.item ->> 'table', p_tracked) as tracked
        from jsonb_array_elements(p_items) with ordinality x (item, place)) r
$$;
comment on function jalon_engine.recap_in_language(jsonb, text, text) is
'Rows of a recap with their labels in another language.';

create or replace function jalon_api.recap_page(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_skip constant integer := coalesce((jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer, 0);
    v_tracked text;
    v_is_counted_at_once boolean;
    v_kept jalon_engine.cached_recap;
    v_answer jalon_engine.answer;
    v_frame jsonb;
    v_items jsonb;
begin
    perform jalon_engine.moment('since', p_input ->> 'since'), jalon_engine.moment('until', p_input ->> 'until');
    select r.tracked, r.is_counted_at_once into v_tracked, v_is_counted_at_once
    from jalon_engine.recap_table(p_key, p_input, p_caller) r;
    v_frame := jsonb_build_object('table', coalesce(v_tracked, '*'), 'caseTypes', coalesce((
        select jsonb_agg(distinct s.scope) from jalon_engine.rule_scope s
        join jalon_engine.tracked_column c on c.category = s.category
        join jalon_engine.tracked t on t.name = c.tracked and t.workflow_column is not null
        where c.tracked = v_tracked and s.scope <> '*'), '[]'));
    -- Changes that were forced are looked for, not counted: at once, whatever the history.
    if v_is_counted_at_once or p_key = 'forced' then
        v_answer := jalon_api.recap(p_key, p_input - 'table'
            || jsonb_strip_nulls(jsonb_build_object('table', v_tracked)), p_caller);
        v_answer.body := '{"isLong": false, "total": null, "next": null}'::jsonb || v_answer.body::jsonb || v_frame;
        return v_answer;
    end if;
    select k.* into v_kept from jalon_engine.cached_recap k
    where k.recap = p_key and k.question = jalon_engine.recap_question(v_tracked, p_input);
    if v_kept.answer ? 'total' then
        v_items := jsonb_path_query_array(v_kept.answer -> 'items', '$[$from to $to]',
            jsonb_build_object('from', v_skip, 'to', v_skip + v_limit - 1));
    else
        v_items := v_kept.answer -> 'items';
    end if;
    return (200, v_frame || jsonb_build_object(
        'items', case when v_items is not null then jalon_engine.recap_in_language(v_items, v_tracked,
            p_caller ->> 'language') end,
        'total', v_kept.answer -> 'total', 'countedAt', v_kept.counted_at, 'isLong', true,
        'isOld', coalesce(v_kept.counted_at < now() - interval '1 day', true),
        'next', case when v_skip + v_limit < jsonb_array_length(v_kept.answer -> 'items') and v_kept.answer ? 'total'
            then jalon_engine.cursor(jsonb_build_array(v_skip + v_limit)) end), null, null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.recap_page(text, jsonb, jsonb)
is 'A recap for a page: counted at once where history is short, else as it was counted last (items null: not yet); '
    'table * for all: {table, since, until, caseType, bucket, after, limit}.';

create or replace function jalon_engine.count_recap(p_name text, p_tracked text, p_question jsonb)
returns jalon_engine.cached_recap
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_lock constant bigint := hashtextextended(p_name || p_question, 1246317940);
    v_at timestamptz;
    v_kept jalon_engine.cached_recap;
    -- A module that has a page of its own to keep makes a function
    -- jalon_engine.cached_<name>(question jsonb) returns jsonb.
    v_function constant text := 'cached_' || replace(p_name, '-', '_');
    v_answer jsonb;
    v_items jsonb;
    v_total bigint;
begin
    -- One counts; others who want the same meanwhile wait for it, and take that.
    if not pg_try_advisory_xact_lock(v_lock) then
        perform pg_advisory_xact_lock(v_lock);
        select k.* into v_kept from jalon_engine.cached_recap k where k.recap = p_name and k.question = p_question;
        if found then
            return v_kept;
        end if;
    end if;
    v_at := clock_timestamp();
    if to_regprocedure(format('jalon_engine.%I(jsonb)', v_function)) is not null then
        execute format('select jalon_engine.%I($1)', v_function) into v_answer using p_question;
    else
        -- Of a list of records the first thousand: nobody reads on, and how many there are is said besides.
        select r.items, r.total into v_items, v_total
        from jalon_engine.recap(p_name, p_question || '{"limit": 1000}', p_question ->> 'lang') r;
        v_answer := jsonb_build_object('items', v_items)
            || case when v_total is null then '{}' else jsonb_build_object('total', v_total) end;
    end if;
    insert into jalon_engine.cached_recap as k (recap, question, tracked, answer, counted_at, asked_at)
    values (p_name, p_question, p_tracked, v_answer, v_at, v_at)
    on conflict on constraint cached_recap_pk do update set answer = excluded.answer, counted_at = excluded.counted_at
    returning k.* into v_kept;
    return v_kept;
end
$$;
comment on function jalon_engine.count_recap(text, text, jsonb) is 'Counts a recap and keeps it.';
