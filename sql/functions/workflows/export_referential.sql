-- Referentials and workflows as documents: JSON in a stable order, plain enough for YAML and for a diff in review.
-- The names are those of the columns; what is empty is left out.

create or replace function jalon_engine.filled(p_document json)
returns json
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select json_object_agg(e.key, e.value order by e.ordinality)
    from json_each(p_document) with ordinality e
    where json_typeof(e.value) <> 'null'
$$;
comment on function jalon_engine.filled(json) is
'An object without its empty members, in the same order; what lies deeper is left alone.';

create or replace function jalon_engine.codes_document(
    p_category text, p_codes text[] default null, p_case_type text default null, p_version integer default null
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(jalon_engine.filled(p_document => json_build_object(
        'code', r.code, 'label', r.label, 'description', r.description, 'outcome', r.outcome,
        'is_initial', nullif(r.is_initial, false), 'is_final', nullif(r.is_final, false),
        'is_active', nullif(r.is_active, true),
        'color', r.color, 'icon', r.icon, 'place', r.position, 'max_stay', r.max_stay, 'meta', nullif(r.meta, '{}'),
        'labels', (select json_object_agg(l.language, l.label order by l.language)
                   from jalon_engine.version_labels(p_category, p_case_type, p_version) l where l.code = r.code)
    )) order by r.position, r.code), '[]')
    from jalon_engine.version_codes(p_category, p_case_type, p_version) r
    where p_codes is null or r.code = any (p_codes)
$$;
comment on function jalon_engine.codes_document(text, text[], text, integer) is
'Codes of a category with their labels, as they stand in an exported document; of a draft as it has them.';

create or replace function jalon_engine.category_document(p_category text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.filled(p_document => json_build_object('code', c.code, 'label', c.label,
        'description', c.description))
    from jalon_engine.category c where c.code = p_category
$$;
comment on function jalon_engine.category_document(text) is 'A category as it stands in an exported document.';

create or replace function jalon.export_referential(category text)
returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_category(p_category => export_referential.category);
    return json_build_object(
        'format', 'jalon/1',
        'category', jalon_engine.category_document(p_category => export_referential.category),
        'codes', jalon_engine.codes_document(p_category => export_referential.category));
end
$$;
comment on function jalon.export_referential(text) is
'A category with all its codes and labels as a document for jalon.import_referential.';
grant execute on function jalon.export_referential(text) to jalon_dba;
