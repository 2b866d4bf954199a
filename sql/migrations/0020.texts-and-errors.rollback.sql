set local role jalon_owner;
drop type lifecycle.moved;
drop type lifecycle.context;
drop type lifecycle.answer;
drop table lifecycle.setting;
drop table lifecycle.message;
drop table lifecycle.error_code;
drop table lifecycle.language;
