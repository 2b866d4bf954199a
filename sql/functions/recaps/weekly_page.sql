-- The recap of a week as a page: to print, or to send as an e-mail. No script, no outside asset, styles where e-mail
-- programs read them; every text is escaped.

create or replace function jalon_engine.html(p_text text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(replace(replace(replace(replace(replace(p_text, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"',
        '&quot;'), '''', '&#39;'), '')
$$;
comment on function jalon_engine.html(text) is 'A text to stand in HTML.';

create or replace function jalon_engine.week_counts_html(p_table jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with shown as (
        select w.* from (values (2, 'at_start', 'atStart'), (3, 'entered', 'entered'),
            (4, 'entered_before', 'enteredBefore'), (5, 'departed', 'departed'),
            (6, 'departed_before', 'departedBefore'), (7, 'at_end', 'atEnd')) w (place, word, member)
        where p_table #> '{counts,0}' ? w.member or w.word not like '%before')
    select format('<table style="border-collapse:collapse;margin:8px 0" cellpadding="6">'
        '<thead><tr>%s</tr></thead><tbody>%s</tbody></table>',
        (select string_agg(format('<th style="text-align:%s;border-bottom:2px solid #333">%s</th>',
            case h.place when 1 then 'left' else 'right' end,
            jalon_engine.html(jalon_engine.text_of('weekly.' || h.word, '{}', p_language))), '' order by h.place)
         from (select 1 as place, 'status' as word union all select s.place, s.word from shown s) h),
        (select string_agg(
            format('<tr><td style="border-bottom:1px solid #ddd;border-left:6px solid %s">%s</td>%s</tr>',
                coalesce(c ->> 'color', '#999999'), jalon_engine.html(c ->> 'label'), (
                    select string_agg(format('<td style="text-align:right;border-bottom:1px solid #ddd">%s</td>',
                        c ->> s.member), '' order by s.place) from shown s)), '' order by n)
         from jsonb_array_elements(p_table -> 'counts') with ordinality x (c, n)))
$$;
comment on function jalon_engine.week_counts_html(jsonb, text) is 'The counts of a weekly recap as a table.';

create or replace function jalon_engine.week_changes_html(p_table jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format('<h4 style="margin:10px 0 2px">%s</h4><ul style="margin:0;padding-left:20px">%s</ul>',
        jalon_engine.html(jalon_engine.week_name(p_table, r ->> 'record')), (
            select string_agg(format('<li>%s&ensp;%s &rarr; <b>%s</b>, %s%s</li>',
                to_char((c ->> 'localTime')::timestamp, 'YYYY-MM-DD HH24:MI'), jalon_engine.html(
                    coalesce(c ->> 'fromLabel', jalon_engine.text_of('weekly.created', '{}', p_language))),
                jalon_engine.html(coalesce(c ->> 'toLabel', jalon_engine.text_of('weekly.gone', '{}', p_language))),
                jalon_engine.html(c ->> 'by'),
                case when c ->> 'reason' is not null then ': <i>' || jalon_engine.html(c ->> 'reason') || '</i>' end),
                '' order by m)
            from jsonb_array_elements(r -> 'changes') with ordinality y (c, m))), '' order by n)
    from jsonb_array_elements(p_table -> 'records') with ordinality x (r, n)
$$;
comment on function jalon_engine.week_changes_html(jsonb, text) is 'The changes of a weekly recap, record by record.';

create or replace function jalon_engine.week_html(p_table jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select concat(format('<h2 style="font-size:18px;margin:24px 0 4px">%s</h2>',
        jalon_engine.html(coalesce(p_table ->> 'title', p_table ->> 'table'))),
        jalon_engine.week_counts_html(p_table, p_language),
        (select string_agg(format('<p style="margin:4px 0"><b>%s</b>: %s</p>',
            jalon_engine.html(jalon_engine.text_of(m.word, '{}', p_language)),
            jalon_engine.html(jalon_engine.week_names(p_table, m.name))), '' order by m.place)
         from (values (1, 'entered', 'weekly.came'), (2, 'left', 'weekly.went'), (3, 'passed', 'weekly.passed'))
             m (place, name, word)
         where p_table -> m.name <> '[]'),
        '<h3 style="font-size:15px;margin:14px 0 2px">'
            || jalon_engine.html(jalon_engine.text_of('weekly.changes', '{}', p_language)) || '</h3>'
            || jalon_engine.week_changes_html(p_table, p_language)
            || coalesce('<p>' || jalon_engine.week_rest(p_table, 'records') || '</p>', ''),
        '<h3 style="font-size:15px;margin:14px 0 2px">'
            || jalon_engine.html(jalon_engine.text_of('weekly.interactions', '{}', p_language))
            || '</h3><p style="margin:2px 0">'
            || jalon_engine.html(jalon_engine.week_types(p_table -> 'interactionsByType'))
            || '</p><ul style="margin:0;padding-left:20px">' || (
            select string_agg(format('<li>%s: %s</li>', jalon_engine.html(i ->> 'name'),
                jalon_engine.html(jalon_engine.week_types(i -> 'types'))), '' order by n)
            from jsonb_array_elements(p_table -> 'interactions') with ordinality x (i, n)) || '</ul>',
        '<h3 style="font-size:15px;margin:14px 0 2px">' || jalon_engine.html(
            jalon_engine.text_of('weekly.silent', p_table, p_language))
            || '</h3><ul style="margin:0;padding-left:20px">' || (
            select string_agg(format('<li>%s: %s</li>', jalon_engine.html(s ->> 'name'),
                jalon_engine.html(jalon_engine.week_silence(s, p_language))), '' order by n)
            from jsonb_array_elements(p_table -> 'silent') with ordinality x (s, n)) || '</ul>')
$$;
comment on function jalon_engine.week_html(jsonb, text) is 'One table''s part of a weekly recap as HTML.';

create or replace function jalon_engine.week_page(p_recap jsonb, p_footer text default '')
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format('<!doctype html>
<html lang="%1$s"><head><meta charset="utf-8">'
'<meta name="viewport" content="width=device-width, initial-scale=1"><title>%2$s</title></head>
<body style="font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:1.4;color:#222;background:#fff;'
'max-width:800px;margin:0 auto;padding:16px">
<h1 style="font-size:22px;margin:0 0 8px">%2$s</h1>
%3$s%4$s</body></html>
', jalon_engine.html(p_recap ->> 'language'), jalon_engine.html(jalon_engine.week_title(p_recap)),
        coalesce((select string_agg(jalon_engine.week_html(t, p_recap ->> 'language'), e'\n' order by n)
            from jsonb_array_elements(p_recap -> 'tables') with ordinality x (t, n)
            where not jalon_engine.week_is_empty(t)),
            format('<p>%s</p>',
                jalon_engine.html(jalon_engine.text_of('weekly.nothing', '{}', p_recap ->> 'language')))), p_footer)
$$;
comment on function jalon_engine.week_page(jsonb, text) is 'A weekly recap as an HTML page, above a footer in HTML.';

create or replace function jalon_recap.weekly_page(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.week_page(jalon_recap.weekly(weekly_page.week, weekly_page.time_zone, weekly_page.language,
        weekly_page.tracked))
$$;
comment on function jalon_recap.weekly_page(text, text, text, text) is
'The recap of an ISO week as an HTML page to print or to send, for every tracked table or one.';
revoke execute on function jalon_recap.weekly_page(text, text, text, text) from public;
grant execute on function jalon_recap.weekly_page(text, text, text, text) to jalon_bi, jalon_dba;
