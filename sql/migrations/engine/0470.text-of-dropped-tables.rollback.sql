set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code = 'verify.table_dropped';
