-- jalon.verify, the rules: every history row against the published version of the workflow that it names. History is
-- counted by what the rules speak of (case type, codes, version, kind, reason given or not, and between which
-- publications it happened), and each such group is looked up once, however many rows it has.

create or replace function jalon_engine.was_in_force(
    p_workflow jalon_engine.workflow, p_at timestamptz, p_tolerance interval
)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select p_workflow.state <> 'draft' and p_at >= p_workflow.published_at - p_tolerance
        and (p_workflow.retired_at is null or p_at <= p_workflow.retired_at + p_tolerance)
$$;
comment on function jalon_engine.was_in_force(jalon_engine.workflow, timestamptz, interval) is
'Whether a version was in force at an instant. A publication is dated by the beginning of its transaction, hence the '
'tolerance: positive to believe, negative to be sure.';

create or replace function jalon_engine.has_entry(p_workflow jalon_engine.workflow, p_code text, p_lacks_reason boolean)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with transitions as (
        select a.* from jalon_engine.workflow_transition a
        where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
    )
    select exists (select from transitions a
        where a.from_code is null and a.to_code = p_code and not (a.requires_reason and p_lacks_reason))
        or (not exists (select from transitions a where a.from_code is null)
            and exists (select from transitions a where p_code in (a.from_code, a.to_code))
            -- Initial, or once initial: codes may change after a version was published.
            and (exists (select from jalon_engine.referential r
                where r.category = p_workflow.category and r.code = p_code and r.is_initial)
                or exists (select from jalon_engine.config_history c where c.table_name = 'referential'
                    and c.key = jsonb_build_object('category', p_workflow.category, 'code', p_code)
                    and (c.before -> 'is_initial' = 'true' or c.after -> 'is_initial' = 'true'))))
$$;
comment on function jalon_engine.has_entry(jalon_engine.workflow, text, boolean) is
'Whether records could begin on a code in a version of a workflow.';

create or replace function jalon_engine.were_others_free(p_category text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from jalon_engine.category c where c.code = p_category and c.others_are_free)
        or exists (select from jalon_engine.config_history c
        where c.table_name = 'category' and c.key = jsonb_build_object('code', p_category)
            and (c.before -> 'others_are_free' = 'true' or c.after -> 'others_are_free' = 'true'))
$$;
comment on function jalon_engine.were_others_free(text) is
'Whether case types without a workflow were ever free in a category in which others have one.';

create or replace function jalon_engine.was_allowed(
    p_category text, p_case_type text, p_old_case_type text, p_arrives boolean, p_from text, p_to text,
    p_version integer, p_is_exact boolean, p_lacks_reason boolean, p_at timestamptz
)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
            select from jalon_engine.workflow w
            where w.category = p_category and w.case_type in (coalesce(p_case_type, '*'), '*')
              and (w.version = p_version or (w.version < p_version and not p_is_exact))
              and jalon_engine.was_in_force(w, p_at, interval '1 hour')
              -- The workflow for all is nobody's who had one of their own.
              and (w.case_type = p_case_type or not exists (
                  select from jalon_engine.workflow o
                  where o.category = p_category and o.case_type = p_case_type
                      and jalon_engine.was_in_force(o, p_at, interval '-1 hour')))
              and case
                  when p_arrives then jalon_engine.has_entry(p_workflow => w, p_code => p_to,
                      p_lacks_reason => false) or exists (
                      select from jalon_engine.workflow_arrival a
                      where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
                        and a.from_case_type in (coalesce(p_old_case_type, '*'), '*') and a.from_code = p_from
                        and a.to_code = p_to)
                  when p_from is null then jalon_engine.has_entry(w, p_to, p_lacks_reason)
                  else exists (
                      select from jalon_engine.workflow_transition a
                      where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
                        and a.from_code = p_from and a.to_code = p_to
                        and not (a.requires_reason and p_lacks_reason)) end)
        -- 0: the category was free, or this case type in it.
        or ((p_version = 0 or (p_version > 0 and not p_is_exact))
            and exists (select from jalon_engine.referential r where r.category = p_category and r.code = p_to)
            and not exists (
                select from jalon_engine.workflow w
                where w.category = p_category and jalon_engine.was_in_force(w, p_at, interval '-1 hour')
                  and (w.case_type in (coalesce(p_case_type, '*'), '*')
                      or not jalon_engine.were_others_free(p_category))))
$$;
comment on function jalon_engine.was_allowed(text, text, text, boolean, text, text, integer, boolean, boolean,
    timestamptz) is
'Whether the version of the workflow that a change names leads where it went. A change of several columns names the '
'newest version of theirs, so each may follow an older one.';

