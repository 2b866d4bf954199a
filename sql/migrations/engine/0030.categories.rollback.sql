set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_engine.referential_label;
drop table jalon_engine.referential;
drop table jalon_engine.category;
