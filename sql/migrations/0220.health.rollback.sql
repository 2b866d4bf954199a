set local role jalon_owner;
delete from lifecycle.permission_rule r where r.permission = 'watch_health';
delete from lifecycle.permission p where p.code = 'watch_health';
