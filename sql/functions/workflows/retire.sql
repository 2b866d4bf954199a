-- A workflow that goes without a successor: its rows fall under the workflow for all, or are free where there is none.

create or replace function jalon.retire(
    category text, case_type text default '*', mapping jsonb default '{}', dry_run boolean default false,
    reason text default null
)
returns setof jalon_engine.effect
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '5s'
as $$
declare
    v_effects jalon_engine.effect[];
    v_is_rehearsed boolean := false;
begin
    begin
        v_effects := array(select e
            from jalon_engine.retire(p_category => retire.category, p_case_type => retire.case_type,
                p_mapping => coalesce(retire.mapping, '{}'), p_is_rehearsal => retire.dry_run,
                p_reason => retire.reason) e);
        if retire.dry_run then
            v_is_rehearsed := true;
            raise transaction_rollback;
        end if;
    exception when transaction_rollback then
        -- The rehearsal is over; any other rollback is real.
        if not v_is_rehearsed then
            raise;
        end if;
    end;
    return query select * from unnest(v_effects);
end
$$;
comment on function jalon.retire(text, text, jsonb, boolean, text) is
'Retires the published workflow of a category and case type without a successor.';
grant execute on function jalon.retire(text, text, jsonb, boolean, text) to jalon_dba;

create or replace function jalon_engine.retire(
    p_category text, p_case_type text, p_mapping jsonb, p_is_rehearsal boolean, p_reason text
)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_version integer := jalon_engine.version_in(p_category => p_category, p_case_type => p_case_type,
        p_states => '{published}');
    v_fallback integer := jalon_engine.version_in(p_category => p_category, p_case_type => '*',
        p_states => '{published}');
    v_stranded jalon_engine.effect[];
begin
    perform jalon_engine.require_permission('manage_workflows');
    perform jalon_engine.get_version(p_category => p_category, p_case_type => p_case_type, p_version => v_version);
    perform from jalon_engine.category c where c.code = p_category for no key update;
    v_stranded := array(select s from jalon_engine.find_unmapped_records(p_category => p_category,
        p_case_type => p_case_type, p_mapping => p_mapping, p_codes => case
            when p_case_type <> '*' and v_fallback is not null
                then jalon_engine.workflow_codes(p_category => p_category, p_case_type => '*', p_version => v_fallback)
            else array(select r.code::text from jalon_engine.referential r where r.category = p_category)
        end,
        p_is_rehearsal => p_is_rehearsal) s);
    if v_stranded <> '{}' then
        return query select * from unnest(v_stranded);
        return;
    end if;
    return query
    update jalon_engine.workflow v set state = 'retired', retired_at = now()
    where v.category = p_category and v.case_type = p_case_type and v.version = v_version
    returning 'retired', jalon_engine.version_name(p_workflow => v), null::bigint, null::text;
    return query
    select m.* from jalon_engine.move_mapped_records(p_category => p_category, p_case_type => p_case_type,
        p_mapping => p_mapping, p_reason => p_reason) m;
end
$$;
comment on function jalon_engine.retire(text, text, jsonb, boolean, text) is
'Retires a published version; a rehearsal reports records without a place instead of failing.';

create or replace function jalon_engine.version_name(p_workflow jalon_engine.workflow)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_workflow.category || ' / ' || p_workflow.case_type || ' v' || p_workflow.version $$;
comment on function jalon_engine.version_name(jalon_engine.workflow) is 'What a version is called in reports.';
