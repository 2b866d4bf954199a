set local role jalon_owner;
set local lock_timeout = '5s';
-- Labels and texts that were written since are in one of these languages.
delete from jalon_engine.referential_label;
delete from jalon_engine.action_label;
delete from jalon_engine.role_label;
delete from jalon_engine.permission_label;
delete from jalon_engine.display_text;
delete from jalon_engine.language;
