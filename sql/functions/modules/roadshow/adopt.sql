-- A roadshow_event that was there before Jalon: its rows are taken over as they are, and the table stays. One statement
-- for all rows.

create or replace function jalon.adopt_roadshow_event(
    source regclass, out taken bigint, out present bigint, out problems text[]
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_rows jsonb[];
begin
    -- The table is the caller's: they read it.
    execute format('select array(select to_jsonb(x) from %s x)', adopt_roadshow_event.source) into v_rows;
    select a.taken, a.present, a.problems into taken, present, problems
    from jalon_engine.adopt_roadshow_events(v_rows) a;
end
$$;
comment on function jalon.adopt_roadshow_event(regclass) is
'Takes over the rows of a roadshow_event that was there before: how many, how many were taken before, and a sentence '
'for each row that contradicts what is here. Safe to call again.';
grant execute on function jalon.adopt_roadshow_event(regclass) to jalon_dba;

create or replace function jalon_engine.adopt_roadshow_events(
    p_rows jsonb[], out taken bigint, out present bigint, out problems text[]
)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before text[];
begin
    perform jalon_engine.require_permission('import_history', 'roadshow_counterparty');
    v_before := jalon_engine.set_marks(p_reason => null, p_meta => null, p_marks => '{"kind": "import"}');
    with checked as materialized (
        select g.row, jalon_engine.roadshow_event_problem(g.row,
            count(*) over (partition by g.row ->> 'id') > 1,
            count(*) over (partition by g.row ->> 'counterparty_id', g.row ->> 'type', g.row #>> '{meta,version}')
                > 1) as problem
        from unnest(p_rows) g (row)
    ),
    added as (
        insert into jalon_roadshow.roadshow_event (id, counterparty_id, type, date, meta)
        select (c.row ->> 'id')::integer, (c.row ->> 'counterparty_id')::integer, c.row ->> 'type',
            (c.row ->> 'date')::date, nullif(c.row -> 'meta', 'null')
        from checked c where c.problem is null order by (c.row ->> 'id')::integer
        returning id
    )
    select (select count(*) from added), count(*) filter (where c.problem = ''),
        coalesce(array_agg(c.problem order by c.row ->> 'id') filter (where c.problem <> ''), '{}')
    into taken, present, problems
    from checked c;
    perform jalon_engine.without_reason(v_before);
    perform setval(pg_get_serial_sequence('jalon_roadshow.roadshow_event', 'id'), e.id)
    from jalon_roadshow.roadshow_event e order by e.id desc limit 1;
end
$$;
comment on function jalon_engine.adopt_roadshow_events(jsonb[]) is
'Makes events of the rows of another table: how many, how many were here already, and why others can not be.';
grant execute on function jalon_engine.adopt_roadshow_events(jsonb[]) to jalon_dba;

create or replace function jalon_engine.roadshow_event_problem(
    p_row jsonb, p_is_number_used_twice boolean, p_is_version_used_twice boolean
)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_type jalon_engine.referential;
    v_meta constant jsonb := coalesce(nullif(p_row -> 'meta', 'null'), '{}');
    v_present jalon_roadshow.roadshow_event;
    v_problem text;
begin
    select f.* into v_type from jalon_engine.referential f
    where f.category = 'ROADSHOW_EVENT_TYPE' and f.code = p_row ->> 'type';
    if jalon_engine.is_key('integer', p_row ->> 'id') then
        select e.* into v_present from jalon_roadshow.roadshow_event e where e.id = (p_row ->> 'id')::integer;
    end if;
    v_problem := case
        when not jalon_engine.is_key('integer', p_row ->> 'id') or p_is_number_used_twice then 'number'
        when not jalon_engine.is_key('integer', p_row ->> 'counterparty_id') or not exists (
            select from jalon_roadshow.roadshow_counterparty c where c.id = (p_row ->> 'counterparty_id')::integer)
            then 'counterparty'
        when v_type.code is null then 'type'
        when coalesce(p_row ->> 'date', '') !~ '^\d{4}-\d\d-\d\d(T.*)?$' then 'date'
        when jsonb_typeof(v_meta) <> 'object' then 'meta'
        when v_present.id is not null and (v_present.counterparty_id, v_present.type, v_present.date,
                coalesce(v_present.meta, '{}')) is distinct from ((p_row ->> 'counterparty_id')::integer,
                p_row ->> 'type', (p_row ->> 'date')::date, v_meta) then 'another'
        when v_present.id is null and v_type.meta ->> 'writer' = 'history'
            then jalon_engine.roadshow_change_problem(p_row, v_meta, p_is_version_used_twice)
    end;
    if v_problem is null then
        return case when v_present.id is not null then '' end;
    end if;
    return jalon_engine.text_of('roadshow.adopt.' || v_problem,
        p_row || jsonb_build_object('status', v_meta ->> 'newStatus', 'version', v_meta ->> 'version'));
end
$$;
comment on function jalon_engine.roadshow_event_problem(jsonb, boolean, boolean) is
'Why a row is not taken over, in a sentence; empty if it is here already, null if it can be taken.';

create or replace function jalon_engine.roadshow_change_problem(
    p_row jsonb, p_meta jsonb, p_is_version_used_twice boolean
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when not exists (select from jalon_engine.referential f
            where f.category = 'ROADSHOW_STATUS' and f.code = p_meta ->> 'newStatus') then 'status'
        when p_meta ->> 'version' is null then null
        when p_meta ->> 'version' !~ '^\d{1,9}$' or p_is_version_used_twice or exists (
            select from jalon_roadshow.roadshow_event e
            where e.counterparty_id = (p_row ->> 'counterparty_id')::integer and e.type = p_row ->> 'type'
              and (e.meta ->> 'version')::integer = (p_meta ->> 'version')::integer) then 'version'
    end
$$;
comment on function jalon_engine.roadshow_change_problem(jsonb, jsonb, boolean) is
'Why the event of a change of status is not taken over: its status is unknown, or its version has an event.';
