set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_events.notice;
drop table jalon_events.display_label;
drop table jalon_events.display;
drop table jalon_events.follow_up;
drop table jalon_events.content_column;
drop table jalon_events.events;
drop schema jalon_events;
