-- Members: users and every role they ever had. The view of their history has the columns that the requirement gives.
set local role jalon_owner;
set local lock_timeout = '5s';

create schema jalon_members;
comment on schema jalon_members is 'Users, their roles and how these changed.';

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
comment on column jalon_members.users.email is
'E-mail address, as the person writes it; nobody else has it, in capitals or not.';
comment on column jalon_members.users.name is 'Name.';
comment on column jalon_members.users.role is 'Role, a code of USER_ROLE.';
comment on column jalon_members.users.created_at is 'When the account was made.';
comment on column jalon_members.users.status_version is 'Counts the changes of role: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_members.users.status_changed_at is 'When the role last changed. Kept by Jalon.';
create unique index an_email_is_used_once on jalon_members.users (lower(email));
create index users_by_name_idx on jalon_members.users (lower(name), id);

-- The requirement's queries run as they stand for reporting.
grant usage on schema jalon_members to jalon_bi, jalon_dba;
grant select on jalon_members.users to jalon_bi, jalon_dba;
grant insert (id, email, name, role) on jalon_members.users to jalon_dba;
