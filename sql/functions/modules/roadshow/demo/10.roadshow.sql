-- Forty counterparties with three months of movement, told through the import kind so that
-- each change has its own time.
do $$
declare
    v_begin constant timestamptz := date_trunc('day', now()) - interval '92 days' + interval '8 hours';
    v_owners constant text[] := array['anna', 'claire', 'hugo', 'lea'];
    v_sectors constant text[] := array['Fonds infrastructure', 'Family office', 'Capital-investissement', 'Assureur',
        'Industriel', 'Banque'];
    v record;
    v_step record;
    v_at timestamptz;
begin
    if exists (select from jalon_roadshow.roadshow_counterparty) then
        return;
    end if;
    perform jalon_history.ensure_months('roadshow_counterparty', v_begin, now());
    for v in
        select n, name, v_owners[1 + n % 4] as owner, v_sectors[1 + n * 5 % 6] as sector,
            (1 + n * 7 % 20) * 2500000 as ticket,
            v_begin + (n * 37 % 70) * interval '1 day' + (n * 53 % 540) * interval '1 minute' as at
        from unnest(array['Alcyon Capital', 'Arpège Partners', 'Astrolabe Invest', 'Aubrac Gestion', 'Banque Mercœur',
            'Belledonne PE', 'Boréal Infra', 'Caisse du Littoral', 'Calanques AM', 'Camargue Family Office',
            'Canopée Capital', 'Chartreuse Invest', 'Cormoran Partners', 'Dune & Associés', 'Écume Ventures',
            'Estuaire Capital', 'Falaise Infrastructure', 'Garrigue Patrimoine', 'Glénan Partners',
            'Grand Large Invest', 'Iroise Assurances', 'Jura Capital', 'Landes Énergies', 'Loire Développement',
            'Lubéron Finance', 'Marais Poitevin Gestion', 'Mistral Infra', 'Noroît Capital', 'Océane Prévoyance',
            'Ouessant Partners', 'Perche Industries', 'Queyras Invest', 'Rade de Brest Finance', 'Saintonge Capital',
            'Sémaphore AM', 'Tramontane PE', 'Ubaye Partners', 'Vercors Investissement', 'Vosges Mutuelle',
            'Yeu Family Office']) with ordinality u (name, n)
        order by at
    loop
        perform jalon_engine.seal_actor('t', v.owner, 'admin', 'Liste longue', '{"kind": "import"}');
        insert into jalon_roadshow.roadshow_counterparty (name, owner, sector, ticket_size, created_at,
            status_changed_at)
        values (v.name, v.owner, v.sector, v.ticket, v.at, v.at);
        perform jalon_engine.seal_actor('t', v.owner, 'admin');
        for v_step in
            select s.* from (values
                (0, 6, 'Live', 'NDA signé'), (0, 58, 'En attente', 'Budget de l''an prochain'),
                (1, 5, 'Live', 'Premier rendez-vous concluant'), (1, 30, 'No-go', 'Ticket trop petit'),
                (2, 4, 'Live', 'Teaser bien reçu'), (2, 20, 'En attente', 'Comité d''investissement à venir'),
                (2, 34, 'Live', 'Comité favorable'), (4, 9, 'No-go', 'Hors thèse d''investissement'),
                (5, 3, 'Live', 'Connaît bien le secteur'), (5, 45, 'En attente', 'Attend les comptes audités'),
                (5, 66, 'Live', 'Comptes reçus'),
                (6, 7, 'Live', 'Accès à la data room demandé'), (6, 25, 'No-go', 'Prix trop élevé'),
                (6, 50, 'Live', 'Revient avec un co-investisseur'),
                (7, 11, 'Live', 'Relance réussie')) s (story, day, statut, reason)
            where s.story = v.n % 8 order by s.day
        loop
            v_at := v.at + v_step.day * interval '1 day' + (v.n * 29 % 300) * interval '1 minute';
            exit when v_at > now();
            perform jalon.import_change('roadshow_counterparty', c.id::text, v_step.statut, v_at, v_step.reason)
            from jalon_roadshow.roadshow_counterparty c where c.name = v.name;
        end loop;
    end loop;

    insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
    select c.id, s.type, (c.created_at + s.day * interval '1 day')::date,
        jsonb_build_object('note', s.note, 'by', c.owner)
    from jalon_roadshow.roadshow_counterparty c
    join (values
        (1, 'interaction', 'Premier message', 8), (3, 'teaser', 'Teaser envoyé', 8),
        (6, 'call', 'Appel de présentation', 8), (9, 'nda', 'NDA reçu signé', 6), (14, 'data_room', 'Accès ouvert', 5),
        (18, 'call', 'Questions sur le plan d''affaires', 7), (24, 'meeting', 'Rendez-vous à Paris', 5),
        (31, 'management_presentation', 'Présentation du management', 4), (38, 'call', 'Point d''étape', 6),
        (47, 'indicative_offer', 'Offre non liante', 2), (55, 'call', 'Point d''étape', 5),
        (63, 'meeting', 'Visite de site', 3), (72, 'call', 'Point d''étape', 5), (80, 'call', 'Point d''étape', 4)
    ) s (day, type, note, share) on s.share > (c.id * 11 + s.day) % 8
        and c.created_at + s.day * interval '1 day' < now()
    where s.day < 12 or c.statut <> 'No-go' or s.day < 25
    order by c.created_at + s.day * interval '1 day', c.id;
    perform jalon_engine.seal_actor(p_scope => 't', p_actor => null, p_roles => null);
end
$$;
