-- The whole recap in one document; a module adds what it knows besides (names, interactions) to its own table's part.

create or replace function jalon_recap.weekly(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with bounds as (
        select b.iso_week, b.starts_at, b.ends_at from jalon_recap.week_bounds(weekly.week, weekly.time_zone) b
    ),
    record as (
        select c.tracked_table,
            jsonb_build_object('record', c.record_key, 'changes', jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                'at', c.changed_at, 'localTime', c.local_time, 'column', c.column_name, 'from', c.from_code,
                'fromLabel', c.from_label, 'to', c.to_code, 'toLabel', c.to_label, 'by', c.changed_by,
                'onBehalfOf', c.on_behalf_of, 'reason', c.reason, 'kind', c.kind, 'version', c.version,
                'caseType', c.case_type, 'stayed', extract(epoch from c.stayed)))
            order by c.place)) as body, min(c.changed_at) as first_at
        from bounds b, jalon_recap.weekly_changes(b.iso_week, weekly.time_zone, weekly.language, weekly.tracked) c
        group by c.tracked_table, c.record_key
    ),
    flow as (
        select f.tracked_table, f.movement,
            jsonb_agg(jsonb_strip_nulls(jsonb_build_object('record', f.record_key, 'code', f.code, 'label', f.label,
                'at', f.changed_at, 'localTime', f.local_time, 'by', f.changed_by, 'reason', f.reason))
                order by f.changed_at, f.record_key) as body
        from bounds b, jalon_recap.weekly_flow(b.iso_week, weekly.time_zone, weekly.language, weekly.tracked) f
        group by 1, 2
    ),
    counted as (
        select c.tracked_table, jsonb_agg(jsonb_build_object('column', c.column_name, 'code', c.code, 'label', c.label,
            'color', c.color, 'outcome', c.outcome, 'atStart', c.at_start, 'entered', c.entered,
            'departed', c.departed, 'atEnd', c.at_end) order by c.place) as body
        from bounds b
        cross join lateral jalon_recap.weekly_counts(b.iso_week, weekly.time_zone, weekly.language, weekly.tracked)
            with ordinality c (
                tracked_table, column_name, code, label, color, outcome, at_start, entered, departed, at_end, place)
        group by 1
    )
    select jsonb_build_object('week', b.iso_week, 'timeZone', weekly.time_zone,
        'language', jalon_recap.language(weekly.language), 'from', b.starts_at, 'until', b.ends_at,
        'firstDay', (b.starts_at at time zone weekly.time_zone)::date,
        'lastDay', (b.ends_at at time zone weekly.time_zone)::date - 1,
        'previousWeek', to_char(b.starts_at at time zone weekly.time_zone - interval '7 days', 'IYYY-"W"IW'),
        'nextWeek', case when b.ends_at <= now() then
            to_char(b.ends_at at time zone weekly.time_zone, 'IYYY-"W"IW') end,
        'tables', coalesce((
            select jsonb_agg(jsonb_build_object('table', t.tracked, 'counts', coalesce(c.body, '[]'),
                'records', coalesce((select jsonb_agg(r.body order by r.first_at, r.body ->> 'record')
                    from record r where r.tracked_table = t.tracked), '[]'))
                || '{"entered": [], "left": [], "passed": []}' || coalesce((
                    select jsonb_object_agg(f.movement, f.body) from flow f where f.tracked_table = t.tracked), '{}')
                || jalon_recap.week_of(t.tracked, b.iso_week, weekly.time_zone, weekly.language,
                    array(select r.body ->> 'record' from record r where r.tracked_table = t.tracked))
                order by t.tracked)
            from (select distinct h.tracked from jalon_history.tracked_columns h
                where weekly.tracked is null or h.tracked = weekly.tracked) t
            left join counted c on c.tracked_table = t.tracked), '[]'))
    from bounds b
$$;
comment on function jalon_recap.weekly(text, text, text, text) is
'The recap of an ISO week as one JSON document (nextWeek is null before it begins): per tracked table the counts '
'at start and end, the changes of each record in their order, who entered the pipe, left it, passed through.';
revoke execute on function jalon_recap.weekly(text, text, text, text) from public;
grant execute on function jalon_recap.weekly(text, text, text, text) to jalon_bi, jalon_dba;
