-- Some hundred dossiers and a year of their lives: each walks the transitions of its workflow at its own pace. The walk
-- is the same every time, told as an import so that it lies in the past. Where the first dossier stands, all do.
do $$
declare
    v_people constant text[] := '{paul,sarah,karim,ines}';
    v_first constant text[] :=
        '{Camille,Louis,Emma,Hugo,Chloé,Nathan,Léa,Lucas,Manon,Jules,Zoé,Adam,Inès,Gabriel,Jade,Raphaël}';
    v_last constant text[] :=
        '{Martin,Bernard,Dubois,Thomas,Robert,Petit,Durand,Leroy,'
        'Moreau,Simon,Laurent,Lefebvre,Garcia,Roux,Fournier,Girard}';
    v_sources constant text[] := '{WEB,PHONE,REFERRAL,WALK_IN,EMAIL}';
    v_offices constant text[] := '{Lyon,Paris 9,Nantes}';
    v_why_not constant text[] :=
        '{Budget trop court,A choisi une autre agence,Ne répond plus,Projet reporté,Financement refusé}';
    v_why constant text[] := '{Rappelé ce matin,Pièces reçues,Vu à l''agence,Confirmé par courriel}';
    v_types constant text[] := array(select f.code from jalon_engine.referential f
        where f.category = 'CASE_TYPE' and exists (
            select from jalon_engine.rule_case_type s where s.category = 'CASE_STATUS' and s.case_type = f.code)
        order by f.position);
    v_id uuid;
    v_type text;
    v_ruling text;
    v_code text;
    v_at timestamptz;
    v_next record;
begin
    if exists (select from jalon_dossiers.dossier d where d.id = md5('demo dossier 1')::uuid) then
        return;
    end if;
    perform setseed(0.42);
    perform jalon_history.ensure_months('dossier', now() - interval '13 months', now());
    for n in 1..320 loop
        v_id := md5('demo dossier ' || n)::uuid;
        v_type := case when random() < 0.88 then v_types[1 + floor(random() * cardinality(v_types))::integer] end;
        v_ruling := coalesce(v_type, '*');
        v_at := now() - random() * interval '365 days';
        select r.to_code into v_code from jalon_engine.rule r
        where r.category = 'CASE_STATUS' and r.case_type = v_ruling and r.from_code = ''
          and (v_type is not null or exists (select from jalon_engine.referential f
              where f.category = 'DOSSIER_STATUS' and f.code = r.to_code and f.is_initial))
        order by random() * r.position limit 1;
        perform jalon_engine.seal_actor('t', v_people[1 + n % cardinality(v_people)], 'admin', '',
            '{"kind": "import"}');
        insert into jalon_dossiers.dossier (id, case_type, status_code, lead_name, lead_phone, source, assignee,
            organisation, created_at, updated_at, status_changed_at)
        values (v_id, v_type, v_code, v_first[1 + n % 16] || ' ' || v_last[1 + n * 7 % 16],
            '+336' || lpad((n::bigint * 7919777 % 100000000)::text, 8, '0'),
            v_sources[1 + floor(random() * 5)::integer], v_people[1 + n % cardinality(v_people)], v_offices[1 + n % 3],
            v_at, v_at, v_at);
        loop
            exit when random() < 0.06;
            select r.to_code, f.outcome,
                v_at + (0.1 + random()) * coalesce(c.max_stay, interval '10 days') * 0.8 as at into v_next
            from jalon_engine.rule r
            join jalon_engine.referential f on f.category = r.category and f.code = r.to_code
            join jalon_engine.referential c on c.category = r.category and c.code = v_code
            where r.category = 'CASE_STATUS' and r.case_type = v_ruling and r.from_code = v_code and not c.is_final
              and (v_type is not null or f.position > c.position
                   and exists (select from jalon_engine.referential d
                       where d.category = 'DOSSIER_STATUS' and d.code = f.code and not d.outcome = 'open'))
            order by random() * case f.outcome when 'dropped' then 1.3 when 'done' then 2 else 3 end desc limit 1;
            exit when v_next.to_code is null or v_next.at > now();
            v_code := v_next.to_code;
            v_at := v_next.at;
            perform jalon_engine.seal_actor('t', v_people[1 + (n + (random() < 0.2)::integer) % cardinality(v_people)],
                'admin', case when v_next.outcome = 'dropped' then v_why_not[1 + floor(random() * 5)::integer]
                        when random() < 0.4 then v_why[1 + floor(random() * 4)::integer] else '' end,
                '{"kind": "import"}');
            update jalon_dossiers.dossier set status_code = v_code, status_changed_at = v_at, updated_at = v_at
            where id = v_id;
        end loop;
    end loop;
    perform jalon_engine.seal_actor(p_scope => 't', p_actor => null, p_roles => null);
end
$$;
