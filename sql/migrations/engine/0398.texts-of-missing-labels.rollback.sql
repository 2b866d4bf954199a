set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code in ('JL505.label', 'JL505.language');
