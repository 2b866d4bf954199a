set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.action_label where category = 'CASE_STATUS';
delete from jalon_engine.workflow where category = 'CASE_STATUS';
