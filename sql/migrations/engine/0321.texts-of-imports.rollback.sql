set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text
where split_part(code, '.', 1) = 'import' or code in ('JL405.future', 'JL405.later');
