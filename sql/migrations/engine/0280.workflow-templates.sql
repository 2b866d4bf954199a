-- The ready-made workflows that jalon.apply_template puts to use, each in both languages.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.template (name, label, position, definition) values ('orders', 'Orders', 10, $json${
"codes": [
    {"code": "NEW", "labels": {"en": "New", "fr": "Nouvelle"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "7 days"}, {"code": "PAID", "labels": {"en": "Paid", "fr": "Payée"},
        "outcome": "active", "color": "#2f6fde", "max_stay": "3 days"}, {"code": "SHIPPED", "labels": {"en": "Shipped",
        "fr": "Expédiée"}, "outcome": "active", "color": "#12a4a4", "max_stay": "21 days"}, {"code": "DELIVERED",
        "labels": {"en": "Delivered", "fr": "Livrée"}, "outcome": "done", "is_final": true, "color": "#2e9e5b"},
        {"code": "REFUNDED", "labels": {"en": "Refunded", "fr": "Remboursée"}, "outcome": "dropped", "is_final": true,
        "color": "#e8772e"}, {"code": "CANCELLED", "labels": {"en": "Cancelled", "fr": "Annulée"}, "outcome": "dropped",
        "is_final": true, "color": "#d64545"}
],
"actions": {
    "pay": {"en": "Pay", "fr": "Payer"},
    "ship": {"en": "Ship", "fr": "Expédier"},
    "deliver": {"en": "Confirm delivery", "fr": "Confirmer la livraison"},
    "refund": {"en": "Refund", "fr": "Rembourser"},
    "cancel": {"en": "Cancel", "fr": "Annuler"}
},
"roles": {},
"transitions": [
    {"from": "NEW", "to": "PAID", "action": "pay", "roles": ["any"]},
    {"from": "NEW", "to": "CANCELLED", "action": "cancel", "roles": ["any"]},
    {"from": "PAID", "to": "SHIPPED", "action": "ship", "roles": ["any"]},
    {"from": "PAID", "to": "REFUNDED", "action": "refund", "roles": ["any"], "requires_reason": true},
    {"from": "PAID", "to": "CANCELLED", "action": "cancel", "roles": ["any"], "requires_reason": true},
    {"from": "SHIPPED", "to": "DELIVERED", "action": "deliver", "roles": ["any"]},
    {"from": "SHIPPED", "to": "REFUNDED", "action": "refund", "roles": ["any"], "requires_reason": true}
]}$json$);

insert into jalon_engine.template (name, label, position, definition)
values ('support_tickets', 'Support tickets', 20, $json${
"codes": [
    {"code": "OPEN", "labels": {"en": "Open", "fr": "Ouvert"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "1 day"}, {"code": "IN_PROGRESS", "labels": {"en": "In progress",
        "fr": "En cours"}, "outcome": "active", "color": "#2f6fde", "max_stay": "3 days"}, {"code": "WAITING",
        "labels": {"en": "Waiting for the customer", "fr": "En attente du client"}, "outcome": "waiting",
        "color": "#f2b01e", "max_stay": "14 days"}, {"code": "SOLVED", "labels": {"en": "Solved", "fr": "Résolu"},
        "outcome": "active", "color": "#12a4a4", "max_stay": "7 days"}, {"code": "CLOSED", "labels": {"en": "Closed",
        "fr": "Clos"}, "outcome": "done", "is_final": true, "color": "#2e9e5b"}, {"code": "SPAM",
        "labels": {"en": "Spam", "fr": "Indésirable"}, "outcome": "dropped", "is_final": true, "color": "#d64545"}
],
"actions": {
    "take": {"en": "Take on", "fr": "Prendre en charge"},
    "ask": {"en": "Ask the customer", "fr": "Demander au client"},
    "answer": {"en": "Answer received", "fr": "Réponse reçue"},
    "solve": {"en": "Solve", "fr": "Résoudre"},
    "reopen": {"en": "Reopen", "fr": "Rouvrir"},
    "close": {"en": "Close", "fr": "Clore"},
    "discard": {"en": "Discard", "fr": "Écarter"}
},
"roles": {"agent": "Support agent"},
"transitions": [
    {"from": "OPEN", "to": "IN_PROGRESS", "action": "take", "roles": ["agent"]},
    {"from": "OPEN", "to": "SPAM", "action": "discard", "roles": ["agent"]},
    {"from": "IN_PROGRESS", "to": "WAITING", "action": "ask", "roles": ["agent"]},
    {"from": "WAITING", "to": "IN_PROGRESS", "action": "answer", "roles": ["any"]},
    {"from": "IN_PROGRESS", "to": "SOLVED", "action": "solve", "roles": ["agent"]},
    {"from": "WAITING", "to": "SOLVED", "action": "solve", "roles": ["agent"]},
    {"from": "SOLVED", "to": "IN_PROGRESS", "action": "reopen", "roles": ["any"], "requires_reason": true},
    {"from": "SOLVED", "to": "CLOSED", "action": "close", "roles": ["any"]}
]}$json$);

insert into jalon_engine.template (name, label, position, definition) values ('crm_leads', 'CRM leads', 30, $json${
"codes": [
    {"code": "NEW", "labels": {"en": "New", "fr": "Nouveau"}, "outcome": "open", "is_initial": true, "color": "#9aa5b1",
        "max_stay": "2 days"}, {"code": "CONTACTED", "labels": {"en": "Contacted", "fr": "Contacté"},
        "outcome": "active", "color": "#2f6fde", "max_stay": "7 days"}, {"code": "QUALIFIED",
        "labels": {"en": "Qualified", "fr": "Qualifié"}, "outcome": "active", "color": "#12a4a4",
        "max_stay": "14 days"}, {"code": "PROPOSAL", "labels": {"en": "Proposal sent", "fr": "Offre envoyée"},
        "outcome": "waiting", "color": "#7a5af0", "max_stay": "30 days"}, {"code": "NURTURED",
        "labels": {"en": "On hold", "fr": "En sommeil"}, "outcome": "waiting", "color": "#f2b01e",
        "max_stay": "180 days"}, {"code": "WON", "labels": {"en": "Won", "fr": "Gagné"}, "outcome": "done",
        "is_final": true, "color": "#2e9e5b"}, {"code": "LOST", "labels": {"en": "Lost", "fr": "Perdu"},
        "outcome": "dropped", "is_final": true, "color": "#d64545"}
],
"actions": {
    "contact": {"en": "Contact", "fr": "Contacter"},
    "qualify": {"en": "Qualify", "fr": "Qualifier"},
    "propose": {"en": "Send a proposal", "fr": "Envoyer une offre"},
    "hold": {"en": "Put on hold", "fr": "Mettre en sommeil"},
    "resume": {"en": "Resume", "fr": "Reprendre"},
    "win": {"en": "Win", "fr": "Gagner"},
    "lose": {"en": "Lose", "fr": "Perdre"}
},
"roles": {"sales": "Sales"},
"transitions": [
    {"from": "NEW", "to": "CONTACTED", "action": "contact", "roles": ["sales"]},
    {"from": "NEW", "to": "LOST", "action": "lose", "roles": ["sales"], "requires_reason": true},
    {"from": "CONTACTED", "to": "QUALIFIED", "action": "qualify", "roles": ["sales"]},
    {"from": "CONTACTED", "to": "NURTURED", "action": "hold", "roles": ["sales"]},
    {"from": "CONTACTED", "to": "LOST", "action": "lose", "roles": ["sales"], "requires_reason": true},
    {"from": "QUALIFIED", "to": "PROPOSAL", "action": "propose", "roles": ["sales"]},
    {"from": "QUALIFIED", "to": "NURTURED", "action": "hold", "roles": ["sales"]},
    {"from": "QUALIFIED", "to": "LOST", "action": "lose", "roles": ["sales"], "requires_reason": true},
    {"from": "PROPOSAL", "to": "WON", "action": "win", "roles": ["sales"]},
    {"from": "PROPOSAL", "to": "NURTURED", "action": "hold", "roles": ["sales"]},
    {"from": "PROPOSAL", "to": "LOST", "action": "lose", "roles": ["sales"], "requires_reason": true},
    {"from": "NURTURED", "to": "CONTACTED", "action": "resume", "roles": ["sales"]},
    {"from": "NURTURED", "to": "LOST", "action": "lose", "roles": ["sales"], "requires_reason": true}
]}$json$);

insert into jalon_engine.template (name, label, position, definition) values ('recruiting', 'Recruiting', 40, $json${
"codes": [
    {"code": "APPLIED", "labels": {"en": "Applied", "fr": "Candidature reçue"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "5 days"}, {"code": "SCREENING", "labels": {"en": "Screening",
        "fr": "Présélection"}, "outcome": "active", "color": "#2f6fde", "max_stay": "7 days"}, {"code": "INTERVIEW",
        "labels": {"en": "Interview", "fr": "Entretien"}, "outcome": "active", "color": "#12a4a4",
        "max_stay": "21 days"}, {"code": "OFFER", "labels": {"en": "Offer made", "fr": "Offre faite"},
        "outcome": "waiting", "color": "#7a5af0", "max_stay": "10 days"}, {"code": "HIRED", "labels": {"en": "Hired",
        "fr": "Embauché"}, "outcome": "done", "is_final": true, "color": "#2e9e5b"}, {"code": "REJECTED",
        "labels": {"en": "Rejected", "fr": "Refusé"}, "outcome": "dropped", "is_final": true, "color": "#d64545"},
        {"code": "WITHDRAWN", "labels": {"en": "Withdrawn", "fr": "Désisté"}, "outcome": "dropped", "is_final": true,
        "color": "#52606d"}
],
"actions": {
    "screen": {"en": "Screen", "fr": "Présélectionner"},
    "invite": {"en": "Invite", "fr": "Convoquer"},
    "offer": {"en": "Make an offer", "fr": "Faire une offre"},
    "hire": {"en": "Hire", "fr": "Embaucher"},
    "reject": {"en": "Reject", "fr": "Refuser"},
    "withdraw": {"en": "Withdraw", "fr": "Se désister"}
},
"roles": {"recruiter": "Recruiter", "hiring_manager": "Hiring manager"},
"transitions": [
    {"from": "APPLIED", "to": "SCREENING", "action": "screen", "roles": ["recruiter"]},
    {"from": "APPLIED", "to": "REJECTED", "action": "reject", "roles": ["recruiter"], "requires_reason": true},
    {"from": "APPLIED", "to": "WITHDRAWN", "action": "withdraw", "roles": ["recruiter"]},
    {"from": "SCREENING", "to": "INTERVIEW", "action": "invite", "roles": ["recruiter"]},
    {"from": "SCREENING", "to": "REJECTED", "action": "reject", "roles": ["recruiter"], "requires_reason": true},
    {"from": "SCREENING", "to": "WITHDRAWN", "action": "withdraw", "roles": ["recruiter"]},
    {"from": "INTERVIEW", "to": "OFFER", "action": "offer", "roles": ["hiring_manager"]},
    {"from": "INTERVIEW", "to": "REJECTED", "action": "reject", "roles": ["hiring_manager"], "requires_reason": true},
    {"from": "INTERVIEW", "to": "WITHDRAWN", "action": "withdraw", "roles": ["recruiter"]},
    {"from": "OFFER", "to": "HIRED", "action": "hire", "roles": ["recruiter", "hiring_manager"]},
    {"from": "OFFER", "to": "REJECTED", "action": "reject", "roles": ["hiring_manager"], "requires_reason": true},
    {"from": "OFFER", "to": "WITHDRAWN", "action": "withdraw", "roles": ["recruiter"]}
]}$json$);

insert into jalon_engine.template (name, label, position, definition)
values ('publication_with_moderation', 'Publication with moderation', 50, $json${
"codes": [
    {"code": "DRAFT", "labels": {"en": "Draft", "fr": "Brouillon"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1"}, {"code": "SUBMITTED", "labels": {"en": "Submitted", "fr": "Soumis"}, "outcome": "waiting",
        "color": "#2f6fde", "max_stay": "3 days"}, {"code": "CHANGES_REQUESTED", "labels": {"en": "Changes requested",
        "fr": "Modifications demandées"}, "outcome": "active", "color": "#f2b01e", "max_stay": "14 days"},
        {"code": "PUBLISHED", "labels": {"en": "Published", "fr": "Publié"}, "outcome": "active", "color": "#2e9e5b"},
        {"code": "ARCHIVED", "labels": {"en": "Archived", "fr": "Archivé"}, "outcome": "done", "is_final": true,
        "color": "#52606d"}, {"code": "REJECTED", "labels": {"en": "Rejected", "fr": "Refusé"}, "outcome": "dropped",
        "is_final": true, "color": "#d64545"}
],
"actions": {
    "submit": {"en": "Submit", "fr": "Soumettre"},
    "take_back": {"en": "Take back", "fr": "Reprendre"},
    "request_changes": {"en": "Request changes", "fr": "Demander des modifications"},
    "publish": {"en": "Publish", "fr": "Publier"},
    "unpublish": {"en": "Unpublish", "fr": "Dépublier"},
    "reject": {"en": "Reject", "fr": "Refuser"},
    "archive": {"en": "Archive", "fr": "Archiver"},
    "drop": {"en": "Drop", "fr": "Abandonner"}
},
"roles": {"author": "Author", "moderator": "Moderator"},
"transitions": [
    {"from": "DRAFT", "to": "SUBMITTED", "action": "submit", "roles": ["author"]},
    {"from": "DRAFT", "to": "ARCHIVED", "action": "drop", "roles": ["author"]},
    {"from": "SUBMITTED", "to": "DRAFT", "action": "take_back", "roles": ["author"]},
    {"from": "SUBMITTED", "to": "CHANGES_REQUESTED", "action": "request_changes", "roles": ["moderator"],
    "requires_reason": true},
    {"from": "SUBMITTED", "to": "PUBLISHED", "action": "publish", "roles": ["moderator"]},
    {"from": "SUBMITTED", "to": "REJECTED", "action": "reject", "roles": ["moderator"], "requires_reason": true},
    {"from": "CHANGES_REQUESTED", "to": "SUBMITTED", "action": "submit", "roles": ["author"]},
    {"from": "CHANGES_REQUESTED", "to": "ARCHIVED", "action": "drop", "roles": ["author"]},
    {"from": "PUBLISHED", "to": "DRAFT", "action": "unpublish", "roles": ["author", "moderator"]},
    {"from": "PUBLISHED", "to": "ARCHIVED", "action": "archive", "roles": ["author", "moderator"]}
]}$json$);

insert into jalon_engine.template (name, label, position, definition) values ('approvals', 'Approvals', 60, $json${
"codes": [
    {"code": "REQUESTED", "labels": {"en": "Requested", "fr": "Demandé"}, "outcome": "open", "is_initial": true,
        "color": "#9aa5b1", "max_stay": "5 days"}, {"code": "REVIEWED", "labels": {"en": "Reviewed", "fr": "Vérifié"},
        "outcome": "active", "color": "#2f6fde", "max_stay": "5 days"}, {"code": "RETURNED",
        "labels": {"en": "Returned", "fr": "Retourné"}, "outcome": "waiting", "color": "#f2b01e",
        "max_stay": "14 days"}, {"code": "APPROVED", "labels": {"en": "Approved", "fr": "Approuvé"}, "outcome": "done",
        "is_final": true, "color": "#2e9e5b"}, {"code": "REFUSED", "labels": {"en": "Refused", "fr": "Refusé"},
        "outcome": "dropped", "is_final": true, "color": "#d64545"}, {"code": "WITHDRAWN", "labels": {"en": "Withdrawn",
        "fr": "Retiré"}, "outcome": "dropped", "is_final": true, "color": "#52606d"}
],
"actions": {
    "review": {"en": "Review", "fr": "Vérifier"},
    "return": {"en": "Return", "fr": "Retourner"},
    "resubmit": {"en": "Resubmit", "fr": "Soumettre à nouveau"},
    "approve": {"en": "Approve", "fr": "Approuver"},
    "refuse": {"en": "Refuse", "fr": "Refuser"},
    "withdraw": {"en": "Withdraw", "fr": "Retirer"}
},
"roles": {"requester": "Requester", "reviewer": "Reviewer", "approver": "Approver"},
"transitions": [
    {"from": "REQUESTED", "to": "REVIEWED", "action": "review", "roles": ["reviewer"]},
    {"from": "REQUESTED", "to": "RETURNED", "action": "return", "roles": ["reviewer"], "requires_reason": true},
    {"from": "REQUESTED", "to": "REFUSED", "action": "refuse", "roles": ["reviewer", "approver"],
    "requires_reason": true},
    {"from": "REQUESTED", "to": "WITHDRAWN", "action": "withdraw", "roles": ["requester"]},
    {"from": "REVIEWED", "to": "APPROVED", "action": "approve", "roles": ["approver"]},
    {"from": "REVIEWED", "to": "RETURNED", "action": "return", "roles": ["approver"], "requires_reason": true},
    {"from": "REVIEWED", "to": "REFUSED", "action": "refuse", "roles": ["approver"], "requires_reason": true},
    {"from": "REVIEWED", "to": "WITHDRAWN", "action": "withdraw", "roles": ["requester"]},
    {"from": "RETURNED", "to": "REQUESTED", "action": "resubmit", "roles": ["requester"]},
    {"from": "RETURNED", "to": "WITHDRAWN", "action": "withdraw", "roles": ["requester"]}
]}$json$);
