set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.record_edit;
