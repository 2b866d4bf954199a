-- Why a record of many cannot move, in few words without codes: many refusals have one reason.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template) values
('bulk.JL101', 'en', '{from} does not lead to {to}'),
('bulk.JL101', 'fr', '{from} ne mène pas à {to}'),
('bulk.JL102', 'en', 'somebody moved it meanwhile'),
('bulk.JL102', 'fr', 'quelqu''un l''a changé entre-temps'),
('bulk.JL103', 'en', '{from} is final'),
('bulk.JL103', 'fr', '{from} est final'),
('bulk.JL301', 'en', 'a reason is needed'),
('bulk.JL301', 'fr', 'il faut un motif'),
('bulk.JL401', 'en', 'it is not there any more'),
('bulk.JL401', 'fr', 'il n''existe plus');
