-- Every text that a person or a program reads from the engine is a row: error codes,
-- messages in each language, settings.
-- Functions name the code; the words live here. And the row types that functions pass to each other.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.language (
    code text constraint language_pk primary key,
    label text not null,
    position integer not null default 0,
    is_active boolean not null default true,
    is_default boolean not null default false,
    constraint code_is_a_language_tag check (code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$')
);
comment on table jalon_engine.language is 'Languages in which labels and messages exist; any other is added by a row.';
comment on column jalon_engine.language.code is 'Language tag, lower case (fr, en, pt-BR).';
comment on column jalon_engine.language.label is 'The language''s own name.';
comment on column jalon_engine.language.position is 'Order in lists.';
comment on column jalon_engine.language.is_active is 'Whether a published workflow must have labels in it.';
comment on column jalon_engine.language.is_default is 'The language used where the reader''s own has no text.';
create unique index one_language_is_the_default on jalon_engine.language (is_default) where is_default;

create table jalon_engine.error_code (
    sqlstate text constraint error_code_pk primary key,
    http_status integer not null,
    title text not null,
    description text not null,
    constraint sqlstate_is_ours check (sqlstate ~ '^JL[1-5][0-9]{2}$'),
    constraint http_status_is_an_error check (http_status between 400 and 599)
);
comment on table jalon_engine.error_code is
'The registry of SQLSTATEs that Jalon raises; it drives functions, HTTP, OpenAPI and the documents.';
comment on column jalon_engine.error_code.sqlstate is 'The SQLSTATE a caller branches on.';
comment on column jalon_engine.error_code.http_status is 'The HTTP status the web application answers with.';
comment on column jalon_engine.error_code.title is 'Short name of the error.';
comment on column jalon_engine.error_code.description is 'What it means and what to do about it.';

create table jalon_engine.display_text (
    code text not null,
    language text not null constraint display_text_language_fk references jalon_engine.language (code),
    template text not null,
    hint text,
    constraint display_text_pk primary key (code, language)
);
comment on table jalon_engine.display_text is
'Texts by code and language; {names} in a template are filled from the parameters of the moment.';
comment on column jalon_engine.display_text.code is 'A SQLSTATE, or a dotted name of a module''s own text.';
comment on column jalon_engine.display_text.language is 'Language of the text.';
comment on column jalon_engine.display_text.template is 'The text with {placeholders}.';
comment on column jalon_engine.display_text.hint is 'What the reader may do next, with {placeholders}.';
create index display_text_language_idx on jalon_engine.display_text (language);

create table jalon_engine.constraint_text (
    constraint_name text not null,
    language text not null constraint constraint_text_language_fk references jalon_engine.language (code),
    field text,
    template text not null,
    constraint constraint_text_pk primary key (constraint_name, language)
);
comment on table jalon_engine.constraint_text is
'What people read whose values a constraint or a unique index refuses. Rows for tables of your own are welcome.';
comment on column jalon_engine.constraint_text.constraint_name is 'Constraint or unique index.';
comment on column jalon_engine.constraint_text.language is 'Language of the text.';
comment on column jalon_engine.constraint_text.field is 'Field of a request that it is about; empty if none.';
comment on column jalon_engine.constraint_text.template is 'The text.';
create index constraint_text_language_idx on jalon_engine.constraint_text (language);

create table jalon_engine.setting (
    name text constraint setting_pk primary key,
    value jsonb not null,
    description text not null
);
comment on table jalon_engine.setting is 'Settings of the engine that live with the data, not with a process.';
comment on column jalon_engine.setting.name is 'Dotted name of the setting.';
comment on column jalon_engine.setting.value is 'Its value as JSON.';
comment on column jalon_engine.setting.description is 'What it changes.';

create type jalon_engine.answer as (status integer, body json, etag text, headers jsonb);
comment on type jalon_engine.answer is
'What every function of schema jalon_api returns: an HTTP status, the body as sent, its ETag, further headers.';

create type jalon_engine.context as (
    actor text, roles text[], reason text, kind text, meta jsonb, bulk_id uuid, on_behalf_of text,
    db_role text, named_by text
);
comment on type jalon_engine.context is 'Who acts, in which roles of the token, why, how the change is to be marked, '
'and what named them: c a call, a the application, t or s a DBA, empty the login itself.';

create type jalon_engine.moved as (
    tracked text, id text, column_name text, old_code text, new_code text, version integer, changed_at timestamptz,
    has_changed boolean
);
comment on type jalon_engine.moved is 'The outcome of one move.';
grant select on jalon_engine.setting to jalon_historian;
