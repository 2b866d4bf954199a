-- A stay that passes its deadline is announced once: to those who hear of the table, and to the streams. Nothing moves.
-- Each look asks history for the stays whose deadline came since the look before. All records are read if deadlines
-- changed, and once a day, for what a long transaction committed late or an import brought.

create or replace function jalon_engine.late_stays(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_since timestamptz
)
returns table (record_key text, code text, entered_at timestamptz, due_at timestamptz)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- By the index on time. A month is not always as long, nor a day: what the margin finds too much is left out after.
    return query execute format($sql$
        select h.%1$I::text, h.%2$I::text, h.changed_at, h.changed_at + f.max_stay
        from (select r.code::text as code, r.max_stay,
                case when r.max_stay < '28 days' then interval '2 hours' else interval '4 days' end as margin
            from jalon_engine.referential r where r.category = %3$L and r.max_stay is not null) f
        join %4$s h on h.%2$I::text = f.code and h.%5$I is distinct from h.%2$I
            and h.changed_at > $1 - f.max_stay - f.margin and h.changed_at < now() - f.max_stay + f.margin
        where h.changed_at + f.max_stay < now()
            and not exists (select from %4$s l
                where l.%1$I = h.%1$I and l.version > h.version and l.%5$I is distinct from l.%2$I)
            and not exists (select from jalon_history.deletion d
                where d.tracked = %6$L and d.record_key = h.%1$I::text and d.deleted_at >= h.changed_at)$sql$,
        p_tracked.history_key, 'new_' || p_column.column_name, p_column.category,
        jalon_engine.history_of(p_tracked), 'old_' || p_column.column_name, p_tracked.name)
    using p_since;
end
$$;
comment on function jalon_engine.late_stays(jalon_engine.tracked, jalon_engine.tracked_column, timestamptz) is
'The stays that history knows to last, and whose deadline came since a time; a few older ones are among them.';

