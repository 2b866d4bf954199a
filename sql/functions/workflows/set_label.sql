-- Labels per language. The one in the default language is also the code's own label, shown where nothing better is.

create or replace function jalon_engine.put_label(
    p_category text, p_code text, p_language text, p_label text, p_description text default null
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_language(p_language);
    insert into jalon_engine.referential_label as l (category, code, language, label, description)
    values (p_category, p_code, p_language, p_label, p_description)
    on conflict on constraint referential_label_pk do update set
        label = excluded.label, description = coalesce(excluded.description, l.description);
    update jalon_engine.referential r set label = p_label
    from jalon_engine.language l
    where r.category = p_category and r.code = p_code and l.code = p_language and l.is_default and r.label <> p_label;
end
$$;
comment on function jalon_engine.put_label(text, text, text, text, text) is 'Writes the label of a code in a language.';

create or replace function jalon.set_label(
    category text, code text, language text, label text, description text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_code(p_category => set_label.category, p_code => set_label.code);
    perform jalon_engine.put_label(p_category => set_label.category, p_code => set_label.code,
        p_language => set_label.language, p_label => set_label.label, p_description => set_label.description);
end
$$;
comment on function jalon.set_label(text, text, text, text, text) is 'Sets the label of a code in a language.';
grant execute on function jalon.set_label(text, text, text, text, text) to jalon_dba;

create or replace function jalon.set_action_label(category text, action text, language text, label text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_category(p_category => set_action_label.category);
    insert into jalon_engine.action_label (category, action, language, label)
    values (set_action_label.category, set_action_label.action, set_action_label.language, set_action_label.label)
    on conflict on constraint action_label_pk do update set label = excluded.label;
end
$$;
comment on function jalon.set_action_label(text, text, text, text) is
'Sets what an action is called on a button, in a language.';
grant execute on function jalon.set_action_label(text, text, text, text) to jalon_dba;
