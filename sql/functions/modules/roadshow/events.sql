-- The event of a change of status. It names a version that a change has made; the unique index gives each version one
-- event, and the trigger has written that before anybody else could.

create or replace function jalon_engine.tg_roadshow_counterparty__record_event()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_zone constant text := (select s.value #>> '{}' from jalon_engine.setting s where s.name = 'roadshow.time_zone');
begin
    insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
    values (new.id, 'status_change', (new.status_changed_at at time zone v_zone)::date,
        jsonb_build_object('newStatus', new.statut, 'oldStatus', old.statut, 'version', new.status_version));
    return null;
end
$$;
comment on function jalon_engine.tg_roadshow_counterparty__record_event() is
'Writes an event for each change of a status, with the old and the new one.';

create or replace function jalon_engine.tg_roadshow_event__guard()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_type jalon_engine.referential;
begin
    if tg_op = 'INSERT' and jalon_engine.is_importing() then
        -- jalon.adopt_roadshow_event has looked at it, and it may tell of a change that Jalon did not see.
        return new;
    end if;
    if tg_op <> 'INSERT' then
        select f.* into v_type from jalon_engine.referential f
        where f.category = 'ROADSHOW_EVENT_TYPE' and f.code = old.type;
        if v_type.meta ->> 'writer' = 'history'
           and exists (select from jalon_roadshow.roadshow_counterparty c where c.id = old.counterparty_id) then
            perform jalon_engine.fail('JL502',
                jsonb_build_object('table', 'roadshow_event', 'operation', tg_op, 'id', old.id, 'type', old.type),
                'roadshow.written_by_history');
        end if;
        if tg_op = 'DELETE' then
            return old;
        end if;
    end if;
    select f.* into v_type from jalon_engine.referential f
    where f.category = 'ROADSHOW_EVENT_TYPE' and f.code = new.type;
    if not found or (not v_type.is_active and (tg_op = 'INSERT' or old.type <> new.type)) then
        perform jalon_engine.fail(case when v_type.code is null then 'JL402' else 'JL403' end,
            jsonb_build_object('category', 'ROADSHOW_EVENT_TYPE',
                'field', 'type', 'to', new.type, 'allowed', jalon_engine.roadshow_types()));
    end if;
    if v_type.meta ->> 'writer' = 'history' and (tg_op = 'UPDATE' or not exists (
            select from jalon_roadshow.roadshow_counterparty c
            where c.id = new.counterparty_id and new.meta ? 'newStatus' and c.status_version >=
                case when new.meta ->> 'version' ~ '^([2-9]|[1-9]\d{1,8})$'
                        then (new.meta ->> 'version')::integer end)) then
        perform jalon_engine.fail('JL502', jsonb_build_object('table', 'roadshow_event', 'operation', tg_op,
            'type', new.type), 'roadshow.written_by_history');
    end if;
    return new;
end
$$;
comment on function jalon_engine.tg_roadshow_event__guard() is
'Refuses types that are not codes, and every event of a change of status that no change has made.';

create or replace function jalon_engine.roadshow_types()
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(f.code order by f.position, f.code), '[]')
    from jalon_engine.referential f
    where f.category = 'ROADSHOW_EVENT_TYPE' and f.is_active and not f.meta ? 'writer'
$$;
comment on function jalon_engine.roadshow_types() is 'Types of events that people record, in order.';
