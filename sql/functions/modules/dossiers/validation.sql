-- What the database asks of a dossier, for scripts that want to know beforehand: the same answers, the same words.

create or replace function jalon.validate_case_type(case_type text)
returns void
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.require_case_type(validate_case_type.case_type) $$;
comment on function jalon.validate_case_type(text) is 'Fails unless the case type exists and is active.';
grant execute on function jalon.validate_case_type(text) to jalon_dba;

create or replace function jalon.validate_status_code(case_type text, status_code text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_codes text[] := jalon_engine.dossier_codes(validate_status_code.case_type);
    v_is_active boolean;
begin
    perform jalon_engine.require_case_type(validate_status_code.case_type);
    select f.is_active into v_is_active from jalon_engine.referential f
    where f.category = 'CASE_STATUS' and f.code = validate_status_code.status_code;
    if v_is_active is not true or validate_status_code.status_code <> all (v_codes) then
        perform jalon_engine.fail(case when v_is_active then 'JL406' when v_is_active is null then 'JL402' else 'JL403'
            end, jsonb_build_object('table', 'dossier', 'field', 'statusCode', 'category', 'CASE_STATUS',
                'to', validate_status_code.status_code, 'caseType', validate_status_code.case_type, 'codes', v_codes,
                'allowed', v_codes));
    end if;
end
$$;
comment on function jalon.validate_status_code(text, text) is
'Fails unless the status code exists, is active and belongs to the case type''s workflow (case type null: to none).';
grant execute on function jalon.validate_status_code(text, text) to jalon_dba;

create or replace function jalon.derive_status_code(status text, case_type text default null)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.require_dossier_code(p_case_type => derive_status_code.case_type, p_from => null,
    p_status => derive_status_code.status) $$;
comment on function jalon.derive_status_code(text, text) is
'The status code that an enum status stands for, on creation.';
grant execute on function jalon.derive_status_code(text, text) to jalon_dba;

create or replace function jalon.allowed_status_codes(case_type text default null)
returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_case_type(allowed_status_codes.case_type);
    return jalon_engine.dossier_codes(allowed_status_codes.case_type);
end
$$;
comment on function jalon.allowed_status_codes(text) is
'All status codes of a case type, in order; every active one without it.';
grant execute on function jalon.allowed_status_codes(text) to jalon_dba;
