-- What deserves a look: records that stay too long, changes outside the transitions, codes that nobody ever reached.

create or replace function jalon_engine.overdue(p_tracked text, p_language text, p_case_type text)
returns table (
    tracked_table text, record_key text, column_name text, case_type text, code text, label text,
    entered_at timestamptz, due_at timestamptz, overdue_by interval
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(p_language);
    v_current text;
begin
    -- Only codes that have a longest stay; a record is there since its last change to that code.
    select string_agg(format($sql$
            select %1$L as tracked, s.%2$I::text as record_key, %3$L as column_name, %4$s as case_type,
                %5$L as category, s.%3$I::text as code, %6$s as entered_at
            from %7$s s%8$s where s.%3$I::text in (select m.code from limited m where m.category = %5$L)$sql$,
        (r.t).name, (r.t).key_column, (r.c).column_name, jalon_engine.case_type_sql(r.t, 's'), (r.c).category,
        case when jalon_engine.has_single_column(r.t) then 's.status_changed_at'
            else 'coalesce(e.entered_at, s.status_changed_at)' end,
        jalon_engine.live_rows_sql(r.t),
        case when jalon_engine.has_single_column(r.t) then '' else format($sql$
            left join (
                select h.%1$I as id, h.%2$I::text as code, max(h.changed_at) as entered_at from %3$I.%4$I h
                where h.%5$I is distinct from h.%2$I
                    and h.%2$I::text in (select m.code from limited m where m.category = %6$L)
                group by 1, 2
            ) e on e.id = s.%7$I and e.code = s.%8$I::text$sql$, (r.t).history_key, 'new_' || (r.c).column_name,
            (r.t).history_schema, (r.t).history_name,
            'old_' || (r.c).column_name, (r.c).category, (r.t).key_column, (r.c).column_name) end), ' union all ')
    into v_current
    from jalon_engine.recap_columns(p_tracked) r
    where exists (select from jalon_engine.referential f where f.category = (r.c).category and f.max_stay is not null);
    if v_current is null then
        return;
    end if;
    return query execute format($sql$
        with limited as materialized (
            select l.category, l.code, l.label, l.max_stay from jalon_recap.codes l
            where l.max_stay is not null and l.language = $1
        ),
        current_row as (%s)
        select s.tracked, s.record_key, s.column_name, s.case_type, s.code, l.label, s.entered_at,
            s.entered_at + l.max_stay, now() - (s.entered_at + l.max_stay)
        from current_row s
        join limited l on l.category = s.category and l.code = s.code
        where s.entered_at + l.max_stay < now() and ($2 is null or s.case_type = $2)
        order by 9 desc, s.tracked, s.record_key$sql$, v_current)
    using v_language, p_case_type;
end
$$;
comment on function jalon_engine.overdue(text, text, text) is
'The rows of jalon_recap.overdue, from one statement over the tables asked for.';

create or replace function jalon_recap.overdue(
    tracked text default null, language text default null, case_type text default null
)
returns table (
    tracked_table text, record_key text, column_name text, case_type text, code text, label text,
    entered_at timestamptz, due_at timestamptz, overdue_by interval, overdue_seconds double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select o.tracked_table, o.record_key, o.column_name, o.case_type, o.code, o.label, o.entered_at,
        o.due_at, o.overdue_by, date_part('epoch', o.overdue_by)
    from jalon_engine.overdue(overdue.tracked, overdue.language, overdue.case_type) o
$$;
comment on function jalon_recap.overdue(text, text, text) is
'Records that have stayed longer than the code''s longest stay, the longest overdue first.';
revoke execute on function jalon_recap.overdue(text, text, text) from public;
grant execute on function jalon_recap.overdue(text, text, text) to jalon_bi, jalon_bi_masked, jalon_dba;

create or replace function jalon_recap.forced(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    language text default null
)
returns table (
    tracked_table text, record_key text, column_name text, changed_at timestamptz, from_code text, from_label text,
    to_code text, to_label text, changed_by text, db_role text, reason text
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(forced.language);
    v_changes text;
begin
    -- Each history is read once, whatever the number of its columns: forced changes are few.
    select string_agg(format($sql$
            select %1$L as tracked, h.%2$I::text as record_key, c.column_name, c.category, h.changed_at, c.old_code,
                c.new_code, h.changed_by, h.db_role, h.reason
            from %3$I.%4$I h
            cross join lateral (values %5$s) c (column_name, category, old_code, new_code)
            where h.kind = 'force' and h.changed_at >= $2 and h.changed_at < $3
                and c.old_code is distinct from c.new_code$sql$,
        t.name, t.history_key, t.history_schema, t.history_name, (
            select string_agg(format('(%L, %L, h.%I::text, h.%I::text)', k.column_name, k.category,
                'old_' || k.column_name, 'new_' || k.column_name), ', ')
            from jalon_engine.tracked_column k where k.tracked = t.name)), ' union all ')
    into v_changes
    from jalon_engine.tracked t
    where (forced.tracked is null or t.name = forced.tracked)
        and to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null;
    if v_changes is null then
        return;
    end if;
    return query execute format($sql$
        select c.tracked, c.record_key, c.column_name, c.changed_at, c.old_code, coalesce(o.label, c.old_code),
            c.new_code, coalesce(n.label, c.new_code), c.changed_by, c.db_role, c.reason
        from (%s) c
        left join jalon_recap.codes o on o.category = c.category and o.code = c.old_code and o.language = $1
        left join jalon_recap.codes n on n.category = c.category and n.code = c.new_code and n.language = $1
        order by c.changed_at desc, c.tracked, c.record_key$sql$, v_changes)
    using v_language, forced.since, forced.until;
end
$$;
comment on function jalon_recap.forced(text, timestamptz, timestamptz, text) is
'Changes outside the transitions, with who and why, the latest first.';
revoke execute on function jalon_recap.forced(text, timestamptz, timestamptz, text) from public;
grant execute on function jalon_recap.forced(text, timestamptz, timestamptz, text) to jalon_bi, jalon_dba;

create or replace function jalon_recap.unreached(tracked text default null, language text default null)
returns table (tracked_table text, column_name text, category text, code text, label text, is_active boolean)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_reached text[];
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(unreached.tracked) r
        order by (r.t).name, (r.c).position loop
        execute format('select array(select distinct h.%I::text from %I.%I h union select distinct s.%I::text '
            'from %s s)', 'new_' || (v.c).column_name,
            (v.t).history_schema, (v.t).history_name, (v.c).column_name, jalon_engine.live_rows_sql(v.t))
            into v_reached;
        return query
        select (v.t).name, (v.c).column_name, l.category, l.code, l.label, l.is_active
        from jalon_recap.codes l
        where l.category = (v.c).category and l.language = jalon_recap.language(unreached.language)
            and not l.code = any (array_remove(v_reached, null))
        order by l.position, l.code;
    end loop;
end
$$;
comment on function jalon_recap.unreached(text, text) is
'Codes that no record of the table ever stood on, as far as its history goes.';
revoke execute on function jalon_recap.unreached(text, text) from public;
grant execute on function jalon_recap.unreached(text, text) to jalon_bi, jalon_bi_masked, jalon_dba;
