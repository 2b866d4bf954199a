-- The codes of dossiers: case types, the statuses of every workflow with those of the old enum, and that enum itself.
set local role jalon_owner;
set local lock_timeout = '5s';

-- A dossier without a case type, or of one without a workflow, may have every active code (the
-- requirement's "generic dossiers").
insert into jalon_engine.category (code, label, description, others_are_free) values
('CASE_TYPE', 'Case types', 'Kinds of dossier; each may have a workflow of its own.', false),
('CASE_STATUS', 'Case statuses', 'Where a dossier may stand.', true),
('DOSSIER_STATUS', 'Dossier statuses', 'The old enum, for clients that know no other.', false);

with seed (category, code, position, outcome, is_initial, is_final, color, icon, max_stay, en, fr) as (
    values
    ('CASE_TYPE', 'CRM_LEAD_BUY', 10, 'active', false, false, '#2f6fde', 'home', null::interval, 'Lead: purchase',
        'Prospect acheteur'),
    ('CASE_TYPE', 'CRM_LEAD_RENT', 20, 'active', false, false, '#12a4a4', 'key', null, 'Lead: rental',
        'Prospect locataire'),
    ('CASE_TYPE', 'CRM_OWNER_LEAD', 30, 'active', false, false, '#f2b01e', 'user', null, 'Lead: owner',
        'Prospect propriétaire'),
    ('CASE_TYPE', 'CRM_SALE_TRANSACTION', 40, 'active', false, false, '#2e9e5b', 'file-signature', null, 'Sale',
        'Transaction de vente'),
    ('CASE_TYPE', 'CRM_RENTAL_TRANSACTION', 50, 'active', false, false, '#7a5af0', 'file-text', null, 'Rental',
        'Transaction de location'),
    ('CASE_STATUS', 'NEW', 10, 'open', false, false, '#9aa5b1', 'circle', '3 days', 'New', 'Nouveau'),
    ('CASE_STATUS', 'QUALIFYING', 20, 'active', false, false, '#12a4a4', 'search', '7 days', 'Qualifying',
        'En qualification'),
    ('CASE_STATUS', 'QUALIFIED', 30, 'active', false, false, '#2f6fde', 'check', '14 days', 'Qualified', 'Qualifié'),
    ('CASE_STATUS', 'APPOINTMENT', 40, 'waiting', false, false, '#7a5af0', 'calendar', '30 days', 'Appointment',
        'Rendez-vous'),
    ('CASE_STATUS', 'WON', 50, 'done', false, true, '#2e9e5b', 'trophy', null, 'Won', 'Gagné'),
    ('CASE_STATUS', 'LOST', 60, 'dropped', false, true, '#d64545', 'x', null, 'Lost', 'Perdu'),
    ('CASE_STATUS', 'DRAFT', 70, 'open', false, false, '#5b6b7b', 'pencil', '30 days', 'Draft', 'Brouillon'),
    ('CASE_STATUS', 'CRM_NEW', 110, 'open', false, false, '#9aa5b1', 'circle', '2 days', 'New', 'Nouveau'),
    ('CASE_STATUS', 'CRM_QUALIFIED', 120, 'active', false, false, '#2f6fde', 'check', '14 days', 'Qualified',
        'Qualifié'),
    ('CASE_STATUS', 'CRM_VISIT_PLANNED', 130, 'waiting', false, false, '#7a5af0', 'calendar', '21 days',
        'Visit planned', 'Visite planifiée'),
    ('CASE_STATUS', 'CRM_VISIT_DONE', 140, 'active', false, false, '#12a4a4', 'eye', '14 days', 'Visited',
        'Visite faite'),
    ('CASE_STATUS', 'CRM_VALUATION_PLANNED', 150, 'waiting', false, false, '#7a5af0', 'calendar', '21 days',
        'Valuation planned', 'Estimation planifiée'),
    ('CASE_STATUS', 'CRM_MANDATE_PROPOSED', 160, 'waiting', false, false, '#f2b01e', 'file', '21 days',
        'Mandate proposed', 'Mandat proposé'),
    ('CASE_STATUS', 'CRM_APPLICATION_FILED', 170, 'active', false, false, '#2f6fde', 'folder', '7 days',
        'Application filed', 'Candidature déposée'),
    ('CASE_STATUS', 'CRM_APPLICATION_ACCEPTED', 180, 'active', false, false, '#12a4a4', 'check', '14 days',
        'Application accepted', 'Candidature retenue'),
    ('CASE_STATUS', 'CRM_OFFER_MADE', 210, 'waiting', false, false, '#f2b01e', 'mail', '10 days', 'Offer made',
        'Offre faite'),
    ('CASE_STATUS', 'CRM_OFFER_ACCEPTED', 220, 'active', false, false, '#12a4a4', 'check', '21 days', 'Offer accepted',
        'Offre acceptée'),
    ('CASE_STATUS', 'CRM_COMPROMISE_SIGNED', 230, 'active', false, false, '#2f6fde', 'pen', '30 days',
        'Compromise signed', 'Compromis signé'),
    ('CASE_STATUS', 'CRM_FINANCING_PENDING', 240, 'waiting', false, false, '#f2b01e', 'bank', '60 days',
        'Financing pending', 'Financement en attente'),
    ('CASE_STATUS', 'CRM_LEASE_DRAFTED', 250, 'active', false, false, '#2f6fde', 'file-text', '14 days',
        'Lease drafted', 'Bail rédigé'),
    ('CASE_STATUS', 'CRM_SIGNING_SCHEDULED', 260, 'waiting', false, false, '#7a5af0', 'calendar', '30 days',
        'Signing scheduled', 'Signature planifiée'),
    ('CASE_STATUS', 'CRM_SIGNED', 270, 'active', false, false, '#2e9e5b', 'file-signature', '30 days', 'Signed',
        'Signé'),
    ('CASE_STATUS', 'CRM_HANDED_OVER', 280, 'done', false, true, '#2e9e5b', 'key', null, 'Handed over', 'Clés remises'),
    ('CASE_STATUS', 'CRM_CANCELLED', 290, 'dropped', false, true, '#d64545', 'ban', null, 'Cancelled', 'Annulé'),
    ('CASE_STATUS', 'CRM_CLOSED_WON', 300, 'done', false, true, '#2e9e5b', 'trophy', null, 'Closed: won',
        'Clos : gagné'),
    ('CASE_STATUS', 'CRM_CLOSED_LOST', 310, 'dropped', false, true, '#d64545', 'x', null, 'Closed: lost',
        'Clos : perdu'),
    ('DOSSIER_STATUS', 'NEW', 10, 'open', true, false, '#9aa5b1', 'circle', null, 'New', 'Nouveau'),
    ('DOSSIER_STATUS', 'QUALIFYING', 20, 'active', false, false, '#12a4a4', 'search', null, 'Qualifying',
        'En qualification'),
    ('DOSSIER_STATUS', 'QUALIFIED', 30, 'active', false, false, '#2f6fde', 'check', null, 'Qualified', 'Qualifié'),
    ('DOSSIER_STATUS', 'APPOINTMENT', 40, 'waiting', false, false, '#7a5af0', 'calendar', null, 'Appointment',
        'Rendez-vous'),
    ('DOSSIER_STATUS', 'WON', 50, 'done', false, true, '#2e9e5b', 'trophy', null, 'Won', 'Gagné'),
    ('DOSSIER_STATUS', 'LOST', 60, 'dropped', false, true, '#d64545', 'x', null, 'Lost', 'Perdu'),
    ('DOSSIER_STATUS', 'DRAFT', 70, 'open', false, false, '#5b6b7b', 'pencil', null, 'Draft', 'Brouillon')
),
codes as (
    insert into jalon_engine.referential (category, code, label, position, outcome, is_initial, is_final, color,
        icon, max_stay)
    select s.category, s.code, s.en, s.position, s.outcome, s.is_initial, s.is_final, s.color, s.icon,
        s.max_stay from seed s
)
insert into jalon_engine.referential_label (category, code, language, label)
select s.category, s.code, l.language, case l.language when 'fr' then s.fr else s.en end
from seed s cross join (values ('en'), ('fr')) l (language);

insert into jalon_dossiers.outcome_mapping (outcome, status) values
('open', 'NEW'), ('active', 'QUALIFIED'), ('waiting', 'APPOINTMENT'), ('done', 'WON'), ('dropped', 'LOST');

insert into jalon_dossiers.status_mapping (status_code, status, rank)
select f.code, f.code, 0 from jalon_engine.referential f where f.category = 'DOSSIER_STATUS';

insert into jalon_dossiers.status_mapping (status_code, status, rank) values
('CRM_NEW', 'NEW', 10),
('CRM_QUALIFIED', 'QUALIFIED', 10),
('CRM_VISIT_PLANNED', 'APPOINTMENT', 10),
('CRM_CLOSED_WON', 'WON', 10),
('CRM_CLOSED_LOST', 'LOST', 10),
('CRM_VISIT_DONE', 'QUALIFIED', 20),
('CRM_VALUATION_PLANNED', 'APPOINTMENT', 20),
('CRM_MANDATE_PROPOSED', 'APPOINTMENT', 30),
('CRM_APPLICATION_FILED', 'QUALIFYING', 20),
('CRM_APPLICATION_ACCEPTED', 'QUALIFIED', 30),
('CRM_OFFER_MADE', 'QUALIFYING', 30),
('CRM_OFFER_ACCEPTED', 'QUALIFIED', 40),
('CRM_COMPROMISE_SIGNED', 'QUALIFIED', 50),
('CRM_FINANCING_PENDING', 'QUALIFIED', 60),
('CRM_LEASE_DRAFTED', 'QUALIFIED', 70),
('CRM_SIGNING_SCHEDULED', 'APPOINTMENT', 40),
('CRM_SIGNED', 'WON', 30),
('CRM_HANDED_OVER', 'WON', 20),
('CRM_CANCELLED', 'LOST', 20);
