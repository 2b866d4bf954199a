set local role jalon_owner;
delete from jalon_engine.permission_rule r where r.permission = 'watch_health';
delete from jalon_engine.permission p where p.code = 'watch_health';
