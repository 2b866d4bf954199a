set local role jalon_owner;
set local lock_timeout = '5s';

-- What was answered under a key is answered again only to whoever still has the rights it was answered under; a secret is given out once.
alter table jalon_engine.idempotency add column rights text[] not null default '{}';
comment on column jalon_engine.idempotency.rights is
'Roles and permissions of its caller (+) and what was forbidden to them (-) when it was answered: a repeat needs no fewer.';
delete from jalon_engine.idempotency i where json_typeof((i.answer).body) = 'object' and (i.answer).body ->> 'secret' is not null;

insert into jalon_engine.display_text (code, language, template, hint) values
('JL203.replay', 'en', '{actor} no longer has the rights under which this was done ({right})', 'The same request under another Idempotency-Key asks again.'),
('JL203.replay', 'fr', '{actor} n''a plus les droits sous lesquels cela a été fait ({right})', 'La même requête sous une autre Idempotency-Key le redemande.'),
('JL405.template_role', 'en', 'the template {template} has no role {role}', 'Its roles: {allowed}.'),
('JL405.template_role', 'fr', 'le modèle {template} n''a pas de rôle {role}', 'Ses rôles : {allowed}.');
