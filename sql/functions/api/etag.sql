-- The ETag of a record, what If-Match says of it, and what is said where that names another.

create or replace function jalon_engine.etag(p_id text, p_version integer)
returns text
language sql stable
-- The one expression of "<id>.<version>". An id that a header cannot carry is written in hexadecimal. It becomes part
-- of the statement that asks; its names are bound when it is made.
return '"' || case when p_id ~ '^[A-Za-z0-9_:-]+$' then p_id else 'x' || encode(convert_to(p_id, 'UTF8'), 'hex') end
    || '.' || p_version || '"';
comment on function jalon_engine.etag(text, integer) is 'The ETag of a record: "<id>.<version>".';

create or replace function jalon_engine.content_etag(p_id text, p_revision integer, p_version integer)
returns text
language sql stable
return jalon_engine.etag(p_id || ':' || p_revision, p_version);
comment on function jalon_engine.content_etag(text, integer, integer) is
'The ETag of a record and its content: "<id>:<revision>.<version>".';

create or replace function jalon_engine.matches(p_caller jsonb, p_etag text)
returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_header constant text := btrim(p_caller ->> 'ifMatch');
begin
    -- RFC 9110: any of the tags, compared strongly, so that a weak one (W/) never matches.
    if v_header is null or v_header = '*' then
        return true;
    end if;
    if v_header !~ '^(W/)?"[^"]*"(\s*,\s*(W/)?"[^"]*")*$' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'If-Match', 'why', '"<id>.<version>"'),
            'JL405.etag');
    end if;
    return p_etag = any (regexp_split_to_array(v_header, '\s*,\s*'));
end
$$;
comment on function jalon_engine.matches(jsonb, text) is 'Whether the caller''s If-Match, if any, names this ETag.';

create or replace function jalon_engine.require_match(p_caller jsonb, p_table text, p_id text, p_version integer)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_caller ? 'ifMatch' and not jalon_engine.matches(p_caller, jalon_engine.etag(p_id, p_version)) then
        perform jalon_engine.fail('JL410', jsonb_build_object('table', p_table, 'id', p_id, 'version', p_version,
            'etag', jalon_engine.etag(p_id, p_version), 'expected', p_caller ->> 'ifMatch'));
    end if;
end
$$;
comment on function jalon_engine.require_match(jsonb, text, text, integer) is
'Fails with JL410 unless the caller''s If-Match, if any, names the version that the locked row has.';

create or replace function jalon_engine.fail_changed(
    p_facts jsonb, p_edited_by text, p_edited_at timestamptz, p_moved_at timestamptz
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_edited_by is not null and p_edited_at > p_moved_at then
        perform jalon_engine.fail('JL410', p_facts || jsonb_build_object('who', p_edited_by,
            'edited', jsonb_build_object('by', p_edited_by, 'at', p_edited_at)),
            'JL410.edited');
    end if;
    perform jalon_engine.fail('JL410', p_facts);
end
$$;
comment on function jalon_engine.fail_changed(jsonb, text, timestamptz, timestamptz)
is 'Fails with JL410, and where the last that happened to the record was a change of its content, names who made '
    'it and when.';

create or replace function jalon_engine.require_etag(
    p_caller jsonb, p_etag text, p_facts jsonb, p_edited_by text, p_edited_at timestamptz, p_moved_at timestamptz
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_caller ? 'ifMatch' and not jalon_engine.matches(p_caller, p_etag) then
        perform jalon_engine.fail_changed(p_facts || jsonb_build_object('etag', p_etag,
            'expected', p_caller ->> 'ifMatch'), p_edited_by, p_edited_at, p_moved_at);
    end if;
end
$$;
comment on function jalon_engine.require_etag(jsonb, text, jsonb, text, timestamptz, timestamptz)
is 'Fails with JL410 unless the caller''s If-Match, if any, names the ETag that the locked record has.';

create or replace function jalon_engine.require_content_match(
    p_caller jsonb, p_table text, p_id text, p_revision integer, p_version integer, p_edited_by text,
    p_edited_at timestamptz, p_moved_at timestamptz
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A caller who names the content ("<id>:<revision>.<version>") is asked for it; one who names the status alone, for
    -- that.
    perform jalon_engine.require_etag(p_caller, case
        when p_caller ->> 'ifMatch' like '%:%' then jalon_engine.content_etag(p_id, p_revision, p_version)
        else jalon_engine.etag(p_id, p_version) end,
        p_facts => jsonb_build_object('table', p_table, 'id', p_id, 'version', p_version),
        p_edited_by => p_edited_by, p_edited_at => p_edited_at, p_moved_at => p_moved_at);
end
$$;
comment on function jalon_engine.require_content_match(jsonb, text, text, integer, integer, text,
    timestamptz, timestamptz)
is 'Fails with JL410 unless If-Match, if any, names the locked record, or the record and its content, as they stand.';