create or replace function jalon_engine.verify_transitions_sql(p_tracked jalon_engine.tracked, p_with_keys boolean)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($sql$
        select g.key, g.rows from (
            select {case_type} as case_type, {old_case_type} as old_case_type, {arrives} as arrives,
                h.previous_changed_at is null as creates, {codes}, h.workflow_version, h.kind, h.reason is null
                and h.changed_by <> 'erased' as lacks_reason, width_bucket(h.changed_at, $2) as era,
                min(h.changed_at) as at, {a_key} as key, count(*) as rows
            from {history} h{previous}
            where h.changed_at >= $1 and h.kind not in ('import', 'migration', 'backfill', 'test')
            group by {places}
        ) g
        where (case g.kind when 'force' then not g.lacks_reason else g.kind in ('create', 'move', 'timer') and {allowed}
            end) is not true$sql$, jsonb_build_object('history', jalon_engine.history_of(p_tracked), 'a_key', case
                when p_with_keys then format('min(h.%I::text)', p_tracked.history_key) else 'null::text' end,
                'case_type', coalesce('h.' || quote_ident(p_tracked.workflow_column) || '::text', 'null::text'),
                'old_case_type', coalesce('p.' || quote_ident(p_tracked.workflow_column) || '::text', 'null::text'),
                'arrives', case when p_tracked.workflow_column is null then 'false' else format(
                    'p.version is not null and h.%1$I is distinct from p.%1$I', p_tracked.workflow_column) end,
                'previous', case when p_tracked.workflow_column is null then '' else format(
                    ' left join %1$s p on p.%2$I = h.%2$I and p.version = h.version - 1 and p.changed_at '
                    '= h.previous_changed_at', jalon_engine.history_of(p_tracked), p_tracked.history_key) end,
            'codes', string_agg(format('h.%I::text as from_%s, h.%I::text as to_%2$s', 'old_' || c.column_name,
                c.position, 'new_' || c.column_name), ', ' order by c.position),
            'places', (select string_agg(i::text, ', ')
                from generate_series(1, 8 + 2 * cardinality(jalon_engine.status_columns(p_tracked))) i),
            'allowed', string_agg(format(
                '(not (%1$s) or jalon_engine.was_allowed(%2$L, g.case_type, g.old_case_type, g.arrives, g.from_%3$s, '
                'g.to_%3$s, g.workflow_version, %4$s, g.lacks_reason, g.at))',
                s.steps[c.position], c.category, c.position, s.is_exact), ' and ' order by c.position)))
    from jalon_engine.tracked_column c
    cross join lateral (
        select array_agg(f.step order by f.position) as steps,
            '1 = ' || string_agg(format('(%s)::integer', f.step), ' + ') as is_exact
        from (select o.position,
                format('g.creates or g.arrives or g.from_%1$s is distinct from g.to_%1$s', o.position) as step
            from jalon_engine.tracked_column o where o.tracked = p_tracked.name) f
    ) s
    where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.verify_transitions_sql(jalon_engine.tracked, boolean) is
'SQL of the groups of history rows ($1: since when, $2: borders between publications) that the versions they name '
'do not allow.';

create or replace function jalon_engine.verify_transitions(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    v_since timestamptz := '-infinity';
    v_borders timestamptz[];
    v_count bigint;
    v_keys text[];
begin
    -- A table that was tracked before, perhaps under another category, is asked for what happened since.
    if exists (select from jalon_engine.config_history c where c.table_name = 'tracked' and c.operation = 'DELETE'
            and c.before @> jsonb_build_object('table_schema', p_tracked.table_schema,
                'table_name', p_tracked.table_name)) then
        v_since := p_tracked.tracked_at;
    end if;
    -- So is one whose case type was declared later, or otherwise.
    v_since := greatest(v_since, (select max(c.changed_at) from jalon_engine.config_history c
        where c.table_name = 'tracked' and c.operation = 'UPDATE'
            and c.after @> jsonb_build_object('name', p_tracked.name)
            and c.before -> 'workflow_column' is distinct from c.after -> 'workflow_column'
            and (c.before ->> 'workflow_column' is null or exists (select from pg_catalog.pg_attribute a
                where a.attrelid = jalon_engine.table_of(p_tracked) and not a.attisdropped
                    and a.attname = c.before ->> 'workflow_column'))));  -- and not renamed
    v_borders := array(
        select distinct b.at + s.side * interval '1 hour'
        from jalon_engine.workflow w cross join lateral (values (w.published_at), (w.retired_at)) b (at)
        cross join (values (-1), (1)) s (side)
        where b.at is not null
            and w.category in (select c.category from jalon_engine.tracked_column c where c.tracked = p_tracked.name)
        order by 1);
    execute format('select sum(f.rows) from (%s) f', jalon_engine.verify_transitions_sql(p_tracked, false)) into v_count
        using v_since, v_borders;
    if v_count > 0 then
        execute format('select (array_agg(distinct f.key))[1:5] from (%s) f',
            jalon_engine.verify_transitions_sql(p_tracked, true))
        into v_keys using v_since, v_borders;
        return query select r.* from jalon_engine.found_rows(p_tracked.name, 'transition', v_count, v_keys) r;
    end if;
end
$$;
comment on function jalon_engine.verify_transitions(jalon_engine.tracked) is
'History rows whose step the version of the workflow that they name does not allow. Forced ones need a reason; '
'imports, migrations, backfills and tests are free.';
