set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text m where m.code = 'JL408';
delete from jalon_engine.error_code c where c.sqlstate = 'JL408';
drop table jalon_engine.api_key;
drop table jalon_engine.idempotency;
