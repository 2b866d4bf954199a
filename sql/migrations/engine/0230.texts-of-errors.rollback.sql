set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text
where code ~ '^(why\.)?JL' or code like 'callable.%' or code in ('life.overlaps', 'move.column');
