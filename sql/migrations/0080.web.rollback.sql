set local role jalon_owner;
set local lock_timeout = '5s';
drop table lifecycle.api_key;
drop table lifecycle.idempotency;
