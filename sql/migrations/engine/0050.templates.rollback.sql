set local role jalon_owner;
set local lock_timeout = '5s';
drop type jalon_engine.effect;
drop type jalon_engine.finding;
drop table jalon_engine.template;
drop table jalon_engine.check_function;
