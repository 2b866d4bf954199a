set local role jalon_owner;
set local lock_timeout = '5s';
drop table lifecycle.permission_label;
drop table lifecycle.role_label;
