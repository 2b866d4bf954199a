-- A missing apostrophe.
set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.message set template = 'Il ne s''est rien passé cette semaine.' where code = 'weekly.nothing' and language = 'fr';
