-- The recap of a week for a terminal: psql or `jalon recap weekly`. The words are rows of jalon_engine.display_text.

create or replace function jalon_engine.week_title(p_recap jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.text_of('weekly.title',
        jsonb_build_object('week', p_recap -> 'week', 'zone', p_recap -> 'timeZone',
            'from', ((p_recap ->> 'from')::timestamptz at time zone (p_recap ->> 'timeZone'))::date,
            'until', ((p_recap ->> 'until')::timestamptz at time zone (p_recap ->> 'timeZone'))::date - 1),
        p_recap ->> 'language')
$$;
comment on function jalon_engine.week_title(jsonb) is 'The heading of a weekly recap.';

create or replace function jalon_engine.week_name(p_table jsonb, p_record text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(p_table -> 'names' ->> p_record, p_record) $$;
comment on function jalon_engine.week_name(jsonb, text) is
'What a record is called in a weekly recap: its name, else its key.';

create or replace function jalon_engine.week_rest(p_table jsonb, p_list text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format('… (%s)', p_table #>> array['totals', p_list])
    where (p_table #>> array['totals', p_list])::bigint > jsonb_array_length(p_table -> p_list)
$$;
comment on function jalon_engine.week_rest(jsonb, text) is
'How many a list of a weekly recap has in all, where it was shortened.';

create or replace function jalon_engine.week_names(p_table jsonb, p_movement text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format('%s (%s)', jalon_engine.week_name(p_table, e ->> 'record'), e ->> 'label'),
        ', ' order by n) || coalesce(', ' || jalon_engine.week_rest(p_table, p_movement), '')
    from jsonb_array_elements(p_table -> p_movement) with ordinality x (e, n)
$$;
comment on function jalon_engine.week_names(jsonb, text) is 'The records of one movement of a weekly recap, in a row.';

create or replace function jalon_engine.week_types(p_types jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format('%s %s', e ->> 'label', e ->> 'count'), ', ' order by n)
    from jsonb_array_elements(p_types) with ordinality x (e, n)
$$;
comment on function jalon_engine.week_types(jsonb) is 'Types of interactions with their counts, in a row.';

create or replace function jalon_engine.week_silence(p_silent jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select concat_ws(', ', jalon_engine.text_of('weekly.days', p_silent, p_language),
        case when p_silent ->> 'lastInteraction' is null then jalon_engine.text_of('weekly.never', '{}', p_language)
            else jalon_engine.text_of('weekly.last', jsonb_build_object('date', p_silent -> 'lastInteraction'),
                p_language) end, p_silent ->> 'owner')
$$;
comment on function jalon_engine.week_silence(jsonb, text) is 'Since when a record is silent, and whose it is.';

create or replace function jalon_engine.week_is_empty(p_table jsonb)
returns boolean
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_array_length(p_table -> 'records') + jsonb_array_length(coalesce(p_table -> 'interactions', '[]'))
        + jsonb_array_length(coalesce(p_table -> 'silent', '[]')) = 0
$$;
comment on function jalon_engine.week_is_empty(jsonb) is 'Whether a table has nothing to tell of a week.';

create or replace function jalon_engine.week_count_lines(p_table jsonb, p_language text)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with shown as (
        select w.* from (values ('at_start', 'atStart', 10), ('entered', 'entered', 8),
            ('entered_before', 'enteredBefore', 20), ('departed', 'departed', 8),
            ('departed_before', 'departedBefore', 20), ('at_end', 'atEnd', 10)) w (word, member, width)
        where p_table #> '{counts,0}' ? w.member or w.word not like '%before')
    select '  ' || rpad(jalon_engine.text_of('weekly.status', '{}', p_language), 30) || (
        select string_agg(' ' || lpad(jalon_engine.text_of('weekly.' || s.word, '{}', p_language), s.width), '')
        from shown s)
    union all
    select '  ' || rpad(c ->> 'label', 30) || (
        select string_agg(' ' || lpad(c ->> s.member, s.width), '') from shown s)
    from jsonb_array_elements(p_table -> 'counts') c
$$;
comment on function jalon_engine.week_count_lines(jsonb, text) is
'The counts of a weekly recap, line by line; beside those of the week before where it has them.';

create or replace function jalon_engine.week_lines(p_table jsonb, p_language text)
returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_movement record;
    v_record jsonb;
begin
    return next '';
    return next upper(coalesce(p_table ->> 'title', p_table ->> 'table'));
    return query select jalon_engine.week_count_lines(p_table, p_language);
    for v_movement in select * from (values ('entered', 'weekly.came'), ('left', 'weekly.went'),
        ('passed', 'weekly.passed')) m (name, word) loop
        if p_table -> v_movement.name <> '[]' then
            return next format('  %s: %s', jalon_engine.text_of(v_movement.word, '{}', p_language),
                jalon_engine.week_names(p_table, v_movement.name));
        end if;
    end loop;
    for v_record in select r from jsonb_array_elements(p_table -> 'records') r loop
        return next '  ' || jalon_engine.week_name(p_table, v_record ->> 'record');
        return query
        select rtrim(format('    %s  %s -> %s  %s  %s', to_char((c ->> 'localTime')::timestamp, 'YYYY-MM-DD HH24:MI'),
            coalesce(c ->> 'fromLabel', jalon_engine.text_of('weekly.created', '{}', p_language)),
            coalesce(c ->> 'toLabel', jalon_engine.text_of('weekly.gone', '{}', p_language)),
            c ->> 'by', c ->> 'reason'))
        from jsonb_array_elements(v_record -> 'changes') c;
    end loop;
    return query select '  ' || r from jalon_engine.week_rest(p_table, 'records') r where r is not null;
    if coalesce(p_table -> 'interactions', '[]') <> '[]' then
        return next format('  %s: %s', jalon_engine.text_of('weekly.interactions', '{}', p_language),
            jalon_engine.week_types(p_table -> 'interactionsByType'));
        return query
        select format('    %s: %s', i ->> 'name', jalon_engine.week_types(i -> 'types'))
        from jsonb_array_elements(p_table -> 'interactions') i;
    end if;
    if coalesce(p_table -> 'silent', '[]') <> '[]' then
        return next '  ' || jalon_engine.text_of('weekly.silent', p_table, p_language);
        return query
        select format('    %s: %s', s ->> 'name', jalon_engine.week_silence(s, p_language))
        from jsonb_array_elements(p_table -> 'silent') s;
    end if;
end
$$;
comment on function jalon_engine.week_lines(jsonb, text) is 'One table''s part of a weekly recap, line by line.';

create or replace function jalon_engine.week_text(p_recap jsonb, p_with_empty boolean)
returns setof text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return next jalon_engine.week_title(p_recap);
    return query
    select l from jsonb_array_elements(p_recap -> 'tables') t
    cross join lateral jalon_engine.week_lines(t, p_recap ->> 'language') l
    where p_with_empty or not jalon_engine.week_is_empty(t);
    if not exists (select from jsonb_array_elements(p_recap -> 'tables') t where not jalon_engine.week_is_empty(t)) then
        return next jalon_engine.text_of('weekly.nothing', '{}', p_recap ->> 'language');
    end if;
end
$$;
comment on function jalon_engine.week_text(jsonb, boolean) is
'A weekly recap line by line, with or without the tables that have nothing to tell.';

create or replace function jalon_recap.weekly_lines(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns table (line text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select l from jalon_engine.week_text(jalon_recap.weekly(weekly_lines.week, weekly_lines.time_zone,
        weekly_lines.language, weekly_lines.tracked), weekly_lines.tracked is not null) l
$$;
comment on function jalon_recap.weekly_lines(text, text, text, text) is
'The recap of an ISO week to be read in a terminal, for every tracked table or one.';
revoke execute on function jalon_recap.weekly_lines(text, text, text, text) from public;
grant execute on function jalon_recap.weekly_lines(text, text, text, text) to jalon_bi, jalon_dba;
