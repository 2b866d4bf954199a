set local role jalon_owner;
set local lock_timeout = '5s';
alter table jalon_engine.notification drop column resolved_at;
