-- For the console: the recap of a week, of the roadshow, in the time zone in which it dates its events, and no longer
-- than a page is read. Of a long history it is cached like other recaps (count_recap.sql).

create or replace function jalon_engine.roadshow_weekly_json(p_question jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with whole as materialized (
        select jalon_recap.weekly(p_question ->> 'week', p_question ->> 'tz', p_question ->> 'lang',
            'roadshow_counterparty') as body
    ),
    part as materialized (
        select w.body - 'tables' as frame, w.body #> '{tables,0}' as body from whole w
    ),
    list as materialized (
        select n.name, coalesce((
                select jsonb_agg(e.value order by e.ordinality)
                from jsonb_array_elements(p.body -> n.name) with ordinality e where e.ordinality <= 100), '[]') as rows,
            jsonb_array_length(p.body -> n.name) as total
        from part p cross join unnest(array['records', 'entered', 'left', 'passed', 'interactions', 'silent']) n (name)
    )
    select p.frame || jsonb_build_object('tables', jsonb_build_array(p.body
        || (select jsonb_object_agg(l.name, l.rows) from list l)
        || jsonb_build_object('totals', (select jsonb_object_agg(l.name, l.total) from list l)
            || jsonb_build_object('silent', p.body -> 'silentCount'),
            'names', coalesce((
                select jsonb_object_agg(s.record, p.body -> 'names' -> s.record)
                from (select distinct e.value ->> 'record' as record from list l
                    cross join jsonb_array_elements(l.rows) e) s
                where p.body -> 'names' ? s.record), '{}'))))
    from part p
$$;
comment on function jalon_engine.roadshow_weekly_json(jsonb) is
'The roadshow''s recap of an ISO week, the first 100 of each list and how many there are: {week, tz, lang}.';

create or replace function jalon_api.roadshow_weekly(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_zone constant text := coalesce(p_input ->> 'tz',
        (select s.value #>> '{}' from jalon_engine.setting s where s.name = 'roadshow.time_zone'));
    v_week record;
    v_question jsonb;
begin
    perform jalon_engine.require_permission('read_all', 'roadshow_counterparty', p_caller => p_caller);
    select b.* into v_week from jalon_recap.week_bounds(p_input ->> 'week', v_zone) b;
    v_question := jalon_engine.recap_question('roadshow_counterparty',
        jsonb_build_object('week', v_week.iso_week, 'tz', v_zone,
            'lang', jalon_recap.language(p_caller ->> 'language')));
    if (select r.is_counted_at_once from jalon_engine.recap_table('roadshow-weekly', v_question, p_caller) r) then
        return jalon_engine.ok(('{"isLong": false}' || jalon_engine.roadshow_weekly_json(v_question))::json);
    end if;
    return jalon_engine.ok((jsonb_build_object('week', v_week.iso_week, 'timeZone', v_zone, 'tables', null,
            'firstDay', (v_week.starts_at at time zone v_zone)::date,
            'lastDay', (v_week.ends_at at time zone v_zone)::date - 1,
            'previousWeek', to_char(v_week.starts_at at time zone v_zone - interval '7 days', 'IYYY-"W"IW'))
        -- What was counted after the week is good for a day; what was counted in the course of it, for five minutes.
        || jalon_engine.cached_recap(p_name => 'roadshow-weekly', p_question => v_question,
            p_old_before => greatest(now() - interval '1 day', least(v_week.ends_at, now() - interval '5 minutes')))
            - 'items'
        || jsonb_build_object('question', v_question,
            'nextWeek', case when v_week.ends_at <= now() then to_char(v_week.ends_at at time zone v_zone,
                'IYYY-"W"IW') end))::json);
end
$$;
comment on function jalon_api.roadshow_weekly(text, jsonb, jsonb)
is 'The roadshow''s recap of an ISO week, the first 100 of each list and how many there are; of a long history as it '
    'was counted last (tables null: not yet): {week, tz}.';
