-- Read marks go with what they mark.
set local role jalon_owner;
delete from jalon_engine.display_text where code like 'event.notice.%';
drop table jalon_events.notice;
drop table jalon_engine.notification_clock;
drop table jalon_engine.notification_read;
drop table jalon_engine.notification;
drop table jalon_engine.notification_type;
