-- The way back. A referential's document wins over what is there; codes that it does not name stay as they are.

create or replace function jalon.import_referential(definition json, category text default null)
returns jalon_engine.category
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category jalon_engine.category;
begin
    v_category := jalon_engine.import_category(p_definition => import_referential.definition,
        p_category => import_referential.category);
    perform jalon_engine.import_code(p_category => v_category.code, p_code => c.value)
    from json_array_elements(import_referential.definition -> 'codes') c;
    return v_category;
end
$$;
comment on function jalon.import_referential(json, text) is
'Adds and changes the codes of a document, in its category or the one given.';
grant execute on function jalon.import_referential(json, text) to jalon_dba;

create or replace function jalon_engine.import_category(p_definition json, p_category text)
returns jalon_engine.category
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_code text := coalesce(p_category, p_definition #>> '{category,code}');
    v_category jalon_engine.category;
begin
    if p_definition ->> 'format' is distinct from 'jalon/1' then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'format', 'why', coalesce(p_definition ->> 'format', 'null')));
    end if;
    if v_code is null or json_typeof(p_definition -> 'codes') is distinct from 'array' then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', case when v_code is null then 'category' else 'codes' end, 'why', 'null'));
    end if;
    select c.* into v_category from jalon_engine.category c where c.code = v_code;
    if not found or p_category is null then
        v_category := jalon.add_category(code => v_code, label => p_definition #>> '{category,label}',
            description => p_definition #>> '{category,description}');
    end if;
    return v_category;
end
$$;
comment on function jalon_engine.import_category(json, text) is
'The category that a document is for, added where it is missing.';

create or replace function jalon_engine.import_code(p_category text, p_code json)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon.set_code(
        category => p_category, code => p_code ->> 'code', labels => (p_code -> 'labels')::jsonb,
        outcome => coalesce(p_code ->> 'outcome', 'active'),
        is_initial => coalesce((p_code ->> 'is_initial')::boolean, false),
        is_final => coalesce((p_code ->> 'is_final')::boolean, false), color => coalesce(p_code ->> 'color', ''),
        icon => coalesce(p_code ->> 'icon', ''), place => (p_code ->> 'place')::integer,
        description => coalesce(p_code ->> 'description', ''),
        max_stay => (p_code ->> 'max_stay')::interval, meta => coalesce((p_code -> 'meta')::jsonb, '{}'));
    update jalon_engine.referential r
    set is_active = coalesce((p_code ->> 'is_active')::boolean, true), label = coalesce(p_code ->> 'label', r.label)
    where r.category = p_category and r.code = p_code ->> 'code';
end
$$;
comment on function jalon_engine.import_code(text, json) is 'Creates or changes a code as a document has it.';
