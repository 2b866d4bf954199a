-- One line per tracked table for those who answer for it. Definer's rights: the proof reads
-- tables that a report may not.

create or replace function jalon_engine.compliance(p_tracked text)
returns table (
    tracked_table text, is_sound boolean, problems bigint, codes text[], details text[], tracked_at timestamptz,
    forced bigint, deleted bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with verified as materialized (
        select v.tracked_table, count(*) as problems, array_agg(v.problem order by v.problem, v.detail) as codes,
            array_agg(v.detail order by v.problem, v.detail) as details
        from jalon.verify(p_tracked) v group by v.tracked_table
    ),
    forced as (
        select f.tracked_table as tracked, count(*) as changes from jalon_recap.forced(p_tracked) f
        group by f.tracked_table
    ),
    deleted as (
        select d.tracked, sum(d.records)::bigint as records from jalon_history.deletion d group by d.tracked
    )
    select t.name, v.problems is null, coalesce(v.problems, 0), coalesce(v.codes, '{}'), coalesce(v.details, '{}'),
        t.tracked_at, coalesce(f.changes, 0), coalesce(d.records, 0)
    from jalon_engine.tracked t
    left join verified v on v.tracked_table = t.name
    left join forced f on f.tracked = t.name
    left join deleted d on d.tracked = t.name
    where p_tracked is null or t.name = p_tracked
    order by t.name
$$;
comment on function jalon_engine.compliance(text) is
'The rows of jalon_recap.compliance, for one tracked table or for all.';

create or replace function jalon_recap.compliance()
returns table (
    tracked_table text, is_sound boolean, problems bigint, codes text[], details text[], tracked_at timestamptz,
    forced bigint, deleted bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select c.* from jalon_engine.compliance(null) c $$;
comment on function jalon_recap.compliance() is 'One row per tracked table: what jalon.verify() finds, how many '
'changes were forced, how many records deleted. Reads every row; run it at leisure.';
revoke execute on function jalon_recap.compliance() from public;
grant execute on function jalon_recap.compliance() to jalon_bi, jalon_dba;
