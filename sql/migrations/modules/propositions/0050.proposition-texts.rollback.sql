set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code in ('JL104', 'JL421', 'JL422') or code like 'proposition.%';
