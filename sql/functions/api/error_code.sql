-- GET /errors/{code}, to which `type` of each problem leads: what the code means, and a refusal as people read it. The
-- status of PostgreSQL's own codes is known to the web application, which names it.

create or replace function jalon_engine.error_example()
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'table', 'orders', 'id', '7', 'from', 'NEW', 'to', 'SHIPPED', 'code', 'PAID', 'codes', '{PAID}'::text[],
        'allowed', '{PAID,CANCELLED}'::text[], 'version', 3, 'expected', 2, 'actor', 'anna',
        'roles', '{clerk}'::text[], 'permission', 'read_all', 'relation', 'author', 'fields', '{customer}'::text[],
        'guard', 'has_stock', 'category', 'ORDER_STATUS', 'caseType', 'WEB', 'column', 'id', 'field', 'to',
        'key', '7f3c', 'name', 'PAID', 'limit', 10, 'what', 'custom roles', 'why', '…', 'state', 'published',
        'statuses', '{debate}'::text[], 'action', 'budget', 'operation', 'delete', 'on', 'orders_copy',
        'trigger', '~jalon_before_update')
$$;
comment on function jalon_engine.error_example() is 'Values that a refusal could have, for an example of each.';

create or replace function jalon_api.error_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := coalesce(p_caller ->> 'language', jalon_engine.language());
    v_example constant jsonb := jalon_engine.error_example();
    v_meaning constant text := 'meaning.' || p_key;
    -- A code of a module of one's own may have no words in this language; then those of the registry are shown.
    v_is_translated constant boolean := exists (select from jalon_engine.display_text t
        where t.code = v_meaning and split_part(v_language, '-', 1) = split_part(t.language, '-', 1));
    v jalon_engine.error_code;
    v_status integer;
begin
    select e.* into v from jalon_engine.error_code e where e.sqlstate = p_key;
    v_status := coalesce(v.http_status, (p_input ->> 'status')::integer);
    if v_status is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'error_code', 'id', p_key));
    end if;
    return jalon_engine.ok(json_strip_nulls(json_build_object(
        'code', p_key, 'status', v_status,
        'title', case when v.sqlstate is null or v_is_translated
            then jalon_engine.text_of(v_meaning, p_language => v_language) else v.title end,
        'meaning', case when v.sqlstate is null or v_is_translated
            then jalon_engine.text_of(v_meaning, p_language => v_language, p_part => 'hint') else v.description end,
        'detail', case when v.sqlstate is not null then jalon_engine.text_of(p_key, v_example, v_language)
            when v_status < 500 and p_key not like 'P0%' then
                jalon_engine.native_refusal(p_key, '', 'public', '', '', v_language) ->> 'message' end,
        'hint', jalon_engine.text_of(p_key, v_example, v_language, 'hint'))));
end
$$;
comment on function jalon_api.error_code(text, jsonb, jsonb) is
'What an error code means, and an example; {status} is that of one of PostgreSQL''s own codes.';
