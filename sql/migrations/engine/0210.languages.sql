-- Languages. Labels and messages may be written in any of them; whoever publishes a workflow
-- needs labels in the active ones: English, and what is asked for (jalon migrate --languages).
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.language (code, label, position, is_active, is_default)
values ('en', 'English', 1, true, true), ('fr', 'Français', 2, false, false);
