-- Members: users and every role they ever had. The history table is written here in full rather than left to
-- jalon.track, because its columns, types and indexes are given by the requirement (docs/adr has the reasons).
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_members.users (
    id uuid constraint users_pk primary key default gen_random_uuid(),
    email varchar(320) not null,
    name text not null,
    role varchar(100) not null default 'FREE',
    created_at timestamptz not null default now(),
    status_version integer not null default 1,
    status_changed_at timestamptz not null default now(),
    constraint email_looks_like_one check (email ~ '^[^\s@]+@[^\s@]+$'),
    constraint name_is_not_blank check (name ~ '\S')
);
comment on table jalon_members.users is 'People with an account.';
comment on column jalon_members.users.id is 'Identifier.';
comment on column jalon_members.users.email is 'E-mail address, as the person writes it; nobody else has it, in capitals or not.';
comment on column jalon_members.users.name is 'Name.';
comment on column jalon_members.users.role is 'Role, a code of USER_ROLE.';
comment on column jalon_members.users.created_at is 'When the account was made.';
comment on column jalon_members.users.status_version is 'Counts the changes of role: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_members.users.status_changed_at is 'When the role last changed. Kept by Jalon.';
create unique index an_email_is_used_once on jalon_members.users (lower(email));
create index users_by_name_idx on jalon_members.users (lower(name), id);

-- The requirement's queries run as they stand for reporting.
grant usage on schema jalon_members to jalon_bi;
grant select on jalon_members.users to jalon_bi;

insert into jalon_engine.category (code, label, description)
values ('USER_ROLE', 'Roles of users', 'What a user has paid for, or is trusted with. Any may follow any; a published workflow would restrict it.');
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

insert into jalon_engine.display_text (code, language, template, hint) values
('membership.title', 'en', 'Members', null),
('membership.title', 'fr', 'Membres', null),
('membership.no_profile', 'en', 'there is no user {actor}', 'A profile belongs to the user whose e-mail address, or identifier, the token names.'),
('membership.no_profile', 'fr', 'il n''y a pas d''utilisateur {actor}', 'Un profil appartient à l''utilisateur dont le jeton porte l''adresse ou l''identifiant.'),
('membership.first_role', 'en', 'the first role of user {id} was recorded before this transaction and stays as it is', 'Complete it in the transaction that creates the user.'),
('membership.first_role', 'fr', 'le premier rôle de l''utilisateur {id} a été enregistré avant cette transaction et reste tel quel', 'Complétez-le dans la transaction qui crée l''utilisateur.');
