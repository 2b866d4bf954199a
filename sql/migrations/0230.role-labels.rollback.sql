set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.permission_label;
drop table jalon_engine.role_label;
