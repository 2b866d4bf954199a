set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.masked_column where (relation, column_name) in (
    ('dossier', 'lead_name'),
    ('dossier', 'lead_phone'),
    ('dossier', 'assignee'));
