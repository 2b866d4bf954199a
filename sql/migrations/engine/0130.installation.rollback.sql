set local role jalon_owner;
set local lock_timeout = '5s';
revoke usage on schema jalon from jalon_relay;
drop table jalon_install.installer;
drop table jalon_install.function_digest;
