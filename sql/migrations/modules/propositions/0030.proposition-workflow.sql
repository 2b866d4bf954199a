-- The statuses of propositions, their labels in both languages, and the transitions between them.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.category (code, label, description)
values ('PROPOSITION_STATUS', 'Propositions', 'From the first draft to the archive.');

insert into jalon_engine.referential (category, code, label, position, color, icon, outcome, is_initial, is_final,
    description) values
('PROPOSITION_STATUS', 'draft', 'Draft', 10, '#8A8F98', 'pencil', 'open', true, false,
    'Its initiator still writes; nobody else sees it.'),
('PROPOSITION_STATUS', 'submitted', 'Submitted', 20, '#2F6FDE', 'inbox', 'waiting', false, false,
    'It waits for a moderator.'),
('PROPOSITION_STATUS', 'debate', 'In debate', 30, '#B36B00', 'chat', 'active', false, false, 'Everyone discusses it.'),
('PROPOSITION_STATUS', 'vote', 'In vote', 40, '#7A3FC2', 'ballot', 'active', false, false, 'Everyone votes on it.'),
('PROPOSITION_STATUS', 'adopted', 'Adopted', 50, '#1E8E4E', 'check', 'done', false, false, 'The vote was in favour.'),
('PROPOSITION_STATUS', 'rejected', 'Rejected', 60, '#C0392B', 'cross', 'dropped', false, false,
    'Refused by a moderator or by the vote.'),
('PROPOSITION_STATUS', 'archived', 'Archived', 70, '#4A4F57', 'archive', 'done', false, true,
    'Kept for the record; nothing changes any more.');

insert into jalon_engine.referential_label (category, code, language, label, description) values
('PROPOSITION_STATUS', 'draft', 'en', 'Draft', 'Its initiator still writes; nobody else sees it.'),
('PROPOSITION_STATUS', 'submitted', 'en', 'Submitted', 'It waits for a moderator.'),
('PROPOSITION_STATUS', 'debate', 'en', 'In debate', 'Everyone discusses it.'),
('PROPOSITION_STATUS', 'vote', 'en', 'In vote', 'Everyone votes on it.'),
('PROPOSITION_STATUS', 'adopted', 'en', 'Adopted', 'The vote was in favour.'),
('PROPOSITION_STATUS', 'rejected', 'en', 'Rejected', 'Refused by a moderator or by the vote.'),
('PROPOSITION_STATUS', 'archived', 'en', 'Archived', 'Kept for the record; nothing changes any more.'),
('PROPOSITION_STATUS', 'draft', 'fr', 'Brouillon', 'Son initiateur écrit encore ; personne d''autre ne la voit.'),
('PROPOSITION_STATUS', 'submitted', 'fr', 'Soumise', 'Elle attend un modérateur.'),
('PROPOSITION_STATUS', 'debate', 'fr', 'En débat', 'Tout le monde en discute.'),
('PROPOSITION_STATUS', 'vote', 'fr', 'Au vote', 'Tout le monde vote.'),
('PROPOSITION_STATUS', 'adopted', 'fr', 'Adoptée', 'Le vote a été favorable.'),
('PROPOSITION_STATUS', 'rejected', 'fr', 'Rejetée', 'Refusée par un modérateur ou par le vote.'),
('PROPOSITION_STATUS', 'archived', 'fr', 'Archivée', 'Gardée pour mémoire ; plus rien ne change.');

insert into jalon_engine.role (code, label, description) values
('initiator', 'Initiator', 'Who put the record forward; given by the record itself.'),
('moderator', 'Moderator', 'Watches over what others publish.'),
('participant', 'Participant', 'Takes part; on a proposition also whoever holds one of its roles.')
on conflict on constraint role_pk do nothing;

insert into jalon_engine.workflow (category, version, state, label)
values ('PROPOSITION_STATUS', 1, 'draft', 'Propositions');

