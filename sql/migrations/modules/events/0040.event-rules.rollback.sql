set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.notification where type in ('event_status', 'event_approval');
delete from jalon_events.notice;
delete from jalon_engine.notification_type where code in ('event_status', 'event_approval');
delete from jalon_events.display_label;
delete from jalon_events.display;
delete from jalon_events.follow_up;
delete from jalon_events.content_column;
