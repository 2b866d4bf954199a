-- An index for searching by the beginning of any word; the expression is that of jalon_engine.search_vector_sql.
set local role jalon_owner;
set local lock_timeout = '5s';

create index events_words_idx on jalon_events.events using gin (
    pg_catalog.to_tsvector('pg_catalog.simple'::pg_catalog.regconfig, pg_catalog.translate(pg_catalog.lower(
        coalesce(title, '') || ' ' || coalesce(place, '')),
        'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’''', 'aaaaaaceeeeiiiinooooouuuuyy  ')));
