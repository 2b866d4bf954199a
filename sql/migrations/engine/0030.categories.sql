-- Categories of codes. A code is what rows and history hold; everything shown about it is here.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.category (
    code text constraint category_pk primary key,
    label text not null,
    description text,
    others_are_free boolean not null default false,
    constraint code_is_not_blank check (code ~ '\S')
);
comment on table jalon_engine.category is 'A family of codes: the statuses of one kind of record, or its case types.';
comment on column jalon_engine.category.code is 'Name of the category (CASE_STATUS).';
comment on column jalon_engine.category.label is 'What people call it.';
comment on column jalon_engine.category.description is 'What it is for.';
comment on column jalon_engine.category.others_are_free is 'Whether case types without a workflow may use every active '
'code, although others have one. Otherwise they are unknown.';

create table jalon_engine.referential (
    category text not null constraint referential_category_fk references jalon_engine.category (code),
    code varchar(100) not null,
    label text not null,
    description text,
    position integer not null default 0,
    color text,
    icon text,
    outcome text not null default 'active',
    is_initial boolean not null default false,
    is_final boolean not null default false,
    is_active boolean not null default true,
    max_stay interval,
    meta jsonb not null default '{}',
    constraint referential_pk primary key (category, code),
    constraint code_is_not_blank check (code ~ '\S'),
    constraint outcome_is_known check (outcome in ('open', 'active', 'waiting', 'done', 'dropped')),
    constraint color_is_hexadecimal check (color ~ '^#[0-9a-fA-F]{6}$'),
    constraint max_stay_is_positive check (max_stay > interval '0'),
    constraint meta_is_an_object check (jsonb_typeof(meta) = 'object')
);
comment on table jalon_engine.referential is
'The codes of every category. Deactivated rather than deleted: history keeps naming them.';
comment on column jalon_engine.referential.category is 'The category it belongs to.';
comment on column jalon_engine.referential.code is 'The stable code that rows and history hold.';
comment on column jalon_engine.referential.label is 'Label where the reader''s language has none.';
comment on column jalon_engine.referential.description is 'What it means to be at this code.';
comment on column jalon_engine.referential.position is 'Order in lists.';
comment on column jalon_engine.referential.color is 'Colour as #rrggbb.';
comment on column jalon_engine.referential.icon is 'Name of an icon.';
comment on column jalon_engine.referential.outcome is
'open, active, waiting, done or dropped: what the code means to a recap.';
comment on column jalon_engine.referential.is_initial is 'Records may begin here.';
comment on column jalon_engine.referential.is_final is 'Records end here.';
comment on column jalon_engine.referential.is_active is 'Whether the code may still be entered.';
comment on column jalon_engine.referential.max_stay is 'Longest stay before jalon_recap.overdue names the record.';
comment on column jalon_engine.referential.meta is 'Anything else a module keeps with a code.';

create table jalon_engine.referential_label (
    category text not null,
    code varchar(100) not null,
    language text not null constraint referential_label_language_fk references jalon_engine.language (code),
    label text not null,
    description text,
    constraint referential_label_pk primary key (category, code, language),
    constraint referential_label_code_fk foreign key (category, code)
    references jalon_engine.referential (category, code) on delete cascade on update cascade
);
comment on table jalon_engine.referential_label is 'Labels of codes per language.';
comment on column jalon_engine.referential_label.category is 'Category of the code.';
comment on column jalon_engine.referential_label.code is 'The code.';
comment on column jalon_engine.referential_label.language is 'Language of the label.';
comment on column jalon_engine.referential_label.label is 'The label.';
comment on column jalon_engine.referential_label.description is 'The description.';
create index referential_label_language_idx on jalon_engine.referential_label (language);
