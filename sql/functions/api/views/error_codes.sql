-- The web application reads once what each SQLSTATE means over HTTP.
create or replace view jalon_api.error_codes as
select c.sqlstate, c.http_status, c.title, c.description from jalon_engine.error_code c;
comment on view jalon_api.error_codes is 'SQLSTATEs that Jalon raises and the HTTP status of each.';
comment on column jalon_api.error_codes.sqlstate is 'The SQLSTATE.';
comment on column jalon_api.error_codes.http_status is 'HTTP status.';
comment on column jalon_api.error_codes.title is 'Short name.';
comment on column jalon_api.error_codes.description is 'What it means.';
grant select on jalon_api.error_codes to jalon_api;
