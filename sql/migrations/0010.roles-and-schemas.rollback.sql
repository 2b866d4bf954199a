-- Roles stay: they belong to the server, and other databases may use them.
set local role jalon_owner;
drop table ops.reloaded_file;
drop table ops.reload;
drop table ops.migration_digest;
revoke usage on schema ops from jalon_dba;
alter default privileges for role jalon_owner grant execute on functions to public;
alter default privileges for role jalon_owner grant usage on types to public;
drop schema recap;
drop schema jalon_history;
drop schema api;
drop schema jalon;
drop schema jalon_generated;
drop schema membership;
drop schema dossier;
drop schema event;
drop schema proposition;
drop schema roadshow;
drop schema jalon_engine;
