-- Codes with their labels in every language, so that a report joins instead of guessing.
create or replace view jalon_recap.languages as
select l.code, l.label, l.position, l.is_default from jalon_engine.language l;
comment on view jalon_recap.languages is 'Languages in which labels exist.';
comment on column jalon_recap.languages.code is 'Language tag.';
comment on column jalon_recap.languages.label is 'The language''s own name.';
comment on column jalon_recap.languages.position is 'Order in lists.';
comment on column jalon_recap.languages.is_default is 'The one used where nothing is asked for.';
grant select on jalon_recap.languages to jalon_bi, jalon_dba;

create or replace view jalon_recap.codes as
select
    r.category, r.code::text as code, l.code as language, coalesce(o.label, d.label, r.label) as label,
        coalesce(o.description, d.description, r.description) as description,
    r.position, r.color, r.icon, r.outcome, r.outcome not in ('done', 'dropped') as is_running, r.is_initial,
        r.is_final, r.is_active, r.max_stay, extract(epoch from r.max_stay)::double precision as max_stay_seconds,
        r.category || ':' || r.code as status_key
from jalon_engine.referential r
cross join jalon_engine.language l
left join jalon_engine.referential_label o on o.category = r.category and o.code = r.code and o.language = l.code
left join jalon_engine.language f on f.is_default
left join jalon_engine.referential_label d on d.category = r.category and d.code = r.code and d.language = f.code;
comment on view jalon_recap.codes is 'Every code in every language, with what it means to a recap.';
comment on column jalon_recap.codes.category is 'Category.';
comment on column jalon_recap.codes.code is 'Code, as rows and history hold it.';
comment on column jalon_recap.codes.language is 'Language of label and description.';
comment on column jalon_recap.codes.label is
'Label in that language, else in the default language, else the code''s own.';
comment on column jalon_recap.codes.description is 'Description in that language.';
comment on column jalon_recap.codes.position is 'Order in lists.';
comment on column jalon_recap.codes.color is 'Colour as #rrggbb.';
comment on column jalon_recap.codes.icon is 'Name of an icon.';
comment on column jalon_recap.codes.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon_recap.codes.is_running is
'Whether a record that stands here is still in the pipe: neither done nor dropped.';
comment on column jalon_recap.codes.is_initial is 'Records may begin here.';
comment on column jalon_recap.codes.is_final is 'Records end here.';
comment on column jalon_recap.codes.is_active is 'Whether it may still be entered.';
comment on column jalon_recap.codes.max_stay is 'Longest stay before jalon_recap.overdue names the record.';
comment on column jalon_recap.codes.max_stay_seconds is 'The longest stay in seconds.';
comment on column jalon_recap.codes.status_key is 'Category and code; with the language it is a key.';
grant select on jalon_recap.codes to jalon_bi, jalon_dba;

-- Under the names that people ask for.
create or replace view jalon_recap.category as
select c.code, c.label, c.description from jalon_engine.category c;
comment on view jalon_recap.category is 'Categories.';
comment on column jalon_recap.category.code is 'Name of the category.';
comment on column jalon_recap.category.label is 'What people call it.';
comment on column jalon_recap.category.description is 'What its codes say.';
grant select on jalon_recap.category to jalon_bi, jalon_dba;

create or replace view jalon_recap.referential as
select r.category, r.code, r.label, r.description, r.position, r.color, r.icon, r.outcome, r.is_initial, r.is_final,
    r.is_active, r.max_stay, r.meta, extract(epoch from r.max_stay)::double precision as max_stay_seconds
from jalon_engine.referential r;
comment on view jalon_recap.referential is 'Codes of every category, with the label in the default language.';
comment on column jalon_recap.referential.category is 'Category.';
comment on column jalon_recap.referential.code is 'Code, as rows and history hold it.';
comment on column jalon_recap.referential.label is 'Label in the default language.';
comment on column jalon_recap.referential.description is 'What it means to be at this code.';
comment on column jalon_recap.referential.position is 'Order in lists.';
comment on column jalon_recap.referential.color is 'Colour as #rrggbb.';
comment on column jalon_recap.referential.icon is 'Name of an icon.';
comment on column jalon_recap.referential.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon_recap.referential.is_initial is 'Records may begin here.';
comment on column jalon_recap.referential.is_final is 'Records end here.';
comment on column jalon_recap.referential.is_active is 'Whether it may still be entered.';
comment on column jalon_recap.referential.max_stay is 'Longest stay before jalon_recap.overdue names the record.';
comment on column jalon_recap.referential.meta is 'Anything else.';
comment on column jalon_recap.referential.max_stay_seconds is 'The longest stay in seconds.';
grant select on jalon_recap.referential to jalon_bi, jalon_dba;
