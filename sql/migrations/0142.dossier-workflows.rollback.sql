set local role jalon_owner;
set local lock_timeout = '5s';
delete from lifecycle.action_label where category = 'CASE_STATUS';
delete from lifecycle.workflow where category = 'CASE_STATUS';
