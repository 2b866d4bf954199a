set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.webhook_attempt;
drop table jalon_engine.webhook_delivery;
drop table jalon_engine.webhook_message;
drop table jalon_engine.webhook_health;
drop table jalon_engine.webhook_secret;
drop table jalon_engine.webhook;
