-- Categories and codes, created and changed over HTTP.

create or replace function jalon_api.add_category(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_referentials');
    if exists (select from jalon_engine.category c where c.code = p_input ->> 'code') then
        perform jalon_engine.fail('JL408', jsonb_build_object('name', p_input ->> 'code'));
    end if;
    perform jalon.add_category(code => p_input ->> 'code', label => p_input ->> 'label',
        description => p_input ->> 'description');
    return jalon_engine.created((select jalon_engine.category_body(c) from jalon_engine.category c
        where c.code = p_input ->> 'code'));
end
$$;
comment on function jalon_api.add_category(text, jsonb, jsonb) is 'Creates a category: {code, label, description}.';

create or replace function jalon_api.add_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_category_found(p_key);
    if exists (select from jalon_engine.referential r where r.category = p_key and r.code = p_input ->> 'code') then
        perform jalon_engine.fail('JL408', jsonb_build_object('name', p_input ->> 'code'));
    end if;
    return jalon_engine.write_code(p_key, p_input ->> 'code', p_input, p_caller, 201);
end
$$;
comment on function jalon_api.add_code(text, jsonb, jsonb) is 'Adds a code to a category: {code, label, labels, '
'description, outcome, isInitial, isFinal, color, icon, place, maxStay, meta}.';

create or replace function jalon_api.set_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.referential r
            where r.category = p_input ->> 'category' and r.code = p_key) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_input ->> 'category', 'id', p_key));
    end if;
    return jalon_engine.write_code(p_input ->> 'category', p_key, p_input, p_caller, 200);
end
$$;
comment on function jalon_api.set_code(text, jsonb, jsonb) is 'Changes what is given of a code: {category, label, '
'labels, description, outcome, isInitial, isFinal, isActive, color, icon, place, maxStay, meta}.';

create or replace function jalon_engine.write_code(
    p_category text, p_code text, p_input jsonb, p_caller jsonb, p_status integer
)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.referential;
begin
    v := jalon.set_code(
        category => p_category, code => p_code, label => p_input ->> 'label',
        labels => nullif(p_input -> 'labels', 'null'), outcome => p_input ->> 'outcome',
        is_initial => (p_input ->> 'isInitial')::boolean, is_final => (p_input ->> 'isFinal')::boolean,
        color => p_input ->> 'color', icon => p_input ->> 'icon', place => (p_input ->> 'place')::integer,
        description => p_input ->> 'description', max_stay => coalesce(nullif(p_input ->> 'maxStay', ''),
            case when p_input ->> 'maxStay' = '' then '0' end)::interval, meta => nullif(p_input -> 'meta', 'null'));
    if p_input ? 'isActive' then
        v := case when (p_input ->> 'isActive')::boolean then jalon.activate(category => p_category, code => p_code)
            else jalon.deactivate(category => p_category, code => p_code) end;
    end if;
    return jalon_engine.respond(p_status, jalon_engine.code_body(v, p_caller ->> 'language'));
end
$$;
comment on function jalon_engine.write_code(text, text, jsonb, jsonb, integer) is
'Creates or changes a code for a caller of the web application.';
