-- What a weekly recap that is sent has besides: the counts of the week before, and no list longer than a person reads.

create or replace function jalon_engine.week_compared(p_recap jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with before as materialized (
        select c.tracked_table, c.column_name, c.code, c.entered, c.departed
        from jalon_recap.weekly_counts(p_recap ->> 'previousWeek', p_recap ->> 'timeZone', p_recap ->> 'language',
            case when jsonb_array_length(p_recap -> 'tables') = 1 then p_recap #>> '{tables,0,table}' end) c
    )
    select p_recap || jsonb_build_object('tables', coalesce(jsonb_agg(
        t.value || jsonb_build_object('counts', (
            select coalesce(jsonb_agg(c.value || jsonb_build_object('enteredBefore', coalesce(b.entered, 0),
                'departedBefore', coalesce(b.departed, 0)) order by c.ordinality), '[]')
            from jsonb_array_elements(t.value -> 'counts') with ordinality c
            left join before b on b.tracked_table = t.value ->> 'table' and b.column_name = c.value ->> 'column'
                and b.code = c.value ->> 'code')) order by t.ordinality), '[]'))
    from jsonb_array_elements(p_recap -> 'tables') with ordinality t
$$;
comment on function jalon_engine.week_compared(jsonb) is
'A weekly recap with the changes of the week before beside its counts: enteredBefore, departedBefore.';

create or replace function jalon_engine.week_shortened(p_recap jsonb, p_most integer)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select p_recap || jsonb_build_object('tables', coalesce(jsonb_agg(t.value || (
        select jsonb_object_agg(l.name, (
            select coalesce(jsonb_agg(e.value order by e.ordinality), '[]')
            from jsonb_array_elements(t.value -> l.name) with ordinality e where e.ordinality <= p_most))
            || jsonb_build_object('totals', jsonb_object_agg(l.name, jsonb_array_length(t.value -> l.name)))
        from unnest(array['records', 'entered', 'left', 'passed', 'interactions', 'silent']) l (name)
        where t.value ? l.name) order by t.ordinality), '[]'))
    from jsonb_array_elements(p_recap -> 'tables') with ordinality t
$$;
comment on function jalon_engine.week_shortened(jsonb, integer) is
'A weekly recap with the first so many of each list, and how many there are in all.';
