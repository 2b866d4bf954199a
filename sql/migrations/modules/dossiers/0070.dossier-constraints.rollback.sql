set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.constraint_text where constraint_name in (
    'assignee_is_not_blank', 'lead_name_is_not_blank', 'lead_phone_is_not_blank', 'organisation_is_not_blank',
    'source_is_not_blank');
