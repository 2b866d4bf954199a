set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code in ('recap.week', 'recap.time_zone', 'keeping.keep') or code like 'verify.%';
revoke usage on schema jalon from jalon_relay;
drop table jalon_install.installer;
drop table jalon_install.function_digest;
