-- Who may do what, as a careful administrator would set it: the roadshow is for those who work on it, not
-- for everybody with a token. Once set it is the administrator's: running the demo again changes nothing.
do $$
begin
    if exists (select from jalon_engine.role r where r.code = 'roadshow_team') then
        return;
    end if;
    insert into jalon_engine.role (code, label, description) values
    ('roadshow_team', 'Roadshow team', 'Speaks with investors and says where each stands.');
    insert into jalon_engine.role_label (role, language, label) values
    ('roadshow_team', 'fr', 'Équipe du roadshow');
    delete from jalon_engine.permission_rule r
    where r.role = 'any'
        and (r.permission, r.scope) in (('read_all', 'roadshow_counterparty'), ('manage_roadshow', '*'));
    insert into jalon_engine.permission_rule (role, permission, scope) values
    ('roadshow_team', 'read_all', 'roadshow_counterparty'), ('roadshow_team', 'manage_roadshow', '*')
    on conflict on constraint permission_rule_pk do nothing;
end
$$;
