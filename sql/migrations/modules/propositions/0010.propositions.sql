-- Propositions, and the roles that each of them may have made to measure: a bundle of permissions of the catalogue,
-- handed out and taken back.
set local role jalon_owner;
set local lock_timeout = '5s';

create schema jalon_propositions;
comment on schema jalon_propositions is 'Propositions, their roles and custom actions.';

create table jalon_propositions.proposition (
    id uuid constraint proposition_pk primary key default gen_random_uuid(),
    title text not null,
    body text not null default '',
    author_id text not null,
    status varchar(100) not null default 'draft',
    max_roles integer,
    max_holders integer,
    created_at timestamptz not null default now(),
    edited_at timestamptz not null default now(),
    revision integer not null default 1,
    edited_by text,
    constraint title_is_not_blank check (title ~ '\S'),
    constraint max_roles_is_not_negative check (max_roles >= 0),
    constraint max_holders_is_not_negative check (max_holders >= 0)
);
comment on table jalon_propositions.proposition is
'Propositions. Their status obeys the workflow of PROPOSITION_STATUS.';
comment on column jalon_propositions.proposition.id is 'Identifier.';
comment on column jalon_propositions.proposition.title is 'Title.';
comment on column jalon_propositions.proposition.body is 'Text.';
comment on column jalon_propositions.proposition.author_id is 'Who put it forward; the initiator of this proposition.';
comment on column jalon_propositions.proposition.status is 'Where it stands (PROPOSITION_STATUS).';
comment on column jalon_propositions.proposition.max_roles is
'How many custom roles it may have; empty: the setting proposition.max_roles.';
comment on column jalon_propositions.proposition.max_holders is
'How many people may hold one of its roles; empty: the setting proposition.max_holders.';
comment on column jalon_propositions.proposition.created_at is 'When it was put forward.';
comment on column jalon_propositions.proposition.edited_at is 'When its text was last changed.';
comment on column jalon_propositions.proposition.revision is 'Counts the changes of its text.';
comment on column jalon_propositions.proposition.edited_by is 'Who last changed its text.';
create index proposition_author_idx on jalon_propositions.proposition (author_id);
create index proposition_created_at_idx on jalon_propositions.proposition (created_at, id);

create table jalon_propositions.proposition_roles (
    id uuid constraint proposition_roles_pk primary key default gen_random_uuid(),
    proposition_id uuid not null constraint proposition_roles_proposition_fk references jalon_propositions.proposition (
        id) on delete cascade, code text not null,
    name text not null,
    description text,
    permissions text[] not null default '{}',
    max_holders integer,
    created_at timestamptz not null default now(),
    created_by text not null,
    deleted_at timestamptz,
    deleted_by text,
    constraint a_role_belongs_to_one_proposition unique (id, proposition_id),
    constraint name_is_not_blank check (name ~ '\S'),
    constraint code_is_a_word check (code ~ '^[a-z0-9]+(_[a-z0-9]+)*$'),
    constraint max_holders_is_not_negative check (max_holders >= 0),
    constraint deleted_roles_say_by_whom check ((deleted_at is null) = (deleted_by is null))
);
comment on table jalon_propositions.proposition_roles is
'Custom roles, each of one proposition. In transitions and actions they are called custom:<code>.';
comment on column jalon_propositions.proposition_roles.id is 'Identifier.';
comment on column jalon_propositions.proposition_roles.proposition_id is
'The proposition it is a role of; on any other it is worth nothing.';
comment on column jalon_propositions.proposition_roles.code is
'The name in transitions and actions, after custom: (made from the first name, then constant).';
comment on column jalon_propositions.proposition_roles.name is 'What people call it.';
comment on column jalon_propositions.proposition_roles.description is 'What it is for.';
comment on column jalon_propositions.proposition_roles.permissions is
'Permissions of its holders on this proposition, as far as the matrix lets custom roles carry them.';
comment on column jalon_propositions.proposition_roles.max_holders is
'How many may hold it; empty: the limit of the proposition.';
comment on column jalon_propositions.proposition_roles.created_at is 'When it was made.';
comment on column jalon_propositions.proposition_roles.created_by is 'By whom.';
comment on column jalon_propositions.proposition_roles.deleted_at is
'When it was taken away; nobody holds it any more.';
comment on column jalon_propositions.proposition_roles.deleted_by is 'By whom.';
create unique index a_role_is_made_once on jalon_propositions.proposition_roles (proposition_id, code)
    where deleted_at is null;
create index proposition_roles_proposition_idx on jalon_propositions.proposition_roles (proposition_id);

create table jalon_propositions.proposition_role_assignments (
    id uuid constraint proposition_role_assignments_pk primary key default gen_random_uuid(),
    proposition_id uuid not null,
    role_id uuid not null,
    user_id text not null,
    granted_at timestamptz not null default clock_timestamp(),
    granted_by text not null,
    valid_until timestamptz,
    reason text,
    revoked_at timestamptz,
    revoked_by text,
    revocation_reason text,
    constraint proposition_role_assignments_role_fk foreign key (role_id, proposition_id)
    references jalon_propositions.proposition_roles (id, proposition_id) on delete cascade,
    constraint user_is_not_blank check (user_id ~ '\S'),
    constraint revocations_say_by_whom check ((revoked_at is null) = (revoked_by is null))
);
comment on table jalon_propositions.proposition_role_assignments is 'Who holds which custom role, since when, until '
'when. A row is revoked, never changed otherwise, never deleted: it is its own history.';
comment on column jalon_propositions.proposition_role_assignments.id is 'Identifier.';
comment on column jalon_propositions.proposition_role_assignments.proposition_id is 'Proposition.';
comment on column jalon_propositions.proposition_role_assignments.role_id is 'Custom role of this proposition.';
comment on column jalon_propositions.proposition_role_assignments.user_id is 'Who holds it.';
comment on column jalon_propositions.proposition_role_assignments.granted_at is 'Since when.';
comment on column jalon_propositions.proposition_role_assignments.granted_by is 'Who handed it out.';
comment on column jalon_propositions.proposition_role_assignments.valid_until is 'Until when; empty for good.';
comment on column jalon_propositions.proposition_role_assignments.reason is 'Why it was handed out.';
comment on column jalon_propositions.proposition_role_assignments.revoked_at is 'When it was taken back.';
comment on column jalon_propositions.proposition_role_assignments.revoked_by is 'By whom.';
comment on column jalon_propositions.proposition_role_assignments.revocation_reason is 'Why it was taken back.';
create unique index a_custom_role_is_held_once on jalon_propositions.proposition_role_assignments (role_id, user_id)
    where revoked_at is null;
create index proposition_role_assignments_role_idx
    on jalon_propositions.proposition_role_assignments (role_id, proposition_id);
create index proposition_role_assignments_holder_idx
    on jalon_propositions.proposition_role_assignments (user_id, proposition_id) where revoked_at is null;

grant usage on schema jalon_propositions to jalon_bi, jalon_dba;
grant select on jalon_propositions.proposition, jalon_propositions.proposition_roles,
    jalon_propositions.proposition_role_assignments to jalon_bi, jalon_dba;
