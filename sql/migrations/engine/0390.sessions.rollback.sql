set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text
where constraint_name in ('session_hash_is_sha256', 'revoked_hash_is_sha256');
drop table jalon_engine.revoked_actor;
drop table jalon_engine.revoked_token;
drop table jalon_engine.session;
