set local role jalon_owner;
drop type jalon_engine.moved;
drop type jalon_engine.context;
drop type jalon_engine.answer;
drop table jalon_engine.setting;
drop table jalon_engine.display_text;
drop table jalon_engine.error_code;
drop table jalon_engine.language;
