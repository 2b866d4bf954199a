-- What jalon_bi_masked sees of dossiers.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('dossier', 'lead_name', 'omit'),
('dossier', 'lead_phone', 'omit'),
('dossier', 'assignee', 'person');
