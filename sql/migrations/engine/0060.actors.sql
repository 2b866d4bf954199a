-- Who may: roles, who holds them, permissions with their labels, and the history of all configuration.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.role (
    code text constraint role_pk primary key,
    label text not null,
    description text
);
comment on table jalon_engine.role is 'Roles that transitions and permissions name.';
comment on column jalon_engine.role.code is 'Name of the role.';
comment on column jalon_engine.role.label is 'What people call it.';
comment on column jalon_engine.role.description is 'Who holds it.';

create table jalon_engine.role_grant (
    id uuid constraint role_grant_pk primary key default gen_random_uuid(),
    principal text not null,
    role text not null constraint role_grant_role_fk references jalon_engine.role (code),
    granted_at timestamptz not null default now(),
    granted_by text,
    valid_until timestamptz,
    revoked_at timestamptz,
    revoked_by text
);
comment on table jalon_engine.role_grant is
'Who holds which role, since when, until when. Rows are revoked, not deleted.';
comment on column jalon_engine.role_grant.id is 'Identifier.';
comment on column jalon_engine.role_grant.principal is 'Actor, as in tokens; db:<role> for a database session.';
comment on column jalon_engine.role_grant.role is 'Role held.';
comment on column jalon_engine.role_grant.granted_at is 'Since when.';
comment on column jalon_engine.role_grant.granted_by is 'By whom.';
comment on column jalon_engine.role_grant.valid_until is 'Until when; empty for good.';
comment on column jalon_engine.role_grant.revoked_at is 'When it was taken back.';
comment on column jalon_engine.role_grant.revoked_by is 'By whom.';
create unique index a_role_is_held_once on jalon_engine.role_grant (principal, role) where revoked_at is null;
create index role_grant_role_idx on jalon_engine.role_grant (role);

create table jalon_engine.permission (
    code text constraint permission_pk primary key,
    label text not null,
    description text not null,
    module text not null default 'lifecycle'
);
comment on table jalon_engine.permission is 'The catalogue of permissions; what a module adds, it adds as rows.';
comment on column jalon_engine.permission.code is 'Name of the permission.';
comment on column jalon_engine.permission.label is 'What people call it.';
comment on column jalon_engine.permission.description is 'What it allows.';
comment on column jalon_engine.permission.module is 'Module it belongs to.';

create table jalon_engine.permission_rule (
    role text not null constraint permission_rule_role_fk references jalon_engine.role (code),
    permission text not null constraint permission_rule_permission_fk references jalon_engine.permission (code),
    scope text not null default '*',
    status text not null default '*',
    is_allowed boolean not null default true,
    constraint permission_rule_pk primary key (role, permission, scope, status)
);
comment on table jalon_engine.permission_rule is 'The matrix role x permission x status: the row nearest to the case '
'decides (scope and status before *), nothing said means no.';
comment on column jalon_engine.permission_rule.role is 'Role.';
comment on column jalon_engine.permission_rule.permission is 'Permission.';
comment on column jalon_engine.permission_rule.scope is 'Tracked table it is for; * for all.';
comment on column jalon_engine.permission_rule.status is 'Status of the record it is for; * for all.';
comment on column jalon_engine.permission_rule.is_allowed is 'Granted, or explicitly not.';
create index permission_rule_permission_idx on jalon_engine.permission_rule (permission);

create table jalon_engine.config_history (
    id uuid constraint config_history_pk primary key default gen_random_uuid(),
    table_name text not null,
    operation text not null,
    key jsonb not null,
    before jsonb,
    after jsonb,
    changed_at timestamptz not null default clock_timestamp(),
    changed_by text not null,
    db_role text not null,
    reason text,
    transaction_id xid8 not null,
    constraint operation_is_known check (operation in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
);
comment on table jalon_engine.config_history is
'Every change of referentials, workflows, roles and permissions, with the row before and after.';
comment on column jalon_engine.config_history.id is 'Identifier.';
comment on column jalon_engine.config_history.table_name is 'Table that was changed.';
comment on column jalon_engine.config_history.operation is 'INSERT, UPDATE, DELETE or TRUNCATE.';
comment on column jalon_engine.config_history.key is 'Primary key of the row.';
comment on column jalon_engine.config_history.before is 'The row before.';
comment on column jalon_engine.config_history.after is 'The row after.';
comment on column jalon_engine.config_history.changed_at is 'When.';
comment on column jalon_engine.config_history.changed_by is 'By whom.';
comment on column jalon_engine.config_history.db_role is 'Database session it came through.';
comment on column jalon_engine.config_history.reason is 'Why.';
comment on column jalon_engine.config_history.transaction_id is 'Transaction.';
create index config_history_table_idx on jalon_engine.config_history (table_name, changed_at);

create table jalon_engine.secret (
    only_row boolean constraint secret_pk primary key default true,
    value text not null,
    constraint there_is_one_secret check (only_row)
);
comment on table jalon_engine.secret is 'What seals are made with: nobody but jalon_owner reads it.';
comment on column jalon_engine.secret.only_row is 'Always true.';
comment on column jalon_engine.secret.value is 'Two random UUIDs, made at installation.';

insert into jalon_engine.secret (value) values (gen_random_uuid() || '/' || gen_random_uuid());

create sequence jalon_engine.call_number cache 100;
comment on sequence jalon_engine.call_number is
'Numbers the calls of the web application: a seal is good for one of them.';
grant select on jalon_engine.role_grant to jalon_historian;

create table jalon_engine.role_label (
    role text not null constraint role_label_role_fk references jalon_engine.role (code) on delete cascade
        on update cascade,
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
    constraint permission_label_permission_fk references jalon_engine.permission (code) on delete cascade
        on update cascade,
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
