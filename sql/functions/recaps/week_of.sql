-- What a module knows of its own table's week besides its changes. A module that has something to add makes a function
-- jalon_recap.<table>_week(week text, time_zone text, language text, records text[]) returns jsonb; the recap finds it
-- by its name. The recap's page and lines show these members of it: title, names (key -> name), interactions, silent.

create or replace function jalon_recap.week_of(tracked text, week text, time_zone text, language text, records text[])
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regprocedure := to_regprocedure(format('jalon_recap.%I(text, text, text, text[])',
        week_of.tracked || '_week'));
    v_part jsonb;
begin
    if v_function is not null then
        execute format('select jalon_recap.%I($1, $2, $3, $4)', week_of.tracked || '_week') into v_part
        using week_of.week, week_of.time_zone, week_of.language, coalesce(week_of.records, '{}');
    end if;
    return coalesce(v_part, '{}');
end
$$;
comment on function jalon_recap.week_of(text, text, text, text, text[]) is
'What a table''s module adds to the recap of a week: names of the records in it, and whatever else it knows.';
revoke execute on function jalon_recap.week_of(text, text, text, text, text[]) from public;
grant execute on function jalon_recap.week_of(text, text, text, text, text[]) to jalon_bi, jalon_dba;
