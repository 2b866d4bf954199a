-- Recaps for pages. A short history is counted at once. Of a long one a page shows what was counted last
-- (count_recap.sql).

create or replace function jalon_engine.recap_in_language(p_items jsonb, p_tracked text, p_language text)
returns jsonb
language sql stable
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
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_skip constant integer := coalesce((jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer, 0);
    v_tracked text;
    v_is_counted_at_once boolean;
    v_cached jsonb;
    v_answer jalon_engine.answer;
    v_frame jsonb;
    v_items jsonb;
    v_next integer;
begin
    perform jalon_engine.moment('since', p_input ->> 'since'), jalon_engine.moment('until', p_input ->> 'until');
    select r.tracked, r.is_counted_at_once into v_tracked, v_is_counted_at_once
    from jalon_engine.recap_table(p_key, p_input, p_caller) r;
    v_frame := jsonb_build_object('table', coalesce(v_tracked, '*'),
        'caseTypes', jalon_engine.case_types_of(v_tracked, p_caller ->> 'language'));
    -- Changes that were forced are looked for, not counted: at once, whatever the history.
    if v_is_counted_at_once or p_key = 'forced' then
        v_answer := jalon_api.recap(p_key, p_input - 'table'
            || jsonb_strip_nulls(jsonb_build_object('table', v_tracked, 'isProvedNow', true)), p_caller);
        v_answer.body := '{"isLong": false, "total": null, "next": null}'::jsonb || v_answer.body::jsonb || v_frame
            || jsonb_build_object('items', jalon_engine.recap_with_names(jalon_engine.recap_labels_apart(
                jalon_engine.recap_for_page(p_key, v_tracked, v_answer.body::jsonb -> 'items'), v_tracked,
                p_input ->> 'caseType', p_caller ->> 'language'), p_caller ->> 'language'));
        return v_answer;
    end if;
    v_cached := jalon_engine.cached_recap(p_key, jalon_engine.recap_question(v_tracked, p_input));
    v_items := jalon_engine.recap_for_page(p_key, v_tracked, v_cached -> 'items');
    if v_cached ? 'total' then
        v_next := case when v_skip + v_limit < jsonb_array_length(v_items) then v_skip + v_limit end;
        v_items := jsonb_path_query_array(v_items, '$[$from to $to]',
            jsonb_build_object('from', v_skip, 'to', v_skip + v_limit - 1));
    end if;
    return jalon_engine.ok((v_frame || '{"total": null}' || v_cached || jsonb_build_object(
        'items', case when v_items <> 'null' then jalon_engine.recap_with_names(jalon_engine.recap_labels_apart(
            jalon_engine.recap_in_language(v_items, v_tracked, p_caller ->> 'language'), v_tracked,
            p_input ->> 'caseType', p_caller ->> 'language'), p_caller ->> 'language') end,
        'next', jalon_engine.next_cursor(v_next is not null, jsonb_build_array(v_next))))::json);
end
$$;
comment on function jalon_api.recap_page(text, jsonb, jsonb)
is 'A recap for a page: counted at once where history is short, else as it was counted last (items null: not yet); '
    'table * for all: {table, since, until, caseType, bucket, after, limit}.';
