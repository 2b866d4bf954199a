-- What roles and permissions are called, per language, as codes are. The label in the default language is also the one that
-- the role or permission has itself, shown where nothing better is.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.role_label (
    role text not null constraint role_label_role_fk references jalon_engine.role (code) on delete cascade on update cascade,
    language text not null constraint role_label_language_fk references jalon_engine.language (code),
    label text not null,
    description text,
    constraint role_label_pk primary key (role, language)
);
comment on table jalon_engine.role_label is 'Labels of roles per language.';
comment on column jalon_engine.role_label.role is 'The role.';
comment on column jalon_engine.role_label.language is 'Language of the label.';
comment on column jalon_engine.role_label.label is 'The label.';
comment on column jalon_engine.role_label.description is 'What the role is for, in that language.';
create index role_label_language_idx on jalon_engine.role_label (language);

create table jalon_engine.permission_label (
    permission text not null
    constraint permission_label_permission_fk references jalon_engine.permission (code) on delete cascade on update cascade,
    language text not null constraint permission_label_language_fk references jalon_engine.language (code),
    label text not null,
    description text,
    constraint permission_label_pk primary key (permission, language)
);
comment on table jalon_engine.permission_label is 'Labels of permissions per language.';
comment on column jalon_engine.permission_label.permission is 'The permission.';
comment on column jalon_engine.permission_label.language is 'Language of the label.';
comment on column jalon_engine.permission_label.label is 'The label.';
comment on column jalon_engine.permission_label.description is 'What it allows, in that language.';
create index permission_label_language_idx on jalon_engine.permission_label (language);

insert into jalon_engine.role_label (role, language, label, description)
select r.code, 'en', r.label, r.description from jalon_engine.role r;
insert into jalon_engine.permission_label (permission, language, label, description)
select p.code, 'en', p.label, p.description from jalon_engine.permission p;

-- A role that an installation took away meanwhile needs no label.
insert into jalon_engine.role_label (role, language, label, description)
select l.code, l.language, l.label, l.description
from (values
    ('admin', 'fr', 'Administrateur', 'Peut changer les règles, forcer des changements et effacer des enregistrements.'),
    ('any', 'fr', 'Toute personne connue', 'Toute personne connue le tient ; pour les transitions seulement.'),
    ('dossier_manager', 'fr', 'Gestionnaire de dossiers', 'Dirige ceux qui travaillent sur les dossiers : peut les supprimer et agir au nom d''autrui.'),
    ('event_organizer', 'fr', 'Organisateur de l''évènement', 'Celui que nomme la colonne organizer_id de l''évènement : une relation, qu''aucun jeton ne donne.'),
    ('initiator', 'fr', 'Initiateur', 'Qui a déposé l''enregistrement ; donné par l''enregistrement lui-même.'),
    ('moderator', 'fr', 'Modérateur', 'Veille sur ce que d''autres publient.'),
    ('organizer', 'fr', 'Organisateur', 'Crée des évènements.'),
    ('participant', 'fr', 'Participant', 'Prend part ; sur une proposition, aussi qui tient l''un de ses rôles.'),
    ('user_admin', 'fr', 'Administrateur des utilisateurs', 'Crée des utilisateurs et change leurs rôles.')
) l (code, language, label, description)
join jalon_engine.role t on t.code = l.code;
insert into jalon_engine.permission_label (permission, language, label, description)
select l.code, l.language, l.label, l.description
from (values
    ('change_case_type', 'fr', 'Changer le type de dossier', 'Placer un dossier sous le workflow d''un autre type.'),
    ('delete_dossiers', 'fr', 'Supprimer des dossiers', 'Supprimer des dossiers ; la trace de leur existence demeure.'),
    ('write_dossiers', 'fr', 'Écrire des dossiers', 'Ouvrir et modifier des dossiers.'),
    ('create_event', 'fr', 'Créer des évènements', 'Commencer un évènement à soi.'),
    ('delete_event', 'fr', 'Supprimer un évènement', 'Le supprimer tout à fait.'),
    ('edit_event', 'fr', 'Modifier un évènement', 'En changer le contenu.'),
    ('moderate_events', 'fr', 'Modérer les évènements', 'Voir la file, décider, donner n''importe quel statut.'),
    ('publish_event', 'fr', 'Publier un évènement', 'Le montrer au public.'),
    ('revert_event', 'fr', 'Reprendre un évènement', 'Ramener un évènement soumis au brouillon.'),
    ('act_for_others', 'fr', 'Agir pour autrui', 'Enregistrer un changement au nom d''une autre personne.'),
    ('erase', 'fr', 'Effacer des enregistrements', 'Supprimer des enregistrements et vider des tables suivies.'),
    ('force_move', 'fr', 'Forcer un changement', 'Changer un statut hors des transitions ; marqué pour toujours.'),
    ('import_history', 'fr', 'Importer un historique', 'Écrire des changements à l''heure où ils ont eu lieu ailleurs.'),
    ('manage_permissions', 'fr', 'Gérer les permissions', 'Changer rôles, attributions et matrice des permissions.'),
    ('manage_referentials', 'fr', 'Gérer les référentiels', 'Ajouter et changer codes et libellés.'),
    ('manage_webhooks', 'fr', 'Gérer les webhooks', 'Enregistrer des points d''accès, lire leurs livraisons, renvoyer.'),
    ('manage_workflows', 'fr', 'Gérer les workflows', 'Ébaucher, publier et retirer des workflows.'),
    ('read_all', 'fr', 'Tout lire', 'Voir chaque enregistrement suivi et chaque récapitulatif.'),
    ('watch_health', 'fr', 'Surveiller la santé', 'Voir migrations, partitions et attentes, et faire vérifier l''historique.'),
    ('move_freely', 'fr', 'Déplacer sans workflow', 'Changer le statut d''enregistrements dont aucun workflow ne dit qui le peut.'),
    ('change_roles', 'fr', 'Changer les rôles', 'Donner un autre rôle à un utilisateur.'),
    ('manage_users', 'fr', 'Gérer les utilisateurs', 'Créer des utilisateurs et modifier leurs données.'),
    ('assign_roles', 'fr', 'Attribuer les rôles', 'Attribuer et révoquer les rôles personnalisés ; jamais plus que ce qu''on tient soi-même.'),
    ('create_proposition', 'fr', 'Déposer une proposition', 'Déposer une proposition.'),
    ('edit_proposition', 'fr', 'Modifier le texte', 'Changer l''intitulé et le texte d''une proposition.'),
    ('manage_actions', 'fr', 'Gérer les actions', 'Déclarer, modifier et supprimer les actions personnalisées d''une proposition.'),
    ('manage_roles', 'fr', 'Gérer les rôles', 'Créer, modifier et supprimer les rôles personnalisés d''une proposition.'),
    ('read_action_events', 'fr', 'Lire les déclenchements', 'Voir quelles actions personnalisées ont été déclenchées, avec leurs données.'),
    ('read_refusals', 'fr', 'Lire les refus', 'Voir quels déclenchements ont été refusés.'),
    ('set_limits', 'fr', 'Fixer les limites', 'Changer combien de rôles et de titulaires une proposition peut avoir.'),
    ('trigger_custom_action', 'fr', 'Déclencher les actions', 'Déclencher les actions personnalisées prévues pour l''un de ses rôles.'),
    ('manage_roadshow', 'fr', 'Gérer le roadshow', 'Saisir des contreparties et noter des interactions.')
) l (code, language, label, description)
join jalon_engine.permission t on t.code = l.code;
