-- How far records come: of those created in a period, how many reached each code, and how soon.

create or replace function recap.codes_of(category text, case_type text)
returns text[]
language sql stable security definer
set search_path = ''
as $$
    select array(
        select x.code from lifecycle.rule r cross join lateral (values (r.from_code), (r.to_code)) x (code)
        where r.category = codes_of.category and r.scope = logic.scope_of(codes_of.category, codes_of.case_type)
        union
        select f.code from lifecycle.referential f where f.category = codes_of.category and f.is_initial
          and not exists (select from lifecycle.rule r where r.category = f.category and r.scope = logic.scope_of(f.category, codes_of.case_type)))
$$;
comment on function recap.codes_of(text, text) is 'The codes of a case type''s workflow; where it has no arrows, those that records begin with.';
revoke execute on function recap.codes_of(text, text) from public;
grant execute on function recap.codes_of(text, text) to jalon_bi, jalon_dba;

create or replace function recap.funnel(
    tracked text, since timestamptz default '-infinity', until timestamptz default 'infinity', case_type text default null, language text default null
)
returns table (
    column_name text, code text, label text, outcome text, reached bigint, share numeric, standing bigint, median_time interval
)
language sql stable
set search_path = ''
as $$
    with born as (
        select c.record_key, c.column_name, c.changed_at as born_at
        from history.changes c
        where c.tracked = funnel.tracked and c.old_code is null and c.kind <> 'backfill'
          and c.changed_at >= funnel.since and c.changed_at < funnel.until
          and (funnel.case_type is null or c.case_type = funnel.case_type)
    ),
    step as (
        select b.column_name, c.new_code as code, b.record_key, min(c.changed_at) - b.born_at as after
        from born b
        join history.changes c on c.tracked = funnel.tracked and c.record_key = b.record_key and c.column_name = b.column_name
            and c.changed_at >= b.born_at and c.changed_at >= funnel.since and c.new_code is not null
        group by b.column_name, c.new_code, b.record_key, b.born_at
    )
    select t.column_name, l.code, l.label, l.outcome, count(s.record_key),
        round(count(s.record_key)::numeric / nullif((select count(distinct b.record_key) from born b where b.column_name = t.column_name), 0), 4),
        count(n.record_key), percentile_cont(0.5) within group (order by s.after)
    from history.tracked_columns t
    join recap.codes l on l.category = t.category and l.language = recap.language(funnel.language)
    left join step s on s.column_name = t.column_name and s.code = l.code
    left join history.standing n on n.tracked = t.tracked and n.column_name = t.column_name and n.record_key = s.record_key and n.code = l.code
    where t.tracked = funnel.tracked
      and (funnel.case_type is null or s.record_key is not null or l.code = any (recap.codes_of(t.category, funnel.case_type)))
    group by t.column_name, t.position, l.code, l.label, l.outcome, l.position
    order by t.position, l.position, l.code
$$;
comment on function recap.funnel(text, timestamptz, timestamptz, text, text) is 'Of the records created in a period: how many reached each code, what share that is, how many stand there now, and the median time it took.';
revoke execute on function recap.funnel(text, timestamptz, timestamptz, text, text) from public;
grant execute on function recap.funnel(text, timestamptz, timestamptz, text, text) to jalon_bi, jalon_dba;
