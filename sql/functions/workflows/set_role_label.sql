-- What roles and permissions are called, per language. The label in the default language is also the role's own, shown
-- where nothing better is.

create or replace function jalon_engine.require_language(p_language text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.language l where l.code = p_language) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'language', 'why', p_language,
            'allowed', (select jsonb_agg(l.code order by l.position) from jalon_engine.language l)), 'JL405.choice');
    end if;
end
$$;
comment on function jalon_engine.require_language(text) is 'Fails with JL405 unless there are texts in the language.';

create or replace function jalon.set_role_label(role text, language text, label text, description text default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.require_role(p_role => set_role_label.role);
    perform jalon_engine.require_language(p_language => set_role_label.language);
    insert into jalon_engine.role_label as l (role, language, label, description)
    values (set_role_label.role, set_role_label.language, set_role_label.label, set_role_label.description)
    on conflict on constraint role_label_pk do update set
        label = excluded.label, description = coalesce(excluded.description, l.description);
    update jalon_engine.role r set label = set_role_label.label,
        description = coalesce(set_role_label.description, r.description)
    from jalon_engine.language l
    where r.code = set_role_label.role and l.code = set_role_label.language and l.is_default;
end
$$;
comment on function jalon.set_role_label(text, text, text, text) is 'Sets what a role is called in a language.';
grant execute on function jalon.set_role_label(text, text, text, text) to jalon_dba;

create or replace function jalon.set_permission_label(
    permission text, language text, label text, description text default null
)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.require_known_permission(p_permission => set_permission_label.permission);
    perform jalon_engine.require_language(p_language => set_permission_label.language);
    insert into jalon_engine.permission_label as l (permission, language, label, description)
    values (set_permission_label.permission, set_permission_label.language, set_permission_label.label,
        set_permission_label.description)
    on conflict on constraint permission_label_pk do update set
        label = excluded.label, description = coalesce(excluded.description, l.description);
    update jalon_engine.permission p
    set label = set_permission_label.label, description = coalesce(set_permission_label.description, p.description)
    from jalon_engine.language l
    where p.code = set_permission_label.permission and l.code = set_permission_label.language and l.is_default;
end
$$;
comment on function jalon.set_permission_label(text, text, text, text) is
'Sets what a permission is called in a language.';
grant execute on function jalon.set_permission_label(text, text, text, text) to jalon_dba;
