-- GET /api/v1/recaps/weekly: every table that the caller may read in full, as a document, as a
-- page, or its changes as rows.

create or replace function jalon_engine.readable_tables(p_caller jsonb)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(select t.name from jalon_engine.tracked t, jalon_engine.caller_roles(p_caller) r
        where jalon_engine.may('read_all', r, t.name) order by t.name)
$$;
comment on function jalon_engine.readable_tables(jsonb) is 'The tracked tables that a caller may read in full.';

create or replace function jalon_engine.readable_week(
    p_week text, p_zone text, p_language text, p_table text, p_caller jsonb
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select w || jsonb_build_object('tables', (
        select coalesce(jsonb_agg(t order by n), '[]')
        from jsonb_array_elements(w -> 'tables') with ordinality x (t, n)
        where t ->> 'table' = any (jalon_engine.readable_tables(p_caller))))
    from jalon_recap.weekly(p_week, p_zone, p_language, p_table) w
$$;
comment on function jalon_engine.readable_week(text, text, text, text, jsonb) is
'The recap of an ISO week, of the tables that a caller may read in full.';

create or replace function jalon_api.weekly(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_table constant text := case
        when p_input ->> 'table' is not null then (jalon_engine.tracked_of(p_input ->> 'table')).name end;
    v_readable constant text[] := jalon_engine.readable_tables(p_caller);
    v_zone constant text := coalesce(p_input ->> 'tz', 'UTC');
    v_language constant text := coalesce(p_input ->> 'lang', p_caller ->> 'language');
    v_recap jsonb;
begin
    if v_readable = '{}' or v_table is not null then
        perform jalon_engine.require_permission('read_all', coalesce(v_table, '*'), p_caller => p_caller);
    end if;
    v_recap := jalon_engine.readable_week(p_input ->> 'week', v_zone, v_language, v_table, p_caller);
    case p_input ->> 'format'
        when 'html' then
            return jalon_engine.ok(to_json(jalon_engine.week_page(jalon_engine.week_compared(v_recap))),
                p_headers => '{"content-type": "text/html", "content-security-policy": "default-src ''none''; '
                'style-src ''unsafe-inline''; frame-ancestors ''none''"}');
        when 'csv' then
            return jalon_engine.ok(json_build_object('items', coalesce((
                select json_agg(json_build_object('week', v_recap -> 'week', 'table', t -> 'table',
                    'record', r -> 'record', 'name', jalon_engine.week_name(t, r ->> 'record'),
                    'localTime', c -> 'localTime', 'at', c -> 'at', 'column', c -> 'column', 'from', c -> 'from',
                    'fromLabel', c -> 'fromLabel', 'to', c -> 'to', 'toLabel', c -> 'toLabel', 'by', c -> 'by',
                    'onBehalfOf', c -> 'onBehalfOf', 'reason', c -> 'reason', 'kind', c -> 'kind') order by n, m, o)
                from jsonb_array_elements(v_recap -> 'tables') with ordinality x (t, n)
                cross join lateral jsonb_array_elements(t -> 'records') with ordinality y (r, m)
                cross join lateral jsonb_array_elements(r -> 'changes') with ordinality z (c, o)), '[]')),
                p_headers => '{":columns": ["week", "table", "record", "name", "localTime", "at", "column", "from", '
                '"fromLabel", "to", "toLabel", "by", "onBehalfOf", "reason", "kind"]}');
        else
            return jalon_engine.ok(v_recap::json);
    end case;
end
$$;
comment on function jalon_api.weekly(text, jsonb, jsonb) is
'The recap of an ISO week: {week, tz, table, lang, format: json, csv or html}.';
