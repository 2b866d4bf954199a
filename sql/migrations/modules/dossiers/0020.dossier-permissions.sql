-- Who may do what with dossiers.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.role (code, label, description) values
('dossier_manager', 'Dossier manager', 'Leads those who work on dossiers: may delete them and act in others'' names.');

insert into jalon_engine.permission (code, label, description, module) values
('write_dossiers', 'Write dossiers', 'Open and edit dossiers.', 'dossier'),
('change_case_type', 'Change the case type', 'Put a dossier under the workflow of another case type.', 'dossier'),
('delete_dossiers', 'Delete dossiers', 'Delete dossiers; that they were there stays on record.', 'dossier');

insert into jalon_engine.permission_rule (role, permission, scope) values
('any', 'read_all', 'dossier'),
('any', 'write_dossiers', 'dossier'),
('any', 'change_case_type', 'dossier'),
('dossier_manager', 'delete_dossiers', 'dossier'),
('dossier_manager', 'act_for_others', 'dossier'),
('admin', 'delete_dossiers', 'dossier');

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t where t.code in ('dossier_manager');

insert into jalon_engine.role_label (role, language, label, description) values
('dossier_manager', 'fr', 'Gestionnaire de dossiers',
    'Dirige ceux qui travaillent sur les dossiers : peut les supprimer et agir au nom d''autrui.');

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('change_case_type', 'delete_dossiers', 'write_dossiers');

insert into jalon_engine.permission_label (permission, language, label, description) values
('change_case_type', 'fr', 'Changer le type de dossier', 'Placer un dossier sous le workflow d''un autre type.'),
('delete_dossiers', 'fr', 'Supprimer des dossiers', 'Supprimer des dossiers ; la trace de leur existence demeure.'),
('write_dossiers', 'fr', 'Écrire des dossiers', 'Ouvrir et modifier des dossiers.');
