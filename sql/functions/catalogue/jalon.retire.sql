-- A workflow that goes without a successor: its rows fall under the workflow for all, or are free where there is none.

create or replace function jalon.retire(category text, case_type text default '*', mapping jsonb default '{}', dry_run boolean default false, reason text default null)
returns setof lifecycle.effect
language plpgsql volatile security definer
set search_path = ''
set lock_timeout = '5s'
as $$
declare
    v_effects lifecycle.effect[];
    v_is_rehearsed boolean := false;
begin
    begin
        v_effects := array(select e from logic.retire(p_category => retire.category, p_case_type => retire.case_type,
            p_mapping => coalesce(retire.mapping, '{}'), p_is_rehearsal => retire.dry_run, p_reason => retire.reason) e);
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
comment on function jalon.retire(text, text, jsonb, boolean, text) is 'Retires the published workflow of a category and case type without a successor.';
grant execute on function jalon.retire(text, text, jsonb, boolean, text) to jalon_dba;

create or replace function logic.retire(p_category text, p_case_type text, p_mapping jsonb, p_is_rehearsal boolean, p_reason text)
returns setof lifecycle.effect
language plpgsql volatile
set search_path = ''
as $$
declare
    v_version integer := logic.version_in(p_category => p_category, p_case_type => p_case_type, p_states => '{published}');
    v_fallback integer := logic.version_in(p_category => p_category, p_case_type => '*', p_states => '{published}');
    v_stranded lifecycle.effect[];
begin
    perform logic.demand('manage_workflows');
    perform logic.need_version(p_category => p_category, p_case_type => p_case_type, p_version => v_version);
    perform from lifecycle.category c where c.code = p_category for no key update;
    v_stranded := array(select s from logic.stranded(p_category => p_category, p_case_type => p_case_type, p_mapping => p_mapping,
        p_codes => case
            when p_case_type <> '*' and v_fallback is not null
                then logic.workflow_codes(p_category => p_category, p_case_type => '*', p_version => v_fallback)
            else array(select r.code::text from lifecycle.referential r where r.category = p_category)
        end,
        p_is_rehearsal => p_is_rehearsal) s);
    if v_stranded <> '{}' then
        return query select * from unnest(v_stranded);
        return;
    end if;
    return query
    update lifecycle.workflow v set state = 'retired', retired_at = now()
    where v.category = p_category and v.case_type = p_case_type and v.version = v_version
    returning 'retired', logic.version_name(p_workflow => v), null::bigint, null::text;
    return query
    select m.* from logic.rehome(p_category => p_category, p_case_type => p_case_type, p_mapping => p_mapping, p_reason => p_reason) m;
end
$$;
comment on function logic.retire(text, text, jsonb, boolean, text) is 'Retires a published version; a rehearsal reports stranded rows instead of failing.';

create or replace function logic.version_name(p_workflow lifecycle.workflow)
returns text
language sql immutable
set search_path = ''
as $$ select p_workflow.category || ' / ' || p_workflow.case_type || ' v' || p_workflow.version $$;
comment on function logic.version_name(lifecycle.workflow) is 'What a version is called in reports.';
