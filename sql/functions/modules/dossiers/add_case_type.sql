-- A new case type, with the workflow of a template if that is wanted.

create or replace function jalon.add_case_type(
    code text, labels jsonb, template text default null, roles jsonb default '{}', color text default null,
    icon text default null
)
returns jalon_engine.referential
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.referential;
begin
    v := jalon.set_code(category => 'CASE_TYPE', code => add_case_type.code, labels => add_case_type.labels,
        color => add_case_type.color, icon => add_case_type.icon);
    if add_case_type.template is not null then
        perform jalon.apply_template(name => add_case_type.template, category => 'CASE_STATUS',
            case_type => add_case_type.code, roles => coalesce(add_case_type.roles, '{}'), published => false);
        -- A template's beginnings may be codes that other case types have too: a transition says
        -- that they are beginnings here.
        perform jalon.set_transition(category => 'CASE_STATUS', case_type => add_case_type.code, from_code => null,
            to_code => c.value ->> 'code', action => 'create', roles => '{any}', place => c.ordinality::integer)
        from jalon_engine.template t cross join lateral jsonb_array_elements(t.definition -> 'codes') with ordinality c
        where t.name = add_case_type.template and (c.value ->> 'is_initial')::boolean;
        perform jalon.publish(category => 'CASE_STATUS', case_type => add_case_type.code);
    end if;
    return v;
end
$$;
comment on function jalon.add_case_type(text, jsonb, text, jsonb, text, text)
is 'Adds a case type: jalon.add_case_type(''CLAIM'', ''{"en": "Claim", "fr": "Sinistre"}'', template '
    '=> ''insurance_claims'').';
grant execute on function jalon.add_case_type(text, jsonb, text, jsonb, text, text) to jalon_dba;
