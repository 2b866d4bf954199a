set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.notification_clock;
drop table jalon_engine.notification_read;
drop table jalon_engine.notification;
drop table jalon_engine.notification_type;
