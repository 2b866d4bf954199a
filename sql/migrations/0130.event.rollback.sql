-- The schema stays: migration 0010 made it. The roles organizer and moderator stay where others use them.
set local role jalon_owner;
drop table event.display_label;
drop table event.display;
drop table event.follow_up;
drop table event.content_column;
drop table event.events;
delete from lifecycle.message where code like 'event.%';
delete from lifecycle.workflow where category like 'EVENT\_%';
delete from lifecycle.rule where category like 'EVENT\_%';
delete from lifecycle.rule_scope where category like 'EVENT\_%';
delete from lifecycle.guard where name in ('event_may_be_reverted', 'event_may_be_published');
delete from lifecycle.permission_rule where permission in (select code from lifecycle.permission where module = 'event') or scope = 'events';
delete from lifecycle.permission where module = 'event';
delete from lifecycle.role r where r.code in ('event_organizer', 'organizer', 'moderator')
and not exists (select from lifecycle.permission_rule p where p.role = r.code)
and not exists (select from lifecycle.role_grant g where g.role = r.code);
delete from lifecycle.referential where category like 'EVENT\_%';
delete from lifecycle.category where code like 'EVENT\_%';
