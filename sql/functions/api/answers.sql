-- How a function of schema jalon_api answers, and how a list is cut into pages. Each constructor becomes part of the
-- statement that answers; its names are bound when it is made.

create or replace function jalon_engine.respond(
    p_status integer, p_body json, p_etag text default null, p_headers jsonb default null
)
returns jalon_engine.answer
language sql immutable
return (p_status, p_body, p_etag, p_headers)::jalon_engine.answer;
comment on function jalon_engine.respond(integer, json, text, jsonb) is
'An answer with any status, for those that have no constructor of their own.';

create or replace function jalon_engine.ok(p_body json, p_etag text default null, p_headers jsonb default null)
returns jalon_engine.answer
language sql immutable
return (200, p_body, p_etag, p_headers)::jalon_engine.answer;
comment on function jalon_engine.ok(json, text, jsonb) is '200 OK.';

create or replace function jalon_engine.created(p_body json, p_location text default null, p_etag text default null)
returns jalon_engine.answer
language sql stable
return (201, p_body, p_etag, jsonb_strip_nulls(jsonb_build_object('location', p_location)))::jalon_engine.answer;
comment on function jalon_engine.created(json, text, text) is '201 Created, and where that is to be found.';

create or replace function jalon_engine.accepted(p_body json, p_location text default null)
returns jalon_engine.answer
language sql stable
return (202, p_body, null, jsonb_strip_nulls(jsonb_build_object('location', p_location)))::jalon_engine.answer;
comment on function jalon_engine.accepted(json, text) is '202 Accepted, and where the outcome will be found.';

create or replace function jalon_engine.no_content()
returns jalon_engine.answer
language sql immutable
return (204, null, null, null)::jalon_engine.answer;
comment on function jalon_engine.no_content() is '204 No Content.';

create or replace function jalon_engine.page_limit(p_input jsonb)
returns integer
language sql immutable
return coalesce((p_input ->> 'limit')::integer, 50);
comment on function jalon_engine.page_limit(jsonb) is
'How many items a page has. A list reads one more, so that it knows whether there is another page.';

create or replace function jalon_engine.next_cursor(p_has_more boolean, p_position jsonb)
returns text
language sql immutable
return case when p_has_more then jalon_engine.cursor(p_position) end;
comment on function jalon_engine.next_cursor(boolean, jsonb) is
'The cursor of the next page, which begins after this position; null where this page is the last one.';

create or replace function jalon_engine.page_headers(p_next text, p_more jsonb default '{}')
returns jsonb
language sql stable
return p_more || case when p_next is null then '{}' else jsonb_build_object(':next', p_next) end;
comment on function jalon_engine.page_headers(text, jsonb) is
'Headers of a page, of which the web application makes the link to the next one.';

create or replace function jalon_engine.page(p_items json, p_next text, p_headers jsonb default '{}')
returns jalon_engine.answer
language sql stable
return (200, json_build_object('items', coalesce(p_items, '[]'), 'next', p_next), null,
    jalon_engine.page_headers(p_next, p_headers))::jalon_engine.answer;
comment on function jalon_engine.page(json, text, jsonb) is
'A page of a list: its items, and the cursor of the next page.';
