-- One line per tracked table for those who answer for it: what can be seen at once, and what the last proof of its
-- records found. Definer's rights: a proof reads tables that a report may not.

create or replace function jalon_engine.compliance_of(p_tracked text, p_is_proved_now boolean)
returns table (
    tracked_table text, is_sound boolean, problems bigint, codes text[], details text[], tracked_at timestamptz,
    forced bigint, deleted bigint, proved_at timestamptz
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with found as materialized (
        select v.tracked_table, v.problem, v.detail from jalon.verify(p_tracked) v where p_is_proved_now
        union all
        select k.tracked_table, k.problem, k.detail from jalon.known_problems(p_tracked) k where not p_is_proved_now
    ),
    verified as (
        select v.tracked_table, count(*) as problems, array_agg(v.problem order by v.problem, v.detail) as codes,
            array_agg(v.detail order by v.problem, v.detail) as details
        from found v group by v.tracked_table
    ),
    forced as (
        select f.tracked_table as tracked, count(*) as changes from jalon_recap.forced(p_tracked) f
        group by f.tracked_table
    ),
    deleted as (
        select d.tracked, sum(d.records)::bigint as records from jalon_history.deletion d group by d.tracked
    )
    select t.name, v.problems is null, coalesce(v.problems, 0), coalesce(v.codes, '{}'), coalesce(v.details, '{}'),
        t.tracked_at, coalesce(f.changes, 0), coalesce(d.records, 0),
        case when p_is_proved_now then now() else p.proved_at end
    from jalon_engine.tracked t
    left join verified v on v.tracked_table = t.name
    left join forced f on f.tracked = t.name
    left join deleted d on d.tracked = t.name
    left join jalon_engine.proof p on p.tracked = t.name
    where p_tracked is null or t.name = p_tracked
    order by t.name
$$;
comment on function jalon_engine.compliance_of(text, boolean) is
'The rows of jalon_recap.compliance, for one tracked table or for all, from the last proof or from one made now.';

create or replace function jalon_recap.compliance()
returns table (
    tracked_table text, is_sound boolean, problems bigint, codes text[], details text[], tracked_at timestamptz,
    forced bigint, deleted bigint, proved_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select c.* from jalon_engine.compliance_of(p_tracked => null, p_is_proved_now => false) c $$;
comment on function jalon_recap.compliance() is 'One row per tracked table: what is wrong with it as far as can be '
'seen at once and as the last proof (jalon.prove) found, when that was, how many changes were forced, how many records '
'deleted.';
revoke execute on function jalon_recap.compliance() from public;
grant execute on function jalon_recap.compliance() to jalon_bi, jalon_dba;
