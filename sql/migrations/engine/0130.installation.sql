-- What the last reload left, for jalon.verify to compare, and who migrated this database.
set local role jalon_owner;
set local lock_timeout = '5s';

grant usage on schema jalon to jalon_relay;  -- which makes partitions

create table jalon_install.function_digest (
    signature text constraint function_digest_pk primary key,
    digest text not null
);
comment on table jalon_install.function_digest is
'The functions of files as the last reload left them. Whoever alters one later is found out by jalon.verify.';
comment on column jalon_install.function_digest.signature is 'Function, with the types of its arguments.';
comment on column jalon_install.function_digest.digest is 'MD5 of its owner and its whole definition.';

create table jalon_install.installer (
    role_name name constraint installer_pk primary key,
    last_reload_at timestamptz not null default now()
);
comment on table jalon_install.installer is 'Logins that migrated this database: members of the owning roles by need.';
comment on column jalon_install.installer.role_name is 'Login.';
comment on column jalon_install.installer.last_reload_at is 'When it last reloaded functions and triggers.';
grant select on jalon_install.function_digest, jalon_install.installer to jalon_dba;