create or replace function jalon_engine.publish_deadline(
    p_tracked jalon_engine.tracked, p_passed jalon_engine.passed_deadline
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row constant jsonb := jalon_engine.row_as_mover(p_tracked.name, p_passed.record_key);
    v_id uuid;
begin
    -- It may have moved on meanwhile.
    if v_row ->> p_passed.column_name is distinct from p_passed.code then
        return;
    end if;
    execute 'select ' || jalon_engine.new_id() into v_id;
    insert into jalon_engine.outbox_message (id, type, tracked, record_key, version, occurred_at, transaction_id, data)
    select v_id, p_tracked.name || '.deadline_passed', p_tracked.name, p_passed.record_key,
        (v_row ->> 'status_version')::integer, p_passed.due_at, p_passed.transaction_id,
        jsonb_strip_nulls(jsonb_build_object('table', p_tracked.name, 'key', v_row -> p_tracked.key_column,
            'version', v_row -> 'status_version', 'column', p_passed.column_name, 'status', p_passed.code,
            'caseType', v_row -> p_tracked.workflow_column, 'enteredAt', p_passed.entered_at,
            'dueAt', p_passed.due_at))
    where exists (select from jalon_engine.interest i where i.tracked = p_tracked.name);
end
$$;
comment on function jalon_engine.publish_deadline(jalon_engine.tracked, jalon_engine.passed_deadline) is
'Writes the message <table>.deadline_passed, where somebody wants to hear of the table.';

create or replace function jalon_engine.pass_deadlines(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_batch integer
)
returns integer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limits constant jsonb := coalesce((select jsonb_object_agg(f.code, f.max_stay::text)
        from jalon_engine.referential f where f.category = p_column.category and f.max_stay is not null), '{}');
    v_look jalon_engine.deadline_look;
    v_is_whole boolean;
    v_count integer := 0;
    v_passed jalon_engine.passed_deadline;
begin
    select l.* into v_look from jalon_engine.deadline_look l
    where (l.tracked, l.column_name) = (p_tracked.name, p_column.column_name);
    v_is_whole := v_look.tracked is null or v_look.limits <> v_limits
        or v_look.read_whole_at < now() - interval '1 day';
    for v_passed in
        insert into jalon_engine.passed_deadline as d (tracked, column_name, record_key, code, entered_at, due_at)
        select p_tracked.name, p_column.column_name, s.record_key, s.code, s.entered_at, s.due_at
        from (
            select o.record_key, o.code, o.entered_at, o.due_at
            from jalon_engine.overdue(p_tracked => p_tracked.name, p_language => null, p_case_type => null) o
            where v_is_whole and v_limits <> '{}' and o.column_name = p_column.column_name
            union all
            select s.record_key, s.code, s.entered_at, s.due_at
            from jalon_engine.late_stays(p_tracked, p_column, v_look.looked_until - interval '1 hour') s
            where not v_is_whole and v_limits <> '{}'
        ) s
        where not exists (select from jalon_engine.passed_deadline k
            where (k.tracked, k.column_name, k.record_key) = (p_tracked.name, p_column.column_name, s.record_key)
                and k.entered_at >= s.entered_at)
        limit p_batch
        on conflict on constraint passed_deadline_pk do update set code = excluded.code,
            entered_at = excluded.entered_at, due_at = excluded.due_at, transaction_id = excluded.transaction_id
        returning d.*
    loop
        v_count := v_count + 1;
        -- What had passed before the first look is no news.
        if v_look.tracked is not null then
            perform jalon_engine.publish_deadline(p_tracked, v_passed);
        end if;
    end loop;
    if v_count < p_batch then
        perform jalon_engine.keep_deadline_look(p_tracked.name, p_column.column_name, v_limits, v_is_whole);
    end if;
    return v_count;
end
$$;
comment on function jalon_engine.pass_deadlines(jalon_engine.tracked, jalon_engine.tracked_column, integer) is
'Looks at one status column, and says how many stays were found to have passed their deadline.';

create or replace function jalon_engine.keep_deadline_look(
    p_tracked text, p_column text, p_limits jsonb, p_is_whole boolean
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into jalon_engine.deadline_look as l (tracked, column_name, limits, looked_until, read_whole_at)
    values (p_tracked, p_column, p_limits, now(), now())
    on conflict on constraint deadline_look_pk do update set limits = excluded.limits,
        looked_until = excluded.looked_until,
        read_whole_at = case when p_is_whole then excluded.read_whole_at else l.read_whole_at end;
    if p_is_whole then
        delete from jalon_engine.passed_deadline p
        where (p.tracked, p.column_name) = (p_tracked, p_column) and exists (
            select from jalon_history.deletion d
            where d.tracked = p_tracked and d.record_key = p.record_key and d.deleted_at >= p.entered_at);
    end if;
end
$$;
comment on function jalon_engine.keep_deadline_look(text, text, jsonb, boolean) is
'Notes that a status column was looked at, and forgets stays of records that are deleted.';

create or replace function jalon.announce_deadlines(batch integer default 1000)
returns table (tracked text, column_name text, passed integer, problem text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set intervalstyle = 'postgres'
as $$
#variable_conflict use_column
declare
    r record;
begin
    perform from jalon_engine.turn t where t.name = 'deadlines' for update skip locked;
    if not found then
        return;
    end if;
    for r in select c.t, c.c from jalon_engine.recap_columns(null) c loop
        tracked := (r.t).name;
        column_name := (r.c).column_name;
        problem := null;
        -- A table that can't be read must not keep the others from being looked at.
        begin
            passed := jalon_engine.pass_deadlines(r.t, r.c, announce_deadlines.batch);
        exception when others then
            passed := 0;
            problem := sqlerrm;
        end;
        if passed > 0 or problem is not null then
            return next;
        end if;
    end loop;
end
$$;
comment on function jalon.announce_deadlines(integer) is
'Writes a message <table>.deadline_passed for each stay that passed its deadline since the last look, at most so many '
'for each column; a row for each column that had some. The relay calls it every minute.';
revoke execute on function jalon.announce_deadlines(integer) from public;
grant execute on function jalon.announce_deadlines(integer) to jalon_dba, jalon_relay;
