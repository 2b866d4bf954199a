-- Recaps over HTTP. One function for all of them: their columns become the members of each item, in camelCase, and
-- durations are written as ISO 8601 has them. Who reads recaps reads of every record, so that takes the
-- permission to read everything.
-- The two lists of records (overdue, forced) may be long: with a limit they come in pages, and say how many there are.

create or replace function jalon_engine.recap(
    p_name text, p_input jsonb, p_language text, out items json, out total bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$
declare
    v_tracked text := p_input ->> 'table';
    v_since timestamptz := coalesce(jalon_engine.moment('since', p_input ->> 'since'), '-infinity');
    v_until timestamptz := coalesce(jalon_engine.moment('until', p_input ->> 'until'), 'infinity');
    v_zone text := coalesce(p_input ->> 'tz', 'UTC');
    v_limit integer := (p_input ->> 'limit')::integer;
    v_skip integer := coalesce((jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer, 0);
begin
    case p_name
        when 'time-in-status' then
            select json_agg(r) into items
            from jalon_recap.time_in_status(v_tracked, v_since, v_until, p_input ->> 'caseType', p_language) r;
        when 'transitions' then
            select json_agg(r) into items from jalon_recap.transitions(v_tracked, v_since, v_until,
                p_input ->> 'bucket', v_zone, p_language, p_input ->> 'caseType') r;
        when 'overdue' then
            with found as materialized (select r.*
                from jalon_recap.overdue(v_tracked, p_language, p_input ->> 'caseType') r)
            select (select json_agg(r) from (select f.* from found f offset v_skip limit v_limit) r),
                (select count(*) from found) into items, total;
        when 'forced' then
            with found as materialized (select r.* from jalon_recap.forced(v_tracked, v_since, v_until, p_language) r)
            select (select json_agg(r) from (select f.* from found f offset v_skip limit v_limit) r),
                (select count(*) from found) into items, total;
        when 'unreached' then
            select json_agg(r) into items from jalon_recap.unreached(v_tracked, p_language) r;
        when 'funnel' then
            select json_agg(r) into items
            from jalon_recap.funnel(v_tracked, v_since, v_until, p_input ->> 'caseType', p_language) r;
        when 'compliance' then
            select json_agg(r) into items
            from jalon_engine.compliance_of(v_tracked, coalesce((p_input ->> 'isProvedNow')::boolean, false)) r;
        when 'weekly-changes' then
            select json_agg(r) into items
            from jalon_recap.weekly_changes(p_input ->> 'week', v_zone, p_language, v_tracked) r;
        when 'weekly-counts' then
            select json_agg(r) into items
            from jalon_recap.weekly_counts(p_input ->> 'week', v_zone, p_language, v_tracked) r;
        when 'weekly-flow' then
            select json_agg(r) into items
            from jalon_recap.weekly_flow(p_input ->> 'week', v_zone, p_language, v_tracked) r;
        else
            perform jalon_engine.fail('JL401', jsonb_build_object('table', 'recap', 'id', p_name));
    end case;
    items := coalesce(jalon_engine.camel(items), '[]');
end
$$;
comment on function jalon_engine.recap(text, jsonb, text) is
'The rows of a recap by its name, and how many there are where it comes in pages.';

create or replace function jalon_api.recap(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_input jsonb := p_input;
    v_limit integer := (p_input ->> 'limit')::integer;
    v_skip integer := coalesce((jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer, 0);
    v_total bigint;
    v_items json;
    v_columns jsonb;
begin
    perform jalon_engine.require_permission('read_all', coalesce(p_input ->> 'table', '*'), p_caller => p_caller);
    if p_input ->> 'table' is not null then
        v_input := v_input || jsonb_build_object('table', (jalon_engine.tracked_of(p_input ->> 'table')).name);
    elsif p_key = 'funnel' then
        perform jalon_engine.fail('JL405', '{"field": "table"}', 'JL405.missing');
    end if;
    if not exists (select from pg_catalog.pg_timezone_names z where z.name = coalesce(p_input ->> 'tz', 'UTC')) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'tz', 'why', p_input ->> 'tz'),
            'JL405.time_zone');
    end if;
    select r.items, r.total into v_items, v_total
    from jalon_engine.recap(p_key, v_input, coalesce(p_input ->> 'lang', p_caller ->> 'language')) r;
    -- The columns, for a CSV that has its heading even where there is nothing to tell.
    v_columns := jsonb_build_object(':columns', (
        select jsonb_agg(jalon_engine.camel_name(a.name) order by a.place)
        from pg_catalog.pg_proc p
        cross join lateral unnest(p.proargnames, p.proargmodes) with ordinality a (name, mode, place)
        where p.pronamespace = 'jalon_recap'::regnamespace and p.proname = replace(p_key, '-', '_') and a.mode = 't'));
    if v_total is null then
        return jalon_engine.ok(json_build_object('items', v_items), p_headers => v_columns);
    end if;
    return jalon_engine.ok(json_build_object('items', v_items, 'total', v_total,
        'next', jalon_engine.next_cursor(v_skip + v_limit < v_total, jsonb_build_array(v_skip + v_limit))),
        p_headers => v_columns);
end
$$;
comment on function jalon_api.recap(text, jsonb, jsonb) is
'A recap by name: {table, since, until, caseType, bucket, week, tz, lang, isProvedNow, after, limit}.';

create or replace function jalon_engine.camel_name(p_name text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case p_name when 'tracked_table' then 'table' when 'record_key' then 'id'
        else left(p_name, 1) || substr(replace(initcap(replace(p_name, '_', ' ')), ' ', ''), 2) end
$$;
comment on function jalon_engine.camel_name(text) is 'A column''s name in camelCase, as recaps have it over HTTP.';

create or replace function jalon_engine.camel(p_rows json)
returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select json_agg((
        select json_object_agg(jalon_engine.camel_name(e.key), e.value order by e.ordinality)
        from json_each(r.value) with ordinality e) order by r.ordinality)
    from json_array_elements(p_rows) with ordinality r
$$;
comment on function jalon_engine.camel(json) is 'Rows with their columns named in camelCase, in the same order.';
