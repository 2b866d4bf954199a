-- What Accept-Language is matched against.
create or replace view jalon_api.languages as
select l.code, l.label, l.is_default from jalon_engine.language l where l.is_active
order by l.is_default desc, l.position, l.code;
comment on view jalon_api.languages is 'Active languages, the default one first.';
comment on column jalon_api.languages.code is 'Language tag.';
comment on column jalon_api.languages.label is 'Its own name.';
comment on column jalon_api.languages.is_default is 'Whether it is the default.';
grant select on jalon_api.languages to jalon_api;
