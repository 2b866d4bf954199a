-- Languages. Labels and messages may be written in any of them; whoever publishes a workflow
-- needs labels in the active ones.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.language (code, label, position, is_default)
values ('en', 'English', 1, true), ('fr', 'Français', 2, false);
