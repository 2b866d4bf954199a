-- What people call a case type. A module says it of its own table, by a function jalon_engine.<table>_case_type(text,
-- text) that is found by its name; elsewhere the case type is called what its workflow is called, else what it is.

create or replace function jalon_engine.case_type_name(p_tracked text, p_case_type text, p_language text)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regprocedure := to_regprocedure(
        format('jalon_engine.%I(text,text)', p_tracked || '_case_type'));
    v_name text;
begin
    if p_case_type is null then
        return null;
    elsif v_function is not null then
        execute format('select %s($1, $2)', v_function::oid::regproc) into v_name using p_case_type, p_language;
    else
        select w.label into v_name from jalon_engine.workflow w
        join jalon_engine.tracked_column c on c.category = w.category
        where c.tracked = p_tracked and w.case_type = p_case_type and w.state = 'published' and w.label is not null
        order by c.position limit 1;
    end if;
    return coalesce(v_name, p_case_type);
end
$$;
comment on function jalon_engine.case_type_name(text, text, text) is
'What people call a case type of a tracked table: what its module says, else the label of its workflow, else its code.';
