-- What the web application keeps: answers under an idempotency key, and the keys of machines.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.idempotency (
    principal text not null,
    key text not null,
    request_hash bytea not null,
    created_at timestamptz not null default now(),
    answer jalon_engine.answer,
    rights text[] not null default '{}',
    constraint idempotency_pk primary key (principal, key)
) with (fillfactor = 70);
comment on table jalon_engine.idempotency is
'What was answered under an Idempotency-Key, written in the transaction of the change it answers. Kept for 24 hours.';
comment on column jalon_engine.idempotency.principal is 'Who sent it: a key means nothing to anybody else.';
comment on column jalon_engine.idempotency.key is 'The key.';
comment on column jalon_engine.idempotency.request_hash is
'SHA-256 of the request; another request under the same key is refused.';
comment on column jalon_engine.idempotency.created_at is 'When.';
comment on column jalon_engine.idempotency.answer is 'The answer, given again to a repeat.';
comment on column jalon_engine.idempotency.rights is
'Roles and permissions of its caller (+) and what was forbidden to them (-) when it was answered: a repeat '
'needs no fewer.';
create index idempotency_created_at_idx on jalon_engine.idempotency (created_at);

create table jalon_engine.api_key (
    name text constraint api_key_pk primary key,
    hash text not null constraint a_secret_is_used_once unique,
    roles text[] not null default '{}',
    created_at timestamptz not null default now(),
    created_by text not null,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    constraint name_is_a_word check (name ~ '^[A-Za-z0-9_.-]{1,100}$'),
    constraint hash_is_sha256 check (hash ~ '^[0-9a-f]{64}$')
);
comment on table jalon_engine.api_key is
'Keys with which machines call the web application. The key itself is shown once and kept nowhere.';
comment on column jalon_engine.api_key.name is 'Name of the machine; it acts as key:<name>.';
comment on column jalon_engine.api_key.hash is 'SHA-256 of the key, in hexadecimal.';
comment on column jalon_engine.api_key.roles is
'Roles that the key carries, in addition to those granted to key:<name>.';
comment on column jalon_engine.api_key.created_at is 'When it was made.';
comment on column jalon_engine.api_key.created_by is 'By whom.';
comment on column jalon_engine.api_key.expires_at is 'Until when it works; empty for good.';
comment on column jalon_engine.api_key.revoked_at is 'When it was revoked.';
comment on column jalon_engine.api_key.revoked_by is 'By whom.';
