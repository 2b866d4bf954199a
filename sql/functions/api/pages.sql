-- Pages by keyset, and points in time as callers write them.

create or replace function jalon_engine.cursor(p_position jsonb)
returns text
language sql immutable
-- Becomes part of the statement that asks; its names are bound when it is made.
return translate(encode(convert_to(p_position::text, 'UTF8'), 'base64'), E'+/=\n', '-_');
comment on function jalon_engine.cursor(jsonb) is 'Where a page ended, as an opaque text for an address.';

create or replace function jalon_engine.decoded_cursor(p_cursor text)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_position jsonb;
begin
    v_position := convert_from(decode(rpad(translate(p_cursor, '-_', '+/'), (length(p_cursor) + 3) / 4 * 4, '='),
        'base64'), 'UTF8')::jsonb;
    return case jsonb_typeof(v_position) when 'array' then v_position else '[]' end;
exception when data_exception or character_not_in_repertoire then
    return '[]';
end
$$;
comment on function jalon_engine.decoded_cursor(text) is
'The parts that jalon_engine.cursor wrote; none if it is not a cursor.';

create or replace function jalon_engine.cursor_position(p_cursor text, p_parts integer)
returns jsonb
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_position constant jsonb := jalon_engine.decoded_cursor(p_cursor);
begin
    if p_cursor is not null and jsonb_array_length(v_position) <> p_parts then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'after', 'why', p_cursor), 'JL405.cursor');
    end if;
    return case when p_cursor is not null then v_position end;
end
$$;
comment on function jalon_engine.cursor_position(text, integer) is
'The position that jalon_engine.cursor wrote; JL405 for anything else.';

create or replace function jalon_engine.moment(p_field text, p_text text)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return p_text::timestamptz;
exception when data_exception then
    perform jalon_engine.fail('JL405', jsonb_build_object('field', p_field, 'why', p_text), 'JL405.moment');
end
$$;
comment on function jalon_engine.moment(text, text) is 'A point in time from a request; JL405 where it is none.';
