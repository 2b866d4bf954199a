-- The schema stays: migration 0010 made it. The roles organizer and moderator stay where others use them.
set local role jalon_owner;
drop table jalon_events.display_label;
drop table jalon_events.display;
drop table jalon_events.follow_up;
drop table jalon_events.content_column;
drop table jalon_events.events;
delete from jalon_engine.display_text where code like 'event.%';
delete from jalon_engine.workflow where category like 'EVENT\_%';
delete from jalon_engine.rule where category like 'EVENT\_%';
delete from jalon_engine.rule_scope where category like 'EVENT\_%';
delete from jalon_engine.guard where name in ('event_may_be_reverted', 'event_may_be_published');
delete from jalon_engine.permission_rule where permission in (select code from jalon_engine.permission where module = 'event') or scope = 'events';
delete from jalon_engine.permission where module = 'event';
delete from jalon_engine.role r where r.code in ('event_organizer', 'organizer', 'moderator')
and not exists (select from jalon_engine.permission_rule p where p.role = r.code)
and not exists (select from jalon_engine.role_grant g where g.role = r.code);
delete from jalon_engine.referential where category like 'EVENT\_%';
delete from jalon_engine.category where code like 'EVENT\_%';
