set local role jalon_owner;
drop sequence jalon_engine.call_number;
drop table jalon_engine.secret;
drop table jalon_engine.config_history;
drop table jalon_engine.permission_rule;
drop table jalon_engine.permission;
drop table jalon_engine.role_grant;
drop table jalon_engine.role;
