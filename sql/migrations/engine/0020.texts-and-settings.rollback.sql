set local role jalon_owner;
set local lock_timeout = '5s';
drop type jalon_engine.moved;
drop type jalon_engine.context;
drop type jalon_engine.answer;
drop table jalon_engine.setting;
drop table jalon_engine.display_text;
drop table jalon_engine.error_code;
drop table jalon_engine.language;
