set local role jalon_owner;
set local lock_timeout = '5s';
delete from lifecycle.message m where m.code = 'JL408';
delete from lifecycle.error_code c where c.sqlstate = 'JL408';
drop table lifecycle.api_key;
drop table lifecycle.idempotency;
