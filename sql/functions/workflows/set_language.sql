-- Languages are rows: add one, or say that workflows need no labels in it.

create or replace function jalon.set_language(code text, label text default null, active boolean default null)
returns jalon_engine.language
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.language;
begin
    perform jalon_engine.require_permission('manage_referentials');
    insert into jalon_engine.language as l (code, label, position, is_active)
    values (set_language.code, coalesce(set_language.label, set_language.code),
            (select max(o.position) + 1 from jalon_engine.language o), coalesce(set_language.active, true))
    on conflict on constraint language_pk do update set
        label = coalesce(set_language.label, l.label), is_active = coalesce(set_language.active, l.is_active)
    returning l.* into v;
    return v;
end
$$;
comment on function jalon.set_language(text, text, boolean) is
'Adds a language, or changes it; a published workflow has a label in every active one.';
grant execute on function jalon.set_language(text, text, boolean) to jalon_dba;

create or replace function jalon.set_active_languages(codes text[] default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known constant text[] := array(select l.code from jalon_engine.language l order by l.position, l.code);
    v_unknown constant text := (select min(c) from unnest(set_active_languages.codes) c where c <> all (v_known));
begin
    perform jalon_engine.require_permission('manage_referentials');
    if v_unknown is not null then
        perform jalon_engine.fail('JL405', jsonb_build_object('language', v_unknown, 'allowed', to_jsonb(v_known)),
            'JL405.language');
    end if;
    update jalon_engine.language l set is_active = l.code = any (coalesce(set_active_languages.codes, v_known))
    where l.is_active <> (l.code = any (coalesce(set_active_languages.codes, v_known)));
end
$$;
comment on function jalon.set_active_languages(text[]) is
'Makes these languages active and no other; without an argument all. Texts in the others stay.';
grant execute on function jalon.set_active_languages(text[]) to jalon_dba;
