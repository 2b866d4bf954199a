set local role jalon_owner;
set local lock_timeout = '5s';
drop type jalon_engine.planned;
drop type jalon_engine.rule_difference;
drop type jalon_engine.rule_item;
drop table jalon_engine.rule_file;
