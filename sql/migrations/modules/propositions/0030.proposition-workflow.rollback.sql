set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.role r where r.code in ('initiator', 'moderator', 'participant')
and not exists (select from jalon_engine.permission_rule p where p.role = r.code)
and not exists (select from jalon_engine.role_grant g where g.role = r.code);
delete from jalon_engine.rule where category = 'PROPOSITION_STATUS';
delete from jalon_engine.rule_case_type where category = 'PROPOSITION_STATUS';
delete from jalon_engine.action_label where category = 'PROPOSITION_STATUS';
delete from jalon_engine.workflow where category = 'PROPOSITION_STATUS';
delete from jalon_engine.referential where category = 'PROPOSITION_STATUS';
delete from jalon_engine.category where code = 'PROPOSITION_STATUS';
