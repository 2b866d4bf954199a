-- Whether what happened was a transition of the workflow that was in force when it happened. Changes that a workflow
-- doesn't rule (forced, imported, migrated, backfilled) are counted apart.
-- Changes are counted first by what a workflow speaks of and between which publications they happened; each such group
-- is looked up once.

create or replace function jalon_engine.workflow_in_force(
    p_category text, p_case_type text, p_at timestamptz, p_named integer
)
returns jalon_engine.workflow
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The version that the change itself names, since a publication is dated by the beginning of its transaction.
    select w from jalon_engine.workflow w
    where w.category = p_category and w.case_type in (coalesce(p_case_type, '*'), '*')
        and (jalon_engine.was_in_force(w, p_at, interval '0')
            or (w.version = p_named and jalon_engine.was_in_force(w, p_at, interval '1 hour')))
    order by w.case_type <> '*' desc, w.version = p_named desc nulls last, w.published_at desc
    limit 1
$$;
comment on function jalon_engine.workflow_in_force(text, text, timestamptz, integer) is
'The version of the workflow that ruled a case type at an instant, or null; the one that the change names, if it says.';

create or replace function jalon_engine.conforms(
    p_workflow jalon_engine.workflow, p_from text, p_to text, p_old_case_type text, p_arrives boolean
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_workflow.category is null then null
        when p_from is null or p_arrives then jalon_engine.has_entry(p_workflow => p_workflow, p_code => p_to,
            p_lacks_reason => false) or exists (
            select from jalon_engine.workflow_arrival a
            where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
                and a.from_case_type in (coalesce(p_old_case_type, '*'), '*') and a.from_code = p_from
                and a.to_code = p_to)
        else exists (
            select from jalon_engine.workflow_transition a
            where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
                and a.from_code = p_from and a.to_code = p_to) end
$$;
comment on function jalon_engine.conforms(jalon_engine.workflow, text, text, text, boolean) is
'Whether a version of a workflow leads from one code to another, or lets a record begin or arrive there; empty without '
'a version.';

create or replace function jalon_engine.conformance_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($sql$
        select {case_type} as case_type, {old_case_type} as old_case_type, {arrives} as arrives,
            h.{old}::text as from_code, h.{new}::text as to_code, h.workflow_version,
            case h.kind when 'force' then 'forced' when 'import' then 'imported' when 'migration' then 'migrated'
                when 'backfill' then 'backfilled' when 'test' then 'test' else 'moved' end as way,
            width_bucket(h.changed_at, $4) as era, count(*) as changes, min(h.changed_at) as first_at,
            max(h.changed_at) as last_at
        from {history} h{previous}
        where h.{new} is not null and h.{old} is distinct from h.{new} and h.changed_at >= $1 and h.changed_at < $2
            and ($3 is null or {case_type} = $3)
        group by 1, 2, 3, 4, 5, 6, 7, 8$sql$, jsonb_build_object('history', jalon_engine.history_of(p_tracked),
        'old', quote_ident('old_' || p_column.column_name), 'new', quote_ident('new_' || p_column.column_name),
        'case_type', jalon_engine.case_type_sql(p_tracked, 'h'))
        || case when p_tracked.workflow_column is null
            then '{"old_case_type": "null::text", "arrives": "false", "previous": ""}'::jsonb
            else jsonb_build_object('old_case_type', jalon_engine.case_type_sql(p_tracked, 'p'),
                'arrives', format('p.version is not null and h.%1$I is distinct from p.%1$I',
                    p_tracked.workflow_column),
                'previous', format(' left join %s p on p.%2$I = h.%2$I and p.version = h.version - 1 '
                    'and p.changed_at = h.previous_changed_at', jalon_engine.history_of(p_tracked),
                    p_tracked.history_key)) end)
$$;
comment on function jalon_engine.conformance_sql(jalon_engine.tracked, jalon_engine.tracked_column) is
'SQL of the changes of one column from $1 until before $2, of case type $3, counted by what a workflow speaks of and '
'between which publications ($4) they happened.';

create or replace function jalon_engine.conformance(
    p_tracked text, p_since timestamptz, p_until timestamptz, p_case_type text, p_language text
)
returns table (
    tracked_table text, column_name text, case_type text, workflow_version integer, from_code text, from_label text,
    to_code text, to_label text, way text, is_allowed boolean, changes bigint, first_at timestamptz, last_at timestamptz
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(p_language);
    v record;
begin
    for v in
        select r.t, r.c, array(
            select distinct b.at from jalon_engine.workflow w
            cross join lateral (values (w.published_at), (w.retired_at)) b (at)
            where b.at is not null and w.category = (r.c).category order by 1) as borders
        from jalon_engine.recap_columns(p_tracked) r
    loop
        return query execute format($sql$
            with checked as (
                select g.case_type, w.version, g.from_code, g.to_code, g.way, g.changes, g.first_at, g.last_at,
                    jalon_engine.conforms(w, g.from_code, g.to_code, g.old_case_type, g.arrives) as is_allowed
                from (%1$s) g
                cross join lateral jalon_engine.workflow_in_force(%4$L, g.case_type, g.first_at, g.workflow_version) w
            )
            select %2$L, %3$L, j.case_type, j.version, j.from_code, coalesce(min(o.label), j.from_code), j.to_code,
                coalesce(min(n.label), j.to_code), j.way, j.is_allowed, sum(j.changes)::bigint, min(j.first_at),
                max(j.last_at)
            from checked j
            left join jalon_recap.codes o on o.category = %4$L and o.code = j.from_code and o.language = $5
            left join jalon_recap.codes n on n.category = %4$L and n.code = j.to_code and n.language = $5
            group by j.case_type, j.version, j.from_code, j.to_code, j.way, j.is_allowed
            order by j.is_allowed nulls first, j.way, 11 desc, j.case_type, j.version, j.from_code, j.to_code$sql$,
            jalon_engine.conformance_sql(v.t, v.c), (v.t).name, (v.c).column_name, (v.c).category)
        using p_since, p_until, p_case_type, v.borders, v_language;
    end loop;
end
$$;
comment on function jalon_engine.conformance(text, timestamptz, timestamptz, text, text) is
'The rows of jalon_recap.conformance.';

create or replace function jalon_recap.conformance(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, case_type text, workflow_version integer, from_code text, from_label text,
    to_code text, to_label text, way text, is_allowed boolean, changes bigint, first_at timestamptz, last_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select c.* from jalon_engine.conformance(conformance.tracked, conformance.since, conformance.until,
        conformance.case_type, conformance.language) c
$$;
comment on function jalon_recap.conformance(text, timestamptz, timestamptz, text, text) is 'Per version of the '
'workflow in force at the time, step and way (moved, forced, imported, migrated, backfilled, test): how many changes, '
'and whether that version allows the step; empty where none was in force.';
revoke execute on function jalon_recap.conformance(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.conformance(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
