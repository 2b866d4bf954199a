set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.template
where name in ('orders', 'support_tickets', 'crm_leads', 'recruiting', 'publication_with_moderation', 'approvals');
