-- The roles of users, who may do what, and the texts.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.category (code, label, description)
values ('USER_ROLE', 'Roles of users',
    'What a user has paid for, or is trusted with. Any may follow any; a published workflow would restrict it.');

insert into jalon_engine.referential (category, code, label, position, color, icon, is_initial) values
('USER_ROLE', 'FREE', 'Free', 1, '#9aa0a6', 'user', true),
('USER_ROLE', 'MEDIUM', 'Medium', 2, '#1a73e8', 'user-plus', true),
('USER_ROLE', 'PREMIUM', 'Premium', 3, '#f9ab00', 'star', true),
('USER_ROLE', 'ADMIN', 'Administrator', 4, '#d93025', 'shield', true);

insert into jalon_engine.referential_label (category, code, language, label) values
('USER_ROLE', 'FREE', 'en', 'Free'), ('USER_ROLE', 'FREE', 'fr', 'Gratuit'),
('USER_ROLE', 'MEDIUM', 'en', 'Medium'), ('USER_ROLE', 'MEDIUM', 'fr', 'Intermédiaire'),
('USER_ROLE', 'PREMIUM', 'en', 'Premium'), ('USER_ROLE', 'PREMIUM', 'fr', 'Premium'),
('USER_ROLE', 'ADMIN', 'en', 'Administrator'), ('USER_ROLE', 'ADMIN', 'fr', 'Administrateur');

insert into jalon_engine.role (code, label, description)
values ('user_admin', 'User administrator', 'Makes users and changes their roles.');

insert into jalon_engine.permission (code, label, description, module) values
('manage_users', 'Manage users', 'Create users and edit their particulars.', 'membership'),
('change_roles', 'Change roles', 'Give a user another role.', 'membership');

insert into jalon_engine.permission_rule (role, permission, scope) values
('admin', 'manage_users', '*'), ('admin', 'change_roles', '*'),
('user_admin', 'manage_users', 'users'), ('user_admin', 'change_roles', 'users'), ('user_admin', 'read_all', 'users');

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t where t.code in ('user_admin');

insert into jalon_engine.role_label (role, language, label, description) values
('user_admin', 'fr', 'Administrateur des utilisateurs', 'Crée des utilisateurs et change leurs rôles.');

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('change_roles', 'manage_users');

insert into jalon_engine.permission_label (permission, language, label, description) values
('change_roles', 'fr', 'Changer les rôles', 'Donner un autre rôle à un utilisateur.'),
('manage_users', 'fr', 'Gérer les utilisateurs', 'Créer des utilisateurs et modifier leurs données.');

insert into jalon_engine.display_text (code, language, template, hint) values
('users.JL401', 'en', 'this person is not there, or you may not see them', null),
('users.JL401', 'fr', 'cette personne n''existe pas, ou vous ne pouvez pas la voir', null),
('membership.title', 'en', 'Members', null),
('membership.title', 'fr', 'Membres', null),
('membership.no_profile', 'en', 'there is no user {actor}',
    'A profile belongs to the user whose e-mail address, or identifier, the token names.'),
('membership.no_profile', 'fr', 'il n''y a pas d''utilisateur {actor}',
    'Un profil appartient à l''utilisateur dont le jeton porte l''adresse ou l''identifiant.'),
('membership.first_role', 'en', 'the first role of user {id} was recorded before this transaction and stays as it is',
    'Complete it in the transaction that creates the user.'),
('membership.first_role', 'fr',
    'le premier rôle de l''utilisateur {id} a été enregistré avant cette transaction et reste tel quel',
    'Complétez-le dans la transaction qui crée l''utilisateur.');

insert into jalon_engine.module_recap (recap, function_name) values ('role-statistics', 'role_statistics_json');
