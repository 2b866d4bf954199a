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
    perform jalon_engine.add_codes(p_category => v_category.code, p_codes => import_referential.definition -> 'codes');
    update jalon_engine.referential r
    set label = coalesce(d.label, r.label), description = d.description, position = coalesce(d.position, r.position),
        color = d.color, icon = d.icon, outcome = d.outcome, is_initial = d.is_initial, is_final = d.is_final,
        is_active = d.is_active, max_stay = coalesce(d.max_stay, r.max_stay), meta = d.meta
    from jalon_engine.codes_in(p_category => v_category.code, p_codes => import_referential.definition -> 'codes') d
    where r.category = d.category and r.code = d.code;
    perform jalon_engine.put_labels(p_category => v_category.code, p_codes => import_referential.definition -> 'codes');
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
            jsonb_build_object('field', 'format', 'why', p_definition ->> 'format', 'allowed', '{jalon/1}'::text[]),
            'JL405.choice');
    end if;
    if v_code is null or json_typeof(p_definition -> 'codes') is distinct from 'array' then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', case when v_code is null then 'category' else 'codes' end), 'JL405.missing');
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

create or replace function jalon_engine.codes_in(p_category text, p_codes json)
returns setof jalon_engine.referential
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A document that names a code twice means the last.
    select distinct on (c.value ->> 'code')
        p_category, c.value ->> 'code',
        coalesce(c.value ->> 'label', c.value -> 'labels' ->> (select l.code from jalon_engine.language l
            where l.is_default)),
        nullif(c.value ->> 'description', ''), (c.value ->> 'place')::integer, nullif(c.value ->> 'color', ''),
        nullif(c.value ->> 'icon', ''), coalesce(c.value ->> 'outcome', 'active'),
        coalesce((c.value ->> 'is_initial')::boolean, false), coalesce((c.value ->> 'is_final')::boolean, false),
        coalesce((c.value ->> 'is_active')::boolean, true), nullif((c.value ->> 'max_stay')::interval, '0'),
        coalesce((c.value -> 'meta')::jsonb, '{}')
    from json_array_elements(p_codes) with ordinality c (value, place)
    order by c.value ->> 'code', c.place desc
$$;
comment on function jalon_engine.codes_in(text, json) is
'The codes of a document; label, position and longest stay are null where it says nothing of them.';

create or replace function jalon_engine.add_codes(p_category text, p_codes json)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    -- Where a code stands of which the document doesn't say it.
    v_last constant integer := greatest(0,
        (select max(r.position) from jalon_engine.referential r where r.category = p_category),
        (select max(d.position) from jalon_engine.codes_in(p_category, p_codes) d));
begin
    perform jalon_engine.require_permission('manage_referentials');
    -- In one statement: the rules are compiled once for all.
    insert into jalon_engine.referential (category, code, label, description, position, color, icon, outcome,
        is_initial, is_final, is_active, max_stay, meta)
    select d.category, d.code, coalesce(d.label, d.code), d.description,
        coalesce(d.position, v_last + 10 * row_number() over (partition by d.position is null order by o.place)),
        d.color, d.icon, d.outcome, d.is_initial, d.is_final, d.is_active, d.max_stay, d.meta
    from jalon_engine.codes_in(p_category, p_codes) d
    join (select c.value ->> 'code' as code, max(c.place) as place
        from json_array_elements(p_codes) with ordinality c (value, place) group by 1) o
        on o.code is not distinct from d.code
    where not exists (select from jalon_engine.referential r where r.category = d.category and r.code = d.code);
end
$$;
comment on function jalon_engine.add_codes(text, json) is 'Adds the codes of a document that are not there yet.';

create or replace function jalon_engine.put_labels(p_category text, p_codes json)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_unknown text;
begin
    select l.key into v_unknown
    from json_array_elements(p_codes) c cross join lateral json_each_text(c.value -> 'labels') l
    where not exists (select from jalon_engine.language g where g.code = l.key) limit 1;
    if found then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'language', 'why', v_unknown), 'JL405.value');
    end if;
    insert into jalon_engine.referential_label as r (category, code, language, label)
    select distinct on (c.value ->> 'code', l.key) p_category, c.value ->> 'code', l.key, l.value
    from json_array_elements(p_codes) with ordinality c (value, place)
    cross join lateral json_each_text(c.value -> 'labels') l
    order by c.value ->> 'code', l.key, c.place desc
    on conflict on constraint referential_label_pk do update set label = excluded.label;
end
$$;
comment on function jalon_engine.put_labels(text, json) is 'Writes the labels of a document''s codes.';
