set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.permission_rule
where permission in (select code from jalon_engine.permission where module = 'event') or scope = 'events';
delete from jalon_engine.permission where module = 'event';
delete from jalon_engine.role r where r.code in ('event_organizer', 'organizer', 'moderator')
and not exists (select from jalon_engine.permission_rule p where p.role = r.code)
and not exists (select from jalon_engine.role_grant g where g.role = r.code);
