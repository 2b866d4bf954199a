set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code like 'meaning.%' or code = 'error_code.JL401';
