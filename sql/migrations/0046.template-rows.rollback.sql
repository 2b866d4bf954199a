set local role jalon_owner;
delete from jalon_engine.template
where name in ('orders', 'support_tickets', 'crm_leads', 'recruiting', 'publication_with_moderation', 'approvals');
