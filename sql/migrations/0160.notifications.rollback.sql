-- Read marks go with what they mark.
set local role jalon_owner;
delete from lifecycle.message where code like 'event.notice.%';
drop table event.notice;
drop table lifecycle.notification_clock;
drop table lifecycle.notification_read;
drop table lifecycle.notification;
drop table lifecycle.notification_type;
