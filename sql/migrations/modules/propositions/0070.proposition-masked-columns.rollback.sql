set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.masked_column where relation like 'proposition%';
