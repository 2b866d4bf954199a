set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text
where code in ('check.code_added', 'check.code_changed', 'JL405.isolation.code', 'JL407.draft_code');
