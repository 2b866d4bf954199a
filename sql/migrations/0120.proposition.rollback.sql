-- The table that stands on these statuses went before (0121).
set local role jalon_owner;
set local lock_timeout = '5s';
delete from lifecycle.rule where category = 'PROPOSITION_STATUS';
delete from lifecycle.rule_scope where category = 'PROPOSITION_STATUS';
delete from lifecycle.action_label where category = 'PROPOSITION_STATUS';
delete from lifecycle.workflow where category = 'PROPOSITION_STATUS';
delete from lifecycle.role r where r.code in ('initiator', 'moderator', 'participant')
and not exists (select from lifecycle.permission_rule p where p.role = r.code)
and not exists (select from lifecycle.role_grant g where g.role = r.code);
delete from lifecycle.referential where category = 'PROPOSITION_STATUS';
delete from lifecycle.category where code = 'PROPOSITION_STATUS';
