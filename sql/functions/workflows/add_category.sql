-- A category is where a referential begins.

create or replace function jalon.add_category(code text, label text default null, description text default null)
returns jalon_engine.category
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.category;
begin
    perform jalon_engine.require_permission('manage_referentials');
    insert into jalon_engine.category as c (code, label, description)
    values (add_category.code, coalesce(add_category.label, add_category.code), add_category.description)
    on conflict on constraint category_pk do update set
        label = coalesce(add_category.label, c.label),
        description = coalesce(add_category.description, c.description)
    returning c.* into v;
    return v;
end
$$;
comment on function jalon.add_category(text, text, text) is 'Adds a category of codes, or changes what it is called.';
grant execute on function jalon.add_category(text, text, text) to jalon_dba;
