-- Ready-made workflows for dossiers of common industries, in both languages; jalon.add_case_type puts one to use.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.template (name, label, position, definition)
values ('real_estate_purchase', 'Real estate: purchase', 110, $json${
"codes": [
    {"code": "SEARCH_OPENED", "labels": {"en": "Search opened", "fr": "Recherche ouverte"}, "outcome": "open",
        "is_initial": true, "color": "#9aa5b1", "max_stay": "7 days"}, {"code": "VIEWING", "labels": {"en": "Viewing",
        "fr": "En visites"}, "outcome": "active", "color": "#2f6fde", "max_stay": "60 days"}, {"code": "OFFER_SENT",
        "labels": {"en": "Offer sent", "fr": "Offre envoyée"}, "outcome": "waiting", "color": "#f2b01e",
        "max_stay": "10 days"}, {"code": "UNDER_CONTRACT", "labels": {"en": "Under contract", "fr": "Sous compromis"},
        "outcome": "waiting", "color": "#7a5af0", "max_stay": "90 days"}, {"code": "BOUGHT", "labels": {"en": "Bought",
        "fr": "Acheté"}, "outcome": "done", "is_final": true, "color": "#2e9e5b"}, {"code": "SEARCH_GIVEN_UP",
        "labels": {"en": "Given up", "fr": "Abandonné"}, "outcome": "dropped", "is_final": true, "color": "#d64545"}
],
"actions": {
    "start_viewing": {"en": "Start viewing", "fr": "Commencer les visites"},
    "send_offer": {"en": "Send an offer", "fr": "Envoyer une offre"},
    "view_on": {"en": "Back to viewing", "fr": "Reprendre les visites"},
    "contract": {"en": "Sign the contract", "fr": "Signer le compromis"},
    "buy": {"en": "Complete the purchase", "fr": "Conclure l'achat"},
    "give_up": {"en": "Give up", "fr": "Abandonner"}
},
"roles": {"agent": "Agent"},
"transitions": [
    {"from": "SEARCH_OPENED", "to": "VIEWING", "action": "start_viewing", "roles": ["agent"]},
    {"from": "SEARCH_OPENED", "to": "SEARCH_GIVEN_UP", "action": "give_up", "roles": ["agent"],
    "requires_reason": true},
    {"from": "VIEWING", "to": "OFFER_SENT", "action": "send_offer", "roles": ["agent"]},
    {"from": "VIEWING", "to": "SEARCH_GIVEN_UP", "action": "give_up", "roles": ["agent"], "requires_reason": true},
    {"from": "OFFER_SENT", "to": "UNDER_CONTRACT", "action": "contract", "roles": ["agent"]},
    {"from": "OFFER_SENT", "to": "VIEWING", "action": "view_on", "roles": ["agent"]},
    {"from": "UNDER_CONTRACT", "to": "BOUGHT", "action": "buy", "roles": ["agent"]},
    {"from": "UNDER_CONTRACT", "to": "VIEWING", "action": "view_on", "roles": ["agent"], "requires_reason": true}
]}$json$);

