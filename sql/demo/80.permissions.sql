-- Who may do what, as a careful administrator would set it: the roadshow and the dossiers are for those who work on
-- them, not for everybody with a token. Once set it is the administrator's: running the demo again changes nothing.
do $$
begin
    if exists (select from jalon_engine.role r where r.code = 'roadshow_team') then
        return;
    end if;
    insert into jalon_engine.role (code, label, description) values
    ('roadshow_team', 'Roadshow team', 'Speaks with investors and says where each stands.'),
    ('dossier_agent', 'Dossier agent', 'Works on dossiers.');
    insert into jalon_engine.role_label (role, language, label) values
    ('roadshow_team', 'fr', 'Équipe du roadshow'), ('dossier_agent', 'fr', 'Chargé de dossiers');
    delete from jalon_engine.permission_rule r
    where r.role = 'any' and (r.permission, r.scope) in (
        ('read_all', 'roadshow_counterparty'), ('manage_roadshow', '*'), ('read_all', 'dossier'),
        ('write_dossiers', 'dossier'), ('change_case_type', 'dossier'));
    insert into jalon_engine.permission_rule (role, permission, scope)
    select w.role, w.permission, w.scope
    from (values ('roadshow_team', 'read_all', 'roadshow_counterparty'), ('roadshow_team', 'manage_roadshow', '*'),
        ('dossier_agent', 'read_all', 'dossier'), ('dossier_agent', 'write_dossiers', 'dossier'),
        ('dossier_manager', 'read_all', 'dossier'), ('dossier_manager', 'write_dossiers', 'dossier'),
        ('dossier_manager', 'change_case_type', 'dossier'),
        ('admin', 'write_dossiers', '*'), ('admin', 'change_case_type', '*')) w (role, permission, scope)
    on conflict on constraint permission_rule_pk do nothing;
end
$$;
