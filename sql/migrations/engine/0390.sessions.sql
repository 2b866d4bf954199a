-- Sessions of people in the console, and tokens that count no longer.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.session (
    hash text constraint session_pk primary key,
    actor text not null,
    name text,
    roles text[] not null default '{}',
    credential text,
    started_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint session_hash_is_sha256 check (hash ~ '^[0-9a-f]{64}$')
);
comment on table jalon_engine.session is
'Who is signed in to the console. The browser keeps a secret; a session ends when its row is deleted.';
comment on column jalon_engine.session.hash is 'SHA-256 of the secret, in hexadecimal.';
comment on column jalon_engine.session.actor is 'Who is signed in.';
comment on column jalon_engine.session.name is 'What people call them.';
comment on column jalon_engine.session.roles is 'Roles that they brought along when they signed in.';
comment on column jalon_engine.session.credential is
'SHA-256 of the token or API key with which they signed in, without which the session ends; empty if an identity '
'provider vouched for them.';
comment on column jalon_engine.session.started_at is 'When they signed in.';
comment on column jalon_engine.session.expires_at is 'When the session ends by itself.';
create index session_actor_idx on jalon_engine.session (actor, started_at);
create index session_expires_at_idx on jalon_engine.session (expires_at);

create table jalon_engine.revoked_token (
    hash text constraint revoked_token_pk primary key,
    revoked_at timestamptz not null default now(),
    revoked_by text not null,
    constraint revoked_hash_is_sha256 check (hash ~ '^[0-9a-f]{64}$')
);
comment on table jalon_engine.revoked_token is 'Tokens that count no longer, although they are signed and not expired.';
comment on column jalon_engine.revoked_token.hash is 'SHA-256 of the token, in hexadecimal.';
comment on column jalon_engine.revoked_token.revoked_at is 'When it was revoked.';
comment on column jalon_engine.revoked_token.revoked_by is 'By whom.';

create table jalon_engine.revoked_actor (
    actor text constraint revoked_actor_pk primary key,
    revoked_at timestamptz not null default now(),
    revoked_by text not null
);
comment on table jalon_engine.revoked_actor is 'Actors whose tokens of before a point in time count no longer.';
comment on column jalon_engine.revoked_actor.actor is 'Whose.';
comment on column jalon_engine.revoked_actor.revoked_at is 'Tokens that were issued until then are refused.';
comment on column jalon_engine.revoked_actor.revoked_by is 'By whom.';

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('session_hash_is_sha256', 'en', null, 'a session is kept as its hash'),
('session_hash_is_sha256', 'fr', null, 'une session est gardée sous forme de condensat'),
('revoked_hash_is_sha256', 'en', 'hash', 'a token is revoked by its hash, a SHA-256 in hexadecimal'),
('revoked_hash_is_sha256', 'fr', 'hash', 'un jeton est révoqué par son condensat, un SHA-256 en hexadécimal');
