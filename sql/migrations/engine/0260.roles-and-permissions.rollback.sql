set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.permission_label;
delete from jalon_engine.role_label;
delete from jalon_engine.permission_rule;
delete from jalon_engine.permission;
delete from jalon_engine.role_grant;
delete from jalon_engine.role;