insert into jalon_engine.workflow_transition
(category, version, from_code, to_code, action, roles, requires_reason, required_fields, icon, position) values
('PROPOSITION_STATUS', 1, 'draft', 'submitted', 'submit', '{initiator}', false, '{title,body}', 'send', 10),
('PROPOSITION_STATUS', 1, 'draft', 'archived', 'abandon', '{initiator,admin}', false, null, 'trash', 20),
('PROPOSITION_STATUS', 1, 'submitted', 'debate', 'open_debate', '{moderator,admin}', false, null, 'chat', 30),
('PROPOSITION_STATUS', 1, 'submitted', 'draft', 'send_back', '{initiator,moderator,admin}', true, null, 'undo', 40),
('PROPOSITION_STATUS', 1, 'submitted', 'rejected', 'reject', '{moderator,admin}', true, null, 'cross', 50),
-- The holder of a custom role called facilitator conducts the debate of that proposition.
('PROPOSITION_STATUS', 1, 'debate', 'vote', 'open_vote', '{moderator,admin,custom:facilitator}', false, null, 'ballot',
    60),
('PROPOSITION_STATUS', 1, 'debate', 'rejected', 'reject', '{moderator,admin}', true, null, 'cross', 70),
('PROPOSITION_STATUS', 1, 'vote', 'adopted', 'adopt', '{moderator,admin}', false, null, 'check', 80),
('PROPOSITION_STATUS', 1, 'vote', 'rejected', 'reject', '{moderator,admin}', true, null, 'cross', 90),
('PROPOSITION_STATUS', 1, 'vote', 'debate', 'reopen_debate', '{moderator,admin}', true, null, 'undo', 100),
('PROPOSITION_STATUS', 1, 'rejected', 'draft', 'rework', '{initiator}', false, null, 'pencil', 110),
('PROPOSITION_STATUS', 1, 'rejected', 'archived', 'archive', '{moderator,admin}', false, null, 'archive', 120),
('PROPOSITION_STATUS', 1, 'adopted', 'archived', 'archive', '{moderator,admin}', false, null, 'archive', 130);

update jalon_engine.workflow set state = 'published', published_at = now() where category = 'PROPOSITION_STATUS';

insert into jalon_engine.action_label (category, action, language, label) values
('PROPOSITION_STATUS', 'create', 'en', 'Put forward'), ('PROPOSITION_STATUS', 'create', 'fr', 'Proposer'),
('PROPOSITION_STATUS', 'submit', 'en', 'Submit'), ('PROPOSITION_STATUS', 'submit', 'fr', 'Soumettre'),
('PROPOSITION_STATUS', 'abandon', 'en', 'Abandon'), ('PROPOSITION_STATUS', 'abandon', 'fr', 'Abandonner'),
('PROPOSITION_STATUS', 'open_debate', 'en', 'Open the debate'),
('PROPOSITION_STATUS', 'open_debate', 'fr', 'Ouvrir le débat'),
('PROPOSITION_STATUS', 'send_back', 'en', 'Send back to draft'),
('PROPOSITION_STATUS', 'send_back', 'fr', 'Renvoyer en brouillon'),
('PROPOSITION_STATUS', 'reject', 'en', 'Reject'), ('PROPOSITION_STATUS', 'reject', 'fr', 'Rejeter'),
('PROPOSITION_STATUS', 'open_vote', 'en', 'Open the vote'), ('PROPOSITION_STATUS', 'open_vote', 'fr', 'Ouvrir le vote'),
('PROPOSITION_STATUS', 'adopt', 'en', 'Adopt'), ('PROPOSITION_STATUS', 'adopt', 'fr', 'Adopter'),
('PROPOSITION_STATUS', 'reopen_debate', 'en', 'Reopen the debate'),
('PROPOSITION_STATUS', 'reopen_debate', 'fr', 'Rouvrir le débat'),
('PROPOSITION_STATUS', 'rework', 'en', 'Rework'), ('PROPOSITION_STATUS', 'rework', 'fr', 'Retravailler'),
('PROPOSITION_STATUS', 'archive', 'en', 'Archive'), ('PROPOSITION_STATUS', 'archive', 'fr', 'Archiver');

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t
where t.code in ('initiator', 'moderator', 'participant')
on conflict do nothing;

insert into jalon_engine.role_label (role, language, label, description) values
('initiator', 'fr', 'Initiateur', 'Qui a déposé l''enregistrement ; donné par l''enregistrement lui-même.'),
('moderator', 'fr', 'Modérateur', 'Veille sur ce que d''autres publient.'),
('participant', 'fr', 'Participant', 'Prend part ; sur une proposition, aussi qui tient l''un de ses rôles.')
on conflict do nothing;
