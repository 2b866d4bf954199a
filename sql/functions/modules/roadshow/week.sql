-- What the roadshow adds to the recap of a week: who its counterparties are, what was done with them, and with whom
-- nothing was. Days are those of the reader's time zone.

create or replace function jalon_engine.interaction_types(p_language text)
returns table (code text, label text, "position" integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select c.code, c.label, c.position
    from jalon_recap.codes c
    join jalon_engine.referential f on f.category = c.category and f.code = c.code and not f.meta ? 'writer'
    where c.category = 'ROADSHOW_EVENT_TYPE' and c.language = jalon_recap.language(p_language)
$$;
comment on function jalon_engine.interaction_types(text) is
'The types of events that people enter; those that a change of status writes are none.';

create or replace function jalon_engine.silent_counterparties(
    p_as_of timestamptz, p_day date, p_sunday date, p_time_zone text, p_language text
)
returns table (id integer, name text, owner text, statut text, label text, last_interaction date, days integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select c.id, c.name, c.owner, s.statut, l.label, i.last_interaction,
        p_day - coalesce(i.last_interaction, (c.created_at at time zone p_time_zone)::date)
    from jalon_history.roadshow_counterparty_as_of(p_as_of) s
    join jalon_recap.codes l on l.category = 'ROADSHOW_STATUS' and l.code = s.statut and l.is_running
        and l.language = jalon_recap.language(p_language)
    join jalon_roadshow.roadshow_counterparty c on c.id = s.counterparty_id
    left join lateral (
        select e.date as last_interaction from jalon_roadshow.roadshow_event e
        where e.counterparty_id = c.id and e.date <= p_sunday
            and e.type = any (array(select t.code from jalon_engine.interaction_types(p_language) t))
        order by e.date desc limit 1
    ) i on true
$$;
comment on function jalon_engine.silent_counterparties(timestamptz, date, date, text, text) is
'The counterparties in the pipe at a time, each with its last interaction and the days since, or since it was entered.';

create or replace function jalon_recap.roadshow_counterparty_week(
    week text default null, time_zone text default 'UTC', language text default null, records text[] default '{}'
)
returns jsonb
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with bounds as (
        select (b.starts_at at time zone roadshow_counterparty_week.time_zone)::date as monday,
            least(b.ends_at - interval '1 microsecond', greatest(now(), b.starts_at)) as as_of,
            (b.ends_at at time zone roadshow_counterparty_week.time_zone)::date - 1 as sunday,
            (now() at time zone roadshow_counterparty_week.time_zone)::date as today
        from jalon_recap.week_bounds(roadshow_counterparty_week.week, roadshow_counterparty_week.time_zone) b
    ),
    done as (
        select e.counterparty_id, c.name, t.code, t.label, t.position, count(*) as count
        from bounds b
        join jalon_roadshow.roadshow_event e on e.date between b.monday and b.sunday
        join jalon_engine.interaction_types(roadshow_counterparty_week.language) t on t.code = e.type
        join jalon_roadshow.roadshow_counterparty c on c.id = e.counterparty_id
        group by e.counterparty_id, c.name, t.code, t.label, t.position
    ),
    quiet as (
        select q.* from bounds b
        cross join lateral jalon_engine.silent_counterparties(b.as_of, least(b.sunday, b.today), b.sunday,
            roadshow_counterparty_week.time_zone, roadshow_counterparty_week.language) q
    )
    select jsonb_build_object(
        'title', jalon_engine.text_of('roadshow.title', '{}', roadshow_counterparty_week.language),
        'names', coalesce((
            select jsonb_object_agg(c.id, c.name) from jalon_roadshow.roadshow_counterparty c
            where c.id = any (roadshow_counterparty_week.records::integer[])), '{}'),
        'interactions', coalesce((
            select jsonb_agg(r.body order by lower(r.name), r.id) from (
                select d.counterparty_id as id, d.name,
                    jsonb_build_object('record', d.counterparty_id::text, 'name', d.name, 'total', sum(d.count),
                        'types', jsonb_agg(jsonb_build_object('type', d.code, 'label', d.label,
                            'count', d.count) order by d.position, d.code)) as body
                from done d group by d.counterparty_id, d.name) r), '[]'),
        'interactionsByType', coalesce((
            select jsonb_agg(r.body order by r.position, r.code) from (
                select d.position, d.code,
                    jsonb_build_object('type', d.code, 'label', d.label, 'count', sum(d.count)) as body
                from done d group by d.position, d.code, d.label) r), '[]'),
        'silent', coalesce((
            -- Those that are silent the longest; silentCount has all.
            select jsonb_agg(jsonb_build_object('record', q.id::text, 'name', q.name, 'owner', q.owner,
                'code', q.statut, 'label', q.label,
                'lastInteraction', q.last_interaction, 'days', q.days) order by q.days desc, lower(q.name), q.id)
            from (
                select s.* from quiet s where s.days > p.silent_after
                order by s.days desc, lower(s.name), s.id limit 200) q), '[]'),
        'silentCount', (select count(*) from quiet q where q.days > p.silent_after),
        'days', p.silent_after)
    from (select (s.value #>> '{}')::integer as silent_after from jalon_engine.setting s
        where s.name = 'roadshow.silent_after_days') p
$$;
comment on function jalon_recap.roadshow_counterparty_week(text, text, text, text[]) is
'The roadshow''s part of the recap of a week: names, interactions by counterparty and type, and the counterparties '
'in the pipe that were silent for more than two weeks.';
revoke execute on function jalon_recap.roadshow_counterparty_week(text, text, text, text[]) from public;
grant execute on function jalon_recap.roadshow_counterparty_week(text, text, text, text[]) to jalon_bi, jalon_dba;
