-- A proof reads every row, so what it found is kept with its time: jalon.prove makes it, jalon.known_problems tells of
-- the last one, together with what can be seen at once.

create or replace function jalon.prove(tracked text default null)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    t jalon_engine.tracked;
    v_name constant text := case when prove.tracked is not null then (jalon_engine.tracked_of(prove.tracked)).name end;
    v_at timestamptz;
    v_findings jsonb;
begin
    for t in select x.* from jalon_engine.tracked x where v_name is null or x.name = v_name order by x.name loop
        v_at := clock_timestamp();
        v_findings := coalesce((select jsonb_agg(to_jsonb(v)) from jalon_engine.verify_records(t) v), '[]');
        insert into jalon_engine.proof as p (tracked, proved_at, findings) values (t.name, v_at, v_findings)
        on conflict on constraint proof_pk do update set proved_at = excluded.proved_at, findings = excluded.findings;
    end loop;
    return query select k.tracked_table, k.problem, k.detail, k.hint from jalon.known_problems(v_name) k;
end
$$;
comment on function jalon.prove(text) is
'Proves the records of a tracked table, or of all, and keeps what was found and when; returns what jalon.verify would.';
revoke execute on function jalon.prove(text) from public;
grant execute on function jalon.prove(text) to jalon_dba;

create or replace function jalon.known_problems(tracked text default null)
returns table (tracked_table text, problem text, detail text, hint text, proved_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select v.tracked_table, v.problem, v.detail, v.hint, null::timestamptz
    from jalon_engine.tracked t cross join lateral jalon_engine.verify_structure(t) v
    where known_problems.tracked is null or t.name = known_problems.tracked
    union all
    select f.tracked_table, f.problem, f.detail, f.hint, p.proved_at
    from jalon_engine.proof p
    cross join lateral jsonb_to_recordset(p.findings) f (tracked_table text, problem text, detail text, hint text)
    where known_problems.tracked is null or p.tracked = known_problems.tracked
    union all
    select v.tracked_table, v.problem, v.detail, v.hint, null from jalon_engine.verify_installation() v
$$;
comment on function jalon.known_problems(text) is 'What jalon.verify finds without reading records, and what the last '
'proof found in them, with its time.';
revoke execute on function jalon.known_problems(text) from public;
grant execute on function jalon.known_problems(text) to jalon_dba;
