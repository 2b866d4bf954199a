set local role jalon_owner;
drop table lifecycle.config_history;
drop table lifecycle.permission_rule;
drop table lifecycle.permission;
drop table lifecycle.role_grant;
drop table lifecycle.role;
