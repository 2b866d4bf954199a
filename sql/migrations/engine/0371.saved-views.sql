-- Views of lists that people saved: filters, order and columns under a name, for themselves or for a role.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.saved_view (
    id uuid not null default gen_random_uuid() constraint saved_view_pk primary key,
    list text not null,
    name text not null,
    query jsonb not null,
    owner text not null,
    role text,
    created_at timestamptz not null default now(),
    constraint name_of_a_view_is_not_blank check (name ~ '\S'),
    constraint query_of_a_view_is_an_object check (jsonb_typeof(query) = 'object')
);
comment on table jalon_engine.saved_view is 'Views of lists that people saved, for themselves or for a role.';
comment on column jalon_engine.saved_view.id is 'Identifier.';
comment on column jalon_engine.saved_view.list is 'List that it is of: that of an area, or records/orders.';
comment on column jalon_engine.saved_view.name is 'What people call it.';
comment on column jalon_engine.saved_view.query is 'Filters, order and columns, as the list''s address has them.';
comment on column jalon_engine.saved_view.owner is 'Actor who saved it.';
comment on column jalon_engine.saved_view.role is 'Role whose holders see it; empty: the owner alone does.';
comment on column jalon_engine.saved_view.created_at is 'When it was saved.';
create index saved_view_owner_idx on jalon_engine.saved_view (owner, list);
create index saved_view_role_idx on jalon_engine.saved_view (list, role) where role is not null;

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('name_of_a_view_is_not_blank', 'en', 'name', 'a view needs a name'),
('name_of_a_view_is_not_blank', 'fr', 'name', 'une vue a besoin d''un nom'),
('query_of_a_view_is_an_object', 'en', 'query', 'the query of a view is an object'),
('query_of_a_view_is_an_object', 'fr', 'query', 'la requête d''une vue est un objet');

insert into jalon_engine.permission (code, label, description) values
('share_views', 'Share views', 'Save views of lists for any role, and change those of others.');
insert into jalon_engine.permission_rule (role, permission) values ('admin', 'share_views');
insert into jalon_engine.permission_label (permission, language, label, description) values
('share_views', 'en', 'Share views', 'Save views of lists for any role, and change those of others.'),
('share_views', 'fr', 'Partager des vues',
    'Enregistrer des vues de listes pour tout rôle, et modifier celles des autres.');

insert into jalon_engine.display_text (code, language, template, hint) values
('JL405.views', 'en', '{field}: nobody has more than {why} views', 'Delete one that is not used any more.'),
('JL405.views', 'fr', '{field} : personne n''a plus de {why} vues', 'Supprimez-en une qui ne sert plus.');
