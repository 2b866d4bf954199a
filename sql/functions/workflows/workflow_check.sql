-- The report on a workflow before it is published, or on one that is.

create or replace function jalon.workflow_check(category text, case_type text default '*', version integer default null)
returns setof jalon_engine.finding
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.get_version(p_category => workflow_check.category,
        p_case_type => workflow_check.case_type,
        p_version => coalesce(workflow_check.version, jalon_engine.version_in(p_category => workflow_check.category,
            p_case_type => workflow_check.case_type, p_states => '{draft,published}')));
begin
    return query
    select f.*
    from (
        select * from jalon_engine.check_reach(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
        union all
        select * from jalon_engine.check_transitions(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
        union all
        select * from jalon_engine.check_people(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
        union all
        select * from jalon_engine.check_texts(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
        union all
        select * from jalon_engine.check_codes(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
        union all
        select * from jalon_engine.check_own(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)
    ) f
    order by f.severity, f.code, f.subject, f.message;
end
$$;
comment on function jalon.workflow_check(text, text, integer) is
'Errors and warnings of a workflow version, by default of the draft; publishing refuses while there are errors.';
grant execute on function jalon.workflow_check(text, text, integer) to jalon_dba;

create or replace function jalon_engine.check_own(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_check jalon_engine.check_function;
begin
    for v_check in
        select c.* from jalon_engine.check_function c where c.category is null or c.category = p_category
        order by c.name
    loop
        if jalon_engine.is_check(p_function => v_check.function_name) then
            return query execute format('select * from %s($1, $2, $3)', v_check.function_name) using p_category,
                p_case_type, p_version;
        else
            return next jalon_engine.finding(p_severity => 'error', p_code => 'own', p_subject => v_check.name,
                p_params => jsonb_build_object('function', v_check.function_name));
        end if;
    end loop;
end
$$;
comment on function jalon_engine.check_own(text, text, integer) is
'Findings of the checks in jalon_engine.check_function.';

create or replace function jalon_engine.is_check(p_function text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from pg_catalog.pg_proc p
        where p.oid = jalon_engine.find_function(p_function, 'text,text,integer')
            and p.prorettype = 'jalon_engine.finding'::regtype and p.proretset
          and jalon_engine.uncallable_because(p.oid) is null)
$$;
comment on function jalon_engine.is_check(text) is
'Whether a name stands for a function (text, text, integer) returns setof jalon_engine.finding.';
