-- The codes of every category, labels of all languages beside.

create or replace view jalon.codes as
select r.category, r.code, r.label, coalesce(l.labels, '{}') as labels, r.description, r.position, r.color, r.icon,
    r.outcome, r.is_initial, r.is_final, r.is_active, r.max_stay, r.meta
from jalon_engine.referential r
left join lateral (
    select jsonb_object_agg(t.language, t.label) as labels from jalon_engine.referential_label t
    where t.category = r.category and t.code = r.code
) l on true;
comment on view jalon.codes is 'Codes of every category.';
comment on column jalon.codes.category is 'Category.';
comment on column jalon.codes.code is 'The stable code.';
comment on column jalon.codes.label is 'Label where no better one is.';
comment on column jalon.codes.labels is 'Labels by language.';
comment on column jalon.codes.description is 'What it means.';
comment on column jalon.codes.position is 'Order.';
comment on column jalon.codes.color is 'Colour.';
comment on column jalon.codes.icon is 'Icon.';
comment on column jalon.codes.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon.codes.is_initial is 'Records may begin here.';
comment on column jalon.codes.is_final is 'Records end here.';
comment on column jalon.codes.is_active is 'Whether it may be entered.';
comment on column jalon.codes.max_stay is 'Longest stay.';
comment on column jalon.codes.meta is 'Anything else.';
grant select on jalon.codes to jalon_dba;
