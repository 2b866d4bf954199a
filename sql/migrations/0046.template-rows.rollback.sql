set local role jalon_owner;
delete from lifecycle.template
where name in ('orders', 'support_tickets', 'crm_leads', 'recruiting', 'publication_with_moderation', 'approvals');