insert into jalon_engine.template (name, label, position, definition)
values ('insurance_claims', 'Insurance: claims', 120, $json${
"codes": [
    {"code": "CLAIM_REPORTED", "labels": {"en": "Reported", "fr": "Déclaré"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "2 days"}, {"code": "CLAIM_DOCUMENTS_AWAITED",
        "labels": {"en": "Documents awaited", "fr": "Pièces attendues"}, "outcome": "waiting", "color": "#f2b01e",
        "max_stay": "30 days"}, {"code": "CLAIM_ASSESSED", "labels": {"en": "Under assessment", "fr": "En expertise"},
        "outcome": "active", "color": "#2f6fde", "max_stay": "30 days"}, {"code": "CLAIM_ACCEPTED",
        "labels": {"en": "Accepted", "fr": "Accepté"}, "outcome": "active", "color": "#12a4a4", "max_stay": "10 days"},
        {"code": "CLAIM_PAID", "labels": {"en": "Paid", "fr": "Indemnisé"}, "outcome": "done", "is_final": true,
        "color": "#2e9e5b"}, {"code": "CLAIM_REJECTED", "labels": {"en": "Rejected", "fr": "Refusé"},
        "outcome": "dropped", "is_final": true, "color": "#d64545"}
],
"actions": {
    "ask_documents": {"en": "Ask for documents", "fr": "Demander des pièces"},
    "assess": {"en": "Assess", "fr": "Expertiser"},
    "accept_claim": {"en": "Accept the claim", "fr": "Accepter le sinistre"},
    "pay_claim": {"en": "Pay", "fr": "Indemniser"},
    "reject_claim": {"en": "Reject", "fr": "Refuser"}
},
"roles": {"claims_handler": "Claims handler", "claims_manager": "Claims manager"},
"transitions": [
    {"from": "CLAIM_REPORTED", "to": "CLAIM_DOCUMENTS_AWAITED", "action": "ask_documents", "roles": ["claims_handler"]},
    {"from": "CLAIM_REPORTED", "to": "CLAIM_ASSESSED", "action": "assess", "roles": ["claims_handler"]},
    {"from": "CLAIM_DOCUMENTS_AWAITED", "to": "CLAIM_ASSESSED", "action": "assess", "roles": ["claims_handler"]},
    {"from": "CLAIM_DOCUMENTS_AWAITED", "to": "CLAIM_REJECTED", "action": "reject_claim", "roles": ["claims_manager"],
    "requires_reason": true}, {"from": "CLAIM_ASSESSED", "to": "CLAIM_ACCEPTED", "action": "accept_claim",
    "roles": ["claims_manager"]}, {"from": "CLAIM_ASSESSED", "to": "CLAIM_REJECTED", "action": "reject_claim",
    "roles": ["claims_manager"], "requires_reason": true}, {"from": "CLAIM_ACCEPTED", "to": "CLAIM_PAID",
    "action": "pay_claim", "roles": ["claims_handler"]}
]}$json$);

insert into jalon_engine.template (name, label, position, definition)
values ('loan_applications', 'Banking: loan applications', 130, $json${
"codes": [
    {"code": "LOAN_REQUESTED", "labels": {"en": "Requested", "fr": "Demandé"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "3 days"}, {"code": "LOAN_ANALYSED", "labels": {"en": "Under analysis",
        "fr": "En analyse"}, "outcome": "active", "color": "#2f6fde", "max_stay": "15 days"}, {"code": "LOAN_OFFERED",
        "labels": {"en": "Offered", "fr": "Offre émise"}, "outcome": "waiting", "color": "#7a5af0",
        "max_stay": "30 days"}, {"code": "LOAN_SIGNED", "labels": {"en": "Signed", "fr": "Offre signée"},
        "outcome": "active", "color": "#12a4a4", "max_stay": "30 days"}, {"code": "LOAN_DISBURSED",
        "labels": {"en": "Disbursed", "fr": "Débloqué"}, "outcome": "done", "is_final": true, "color": "#2e9e5b"},
        {"code": "LOAN_REFUSED", "labels": {"en": "Refused", "fr": "Refusé"}, "outcome": "dropped", "is_final": true,
        "color": "#d64545"}, {"code": "LOAN_WITHDRAWN", "labels": {"en": "Withdrawn", "fr": "Retiré"},
        "outcome": "dropped", "is_final": true, "color": "#5b6b7b"}
],
"actions": {
    "analyse": {"en": "Analyse", "fr": "Analyser"},
    "offer_loan": {"en": "Make the offer", "fr": "Émettre l'offre"},
    "sign_loan": {"en": "Record the signature", "fr": "Enregistrer la signature"},
    "disburse": {"en": "Disburse", "fr": "Débloquer les fonds"},
    "refuse_loan": {"en": "Refuse", "fr": "Refuser"},
    "withdraw": {"en": "Withdraw", "fr": "Retirer"}
},
"roles": {"loan_officer": "Loan officer", "risk": "Risk"},
"transitions": [
    {"from": "LOAN_REQUESTED", "to": "LOAN_ANALYSED", "action": "analyse", "roles": ["loan_officer"]},
    {"from": "LOAN_REQUESTED", "to": "LOAN_WITHDRAWN", "action": "withdraw", "roles": ["loan_officer"],
    "requires_reason": true},
    {"from": "LOAN_ANALYSED", "to": "LOAN_OFFERED", "action": "offer_loan", "roles": ["risk"]},
    {"from": "LOAN_ANALYSED", "to": "LOAN_REFUSED", "action": "refuse_loan", "roles": ["risk"],
    "requires_reason": true},
    {"from": "LOAN_OFFERED", "to": "LOAN_SIGNED", "action": "sign_loan", "roles": ["loan_officer"]},
    {"from": "LOAN_OFFERED", "to": "LOAN_WITHDRAWN", "action": "withdraw", "roles": ["loan_officer"],
    "requires_reason": true},
    {"from": "LOAN_SIGNED", "to": "LOAN_DISBURSED", "action": "disburse", "roles": ["loan_officer"]},
    {"from": "LOAN_SIGNED", "to": "LOAN_WITHDRAWN", "action": "withdraw", "roles": ["loan_officer"],
    "requires_reason": true}
]}$json$);

insert into jalon_engine.template (name, label, position, definition)
values ('legal_matters', 'Law firm: matters', 140, $json${
"codes": [
    {"code": "MATTER_INTAKE", "labels": {"en": "Intake", "fr": "Ouverture"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "5 days"}, {"code": "MATTER_CONFLICT_CHECK", "labels": {"en": "Conflict check",
        "fr": "Vérification des conflits"}, "outcome": "waiting", "color": "#f2b01e", "max_stay": "5 days"},
        {"code": "MATTER_ACTIVE", "labels": {"en": "Active", "fr": "En cours"}, "outcome": "active",
        "color": "#2f6fde"}, {"code": "MATTER_HEARING", "labels": {"en": "Hearing scheduled", "fr": "Audience fixée"},
        "outcome": "waiting", "color": "#7a5af0"}, {"code": "MATTER_CLOSED", "labels": {"en": "Closed", "fr": "Clos"},
        "outcome": "done", "is_final": true, "color": "#2e9e5b"}, {"code": "MATTER_DECLINED",
        "labels": {"en": "Declined", "fr": "Décliné"}, "outcome": "dropped", "is_final": true, "color": "#d64545"}
],
"actions": {
    "check_conflicts": {"en": "Check conflicts", "fr": "Vérifier les conflits"},
    "engage": {"en": "Engage", "fr": "Accepter le dossier"},
    "decline": {"en": "Decline", "fr": "Décliner"},
    "schedule_hearing": {"en": "Schedule a hearing", "fr": "Fixer une audience"},
    "continue_matter": {"en": "Continue", "fr": "Poursuivre"},
    "close_matter": {"en": "Close", "fr": "Clore"}
},
"roles": {"lawyer": "Lawyer", "partner": "Partner"},
"transitions": [
    {"from": "MATTER_INTAKE", "to": "MATTER_CONFLICT_CHECK", "action": "check_conflicts", "roles": ["lawyer"]},
    {"from": "MATTER_CONFLICT_CHECK", "to": "MATTER_ACTIVE", "action": "engage", "roles": ["partner"]},
    {"from": "MATTER_CONFLICT_CHECK", "to": "MATTER_DECLINED", "action": "decline", "roles": ["partner"],
    "requires_reason": true}, {"from": "MATTER_ACTIVE", "to": "MATTER_HEARING", "action": "schedule_hearing",
    "roles": ["lawyer"]}, {"from": "MATTER_HEARING", "to": "MATTER_ACTIVE", "action": "continue_matter",
    "roles": ["lawyer"]}, {"from": "MATTER_ACTIVE", "to": "MATTER_CLOSED", "action": "close_matter",
    "roles": ["lawyer"]}, {"from": "MATTER_HEARING", "to": "MATTER_CLOSED", "action": "close_matter",
    "roles": ["lawyer"]}
]}$json$);
