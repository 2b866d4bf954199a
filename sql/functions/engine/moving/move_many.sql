-- Many records, one call. all: everything or nothing; each: every record on its own.
-- Ids are locked in sorted order, results come in the order asked, and a dry run is the real thing, rolled back.

create or replace function jalon_engine.move_many(
    p_tracked text, p_ids text[], p_target text, p_reason text, p_mode text, p_dry_run boolean,
    p_expected_versions integer[], p_meta jsonb, p_column text, p_as_mover boolean default true
)
returns table (
    "position" integer, id text, is_done boolean, old_code text, new_code text, version integer, problem jsonb
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before constant text[] := jalon_engine.with_marks(p_reason, p_meta,
        jsonb_build_object('bulkId', gen_random_uuid()));
    v_results jsonb := '[]';
    v_first_problem jsonb;
begin
    if coalesce(p_mode, '') not in ('all', 'each') then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'mode', 'why', p_mode, 'allowed', '{all,each}'::text[]), 'JL405.choice');
    end if;
    if cardinality(p_expected_versions) <> cardinality(p_ids) then
        perform jalon_engine.fail('JL405', '{"field": "expected_versions"}', 'JL405.versions');
    end if;
    begin
        select coalesce(jsonb_agg(o.outcome order by w.position), '[]') into v_results
        from (select i.id, i.position from unnest(p_ids) with ordinality i (id, position) order by i.id, i.position) w
        cross join lateral jalon_engine.try_move(p_tracked, p_column, w.id, p_target,
            p_expected_versions[w.position], p_as_mover) as o (outcome);
        select r.value -> 'problem' into v_first_problem from jsonb_array_elements(v_results) r
        where r.value -> 'problem' is not null limit 1;
        if p_dry_run or p_mode = 'all' and v_first_problem is not null then
            raise exception using errcode = 'JL000';
        end if;
    exception when sqlstate 'JL000' then
        null;
    end;
    if p_mode = 'all' and v_first_problem is not null and not p_dry_run then
        perform jalon_engine.fail(v_first_problem ->> 'code',
            v_first_problem || jsonb_build_object('results', v_results));
    end if;
    perform jalon_engine.without_reason(v_before);
    return query
    select r.ordinality::integer, p_ids[r.ordinality], r.value -> 'problem' is null, r.value ->> 'old_code',
        r.value ->> 'new_code', (r.value ->> 'version')::integer, r.value -> 'problem'
    from jsonb_array_elements(v_results) with ordinality r order by r.ordinality;
end
$$;
comment on function jalon_engine.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text, boolean) is
'jalon.move_many, as jalon_mover for the web application or with the rights of the caller.';
grant execute on function jalon_engine.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text,
    boolean) to jalon_dba;

create or replace function jalon.move_many(
    tracked text, ids text[], target text, reason text default null, mode text default 'all',
    dry_run boolean default false,
    expected_versions integer[] default null, meta jsonb default null, status_column text default null
)
returns table (
    "position" integer, id text, is_done boolean, old_code text, new_code text, version integer, problem jsonb
)
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select * from jalon_engine.move_many($1, $2, $3, $4, $5, $6, $7, $8, $9, false) $$;
comment on function jalon.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text) is
'Moves many records: all or nothing (all) or each on its own (each), with a result per record in the order asked; '
'dry_run shows the same and leaves nothing.';
grant execute on function jalon.move_many(text, text[], text, text, text, boolean, integer[], jsonb, text) to jalon_dba;
