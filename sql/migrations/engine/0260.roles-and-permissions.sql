-- The engine's own roles and permissions. What modules and installations need besides, they add.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.role (code, label, description) values
('any', 'Anyone known', 'Every known actor holds it; transitions only.'),
('admin', 'Administrator', 'May change rules, force moves and erase records.');

insert into jalon_engine.permission (code, label, description) values
('force_move', 'Force a move', 'Move a record outside the transitions; flagged for ever.'),
('import_history', 'Import history', 'Write changes with the time at which they happened elsewhere.'),
('erase', 'Erase records', 'Delete records and truncate tables under Jalon.'),
('manage_referentials', 'Manage referentials', 'Add and change codes and labels.'),
('manage_workflows', 'Manage workflows', 'Draft, publish and retire workflows.'),
('manage_permissions', 'Manage permissions', 'Change roles, grants and the permission matrix.'),
('act_for_others', 'Act for others', 'Record a change on behalf of somebody else.'),
('read_all', 'Read everything', 'See every tracked record and every recap.'),
('move_freely', 'Move without a workflow', 'Change the status of records of which no workflow says who may.'),
('manage_webhooks', 'Manage webhooks', 'Register endpoints, read their deliveries, send again.'),
('watch_health', 'Watch the health', 'See migrations, partitions and what waits, and have history verified.');

insert into jalon_engine.permission_rule (role, permission)
select 'admin', p.code from jalon_engine.permission p;

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t where t.code in ('admin', 'any');

insert into jalon_engine.role_label (role, language, label, description) values
('admin', 'fr', 'Administrateur', 'Peut changer les règles, forcer des changements et effacer des enregistrements.'),
('any', 'fr', 'Toute personne connue', 'Toute personne connue le tient ; pour les transitions seulement.');

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('act_for_others', 'erase', 'force_move', 'import_history', 'manage_permissions', 'manage_referentials',
    'manage_webhooks', 'manage_workflows', 'read_all', 'watch_health', 'move_freely');

insert into jalon_engine.permission_label (permission, language, label, description) values
('act_for_others', 'fr', 'Agir pour autrui', 'Enregistrer un changement au nom d''une autre personne.'),
('erase', 'fr', 'Effacer des enregistrements', 'Supprimer des enregistrements et vider des tables suivies.'),
('force_move', 'fr', 'Forcer un changement', 'Changer un statut hors des transitions ; marqué pour toujours.'),
('import_history', 'fr', 'Importer un historique', 'Écrire des changements à l''heure où ils ont eu lieu ailleurs.'),
('manage_permissions', 'fr', 'Gérer les permissions', 'Changer rôles, attributions et matrice des permissions.'),
('manage_referentials', 'fr', 'Gérer les référentiels', 'Ajouter et changer codes et libellés.'),
('manage_webhooks', 'fr', 'Gérer les webhooks', 'Enregistrer des points d''accès, lire leurs livraisons, renvoyer.'),
('manage_workflows', 'fr', 'Gérer les workflows', 'Ébaucher, publier et retirer des workflows.'),
('read_all', 'fr', 'Tout lire', 'Voir chaque enregistrement suivi et chaque récapitulatif.'),
('watch_health', 'fr', 'Surveiller la santé',
    'Voir migrations, partitions et attentes, et faire vérifier l''historique.'),
('move_freely', 'fr', 'Déplacer sans workflow',
    'Changer le statut d''enregistrements dont aucun workflow ne dit qui le peut.');
