"""Every setting, read once from the environment: JALON_ and the name of the field."""

import difflib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec
import platformdirs
from msgspec import Meta, Struct

from jalon.outbox.smtp import read_sender, read_server
from jalon.outbox.webhook_client import networks
from jalon.refusal import Refusal
from jalon.server.claims import read_paths, read_role_names

PREFIX = "JALON_"
Port = Annotated[int, Meta(ge=1, le=65535)]
Count = Annotated[int, Meta(ge=1, le=10_000)]
Batch = Annotated[int, Meta(ge=1, le=64)]
Seconds = Annotated[float, Meta(gt=0, le=86_400 * 366)]


def default_home() -> Path:
    """The platform's folder for data; for root /var/lib/jalon, since the server runs as another user."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return Path("/var/lib/jalon")
    return platformdirs.user_data_path("jalon", appauthor=False)


class Settings(Struct, frozen=True, kw_only=True):
    # Database
    home: Annotated[Path, Meta(description="Folder of the embedded PostgreSQL and of the generated secret")]
    dsn: Annotated[
        str, Meta(description="PostgreSQL 15 to 18 to use instead of the embedded one (URL or key=value); as its owner")
    ] = ""
    modules: Annotated[
        str,
        Meta(
            description="Modules to install: all, none, or names separated by commas;"
            " default: all in the embedded database, in another those that are installed already"
        ),
    ] = ""
    languages: Annotated[
        str,
        Meta(
            description="Active languages, in which workflows need labels: all, or codes separated by commas;"
            " default: all in a new embedded database, English in another"
        ),
    ] = ""
    module_path: Annotated[str, Meta(description="Folder in which modules of your own lie")] = ""
    api_dsn: Annotated[str, Meta(description="How `serve` connects; default: `JALON_DSN` as jalon_api")] = ""
    listen_dsn: Annotated[
        str,
        Meta(
            description="How `serve` listens for notifications, past a pooler that gives each transaction another"
            " connection; default: as `JALON_API_DSN`"
        ),
    ] = ""
    read_dsn: Annotated[
        str,
        Meta(
            description="Standbys that `serve` reads from, several hosts with commas ([replicas.md](replicas.md)); what"
            " it doesn't say is as in `JALON_API_DSN`"
        ),
    ] = ""
    read_lag: Annotated[
        float, Meta(ge=2, le=3600, description="Seconds that a standby may be behind; then the primary is read")
    ] = 5
    api_password: Annotated[str, Meta(description="Password of jalon_api, set by `migrate` and used by `serve`")] = ""
    bi_password: Annotated[str, Meta(description="Password of jalon_bi, set by `migrate`")] = ""
    bi_masked_password: Annotated[str, Meta(description="Password of jalon_bi_masked, set by `migrate`")] = ""
    dba_password: Annotated[str, Meta(description="Password of jalon_dba, set by `migrate`")] = ""
    relay_password: Annotated[str, Meta(description="Password of jalon_relay, set by `migrate`")] = ""
    app_password: Annotated[str, Meta(description="Password of jalon_app, set by `migrate`")] = ""
    migrate: Annotated[bool, Meta(description="Whether `serve` migrates before it serves")] = True
    demo: Annotated[bool, Meta(description="Whether a new embedded database gets the demo")] = True
    lock_timeout: Annotated[
        Seconds, Meta(description="Seconds that a migration or reload waits for a lock before it gives up")
    ] = 5
    # Web server
    host: Annotated[str, Meta(description="Address that `serve` listens on")] = "127.0.0.1"
    port: Annotated[Port, Meta(description="Port that `serve` listens on")] = 8000
    workers: Annotated[Count, Meta(description="Number of processes that serve")] = 1
    cors_origins: Annotated[str, Meta(description="Origins that browsers may call from, separated by commas")] = ""
    trusted_proxies: Annotated[
        str, Meta(description="Addresses or networks whose X-Forwarded headers count, separated by commas")
    ] = ""
    hsts: Annotated[
        int,
        Meta(
            ge=0,
            le=2 * 366 * 86_400,
            description="Seconds for which browsers that came by https come by https only; 0: no",
        ),
    ] = 31_536_000
    hsts_subdomains: Annotated[bool, Meta(description="Whether that is said of all names below this one too")] = False
    drain: Annotated[
        float,
        Meta(ge=0, le=600, description="Seconds between SIGTERM and the end of listening, with /health/ready at 503"),
    ] = 0
    access_log: Annotated[bool, Meta(description="Log one line for each request; off: for failed ones only")] = True
    log_level: Annotated[
        str, Meta(pattern="^(debug|info|warning|error)$", description="debug, info, warning or error")
    ] = "info"
    otel: Annotated[
        bool,
        Meta(
            description="Whether traces and metrics go to a collector, which the variables `OTEL_*` name"
            " ([monitoring.md](monitoring.md#opentelemetry)); needs `jalon[otel]`"
        ),
    ] = False
    # Requests
    pool_size: Annotated[Count, Meta(description="Maximum connections to PostgreSQL that a process holds")] = 10
    pool_waiting: Annotated[
        Count, Meta(description="Maximum requests that wait for a connection; further ones get 503")
    ] = 100
    pool_timeout: Annotated[Seconds, Meta(description="Seconds that a request waits for a connection")] = 2
    request_timeout: Annotated[
        Seconds,
        Meta(description="Seconds that a request's statement may take; a second later the connection is dropped"),
    ] = 10
    row_timeout: Annotated[
        Seconds, Meta(description="Seconds that a request waits for a row that somebody else is changing")
    ] = 3
    prepared: Annotated[
        bool, Meta(description="Use prepared statements; turn off behind a pooler that can't keep them")
    ] = True
    batch_size: Annotated[Batch, Meta(description="Maximum moves in one batch statement; 1 turns batching off")] = 64
    require_if_match: Annotated[bool, Meta(description="Whether a move must carry If-Match (428 without)")] = False
    max_body: Annotated[int, Meta(ge=1, description="Maximum size of a request body, in bytes")] = 1_048_576
    max_head: Annotated[
        int, Meta(ge=1024, le=1_048_576, description="Maximum size of a request's address and headers, in bytes")
    ] = 32_768
    head_timeout: Annotated[Seconds, Meta(description="Seconds in which the headers of a request must arrive")] = 10
    body_timeout: Annotated[
        Seconds,
        Meta(description="Seconds in which a body must arrive, and in which the client must read some of its answer"),
    ] = 30
    connections: Annotated[Count, Meta(description="Maximum connections of clients that a process holds")] = 4000
    principal_rate: Annotated[
        int,
        Meta(
            ge=0, description="Requests a minute that a principal may send to a process; further ones get 429; 0: any"
        ),
    ] = 0
    address_rate: Annotated[
        int,
        Meta(
            ge=0,
            description="Requests a minute that an address may send to a process without right credentials; further"
            " ones get 429; 0: any; name a proxy in front in `JALON_TRUSTED_PROXIES`, or all count as one",
        ),
    ] = 1200
    # Tokens and roles
    token_secret: Annotated[
        str,
        Meta(description="Key that signs tokens (32 bytes or more); default: made once and kept in the home folder"),
    ] = ""
    token_ttl: Annotated[Seconds, Meta(description="Lifetime of a token, in seconds")] = 43_200
    session_ttl: Annotated[
        Seconds,
        Meta(description="Lifetime of a session of the console, in seconds; with a token as long as that at most"),
    ] = 43_200
    token_public_key: Annotated[
        str, Meta(description="Public key (PEM; RSA, EC P-256 or Ed25519) that verifies tokens of another issuer")
    ] = ""
    token_jwks: Annotated[
        str,
        Meta(description="File or https address of a JWKS; the token's kid chooses the key; read again as keys rotate"),
    ] = ""
    token_audience: Annotated[str, Meta(description="Audience that a token must name; empty: any")] = "jalon"
    token_issuer: Annotated[str, Meta(description="Issuer that a token must name; empty: any")] = "jalon"
    token_actor_claim: Annotated[str, Meta(description="Path of the claim that names the actor")] = "sub"
    token_name_claim: Annotated[str, Meta(description="Path of the claim that people call the actor by")] = "name"
    token_roles_claim: Annotated[
        str, Meta(description="Paths of the claims that hold roles, separated by commas ([sign-in.md](sign-in.md))")
    ] = "roles"
    token_roles_map: Annotated[
        str,
        Meta(
            description="What the issuer's roles are called here: `crm-admins=admin,crm-clerks=clerk`; others are"
            " dropped then; empty: every role is taken as it is"
        ),
    ] = ""
    role_sources: Annotated[
        str,
        Meta(
            pattern="^(token|grants|token,grants)$",
            description="Which roles count: those of the token, those granted in the database, or both (token,grants)",
        ),
    ] = "token,grants"
    # People
    oidc_issuer: Annotated[
        str,
        Meta(description="OpenID provider by which people sign in to the console ([sign-in.md](sign-in.md#people))"),
    ] = ""
    oidc_client_id: Annotated[str, Meta(description="Name of this application at the provider")] = ""
    oidc_secret: Annotated[str, Meta(description="Its secret there, if it has one")] = ""
    oidc_scopes: Annotated[str, Meta(description="What the provider is asked for, separated by spaces")] = (
        "openid profile email"
    )
    public_url: Annotated[
        str,
        Meta(
            pattern="^https?://[^/?#]+$",
            description="Address by which people reach Jalon, without a path; default: that of the request",
        ),
    ] = ""
    # Webhooks
    relay: Annotated[bool, Meta(description="Whether `serve` delivers webhooks; off: `jalon relay` does it")] = True
    relay_dsn: Annotated[str, Meta(description="How the relay connects; default: `JALON_DSN` as jalon_relay")] = ""
    webhook_allow: Annotated[
        str, Meta(description="Private networks that webhooks may reach, as CIDR separated by commas")
    ] = ""
    webhook_allow_http: Annotated[bool, Meta(description="Whether webhooks may go to http:// addresses")] = False
    webhook_timeout: Annotated[Seconds, Meta(description="Seconds that an endpoint has to answer")] = 15
    webhook_parallel: Annotated[Count, Meta(description="Maximum deliveries that a process makes at the same time")] = (
        128
    )
    # E-mails
    smtp_url: Annotated[
        str,
        Meta(
            description="Mail server by which the relay sends recaps: `smtp+starttls://user:password@host:587`,"
            " `smtps://…` (TLS from the start) or `smtp://…` (no TLS); empty: none are sent"
        ),
    ] = ""
    mail_from: Annotated[
        str, Meta(description="Sender of these e-mails, `Jalon <recaps@example.com>`; needed with `JALON_SMTP_URL`")
    ] = ""
    # Notifications
    tick: Annotated[
        float,
        Meta(
            ge=0,
            le=60,
            description="Polling interval for new notifications, in seconds; 0 if another process announces them",
        ),
    ] = 0.2
    heartbeat: Annotated[Seconds, Meta(description="Keep-alive interval of notification streams, in seconds")] = 15
    streams: Annotated[Count, Meta(description="Maximum streams of notifications that a process holds")] = 1000


# The subjects of docs/settings.md, each by the setting that it begins with.
SUBJECTS = {
    "home": "Database",
    "host": "Web server",
    "pool_size": "Requests",
    "token_secret": "Tokens and roles",
    "oidc_issuer": "Sign-in of people",
    "relay": "Webhooks",
    "smtp_url": "E-mails",
    "tick": "Notifications",
}
HINTS = get_type_hints(Settings, include_extras=True)
DEFAULTS = Settings(home=Path())
# What each setting that is a list is read by; it raises ValueError.
LISTS: dict[str, Callable[[str], object]] = {
    "webhook_allow": networks,
    "smtp_url": read_server,
    "mail_from": read_sender,
    "token_roles_claim": read_paths,
    "token_roles_map": read_role_names,
}


def load(environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
    """The settings; the first wrong value is refused by name."""
    sent = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and not name.startswith("JALON_TEST_") and value != ""
    }
    for name in sent.keys() - HINTS.keys():
        near = difflib.get_close_matches(name, HINTS, n=1)
        raise Refusal(
            f"Unknown setting {PREFIX}{name.upper()}." + (f" Did you mean {PREFIX}{near[0].upper()}?" if near else "")
        )
    # Asked for only where it is needed: a user without a home has none.
    values: dict[str, Any] = {} if "home" in sent else {"home": default_home()}
    for name, value in sent.items():
        try:
            values[name] = (
                Path(value).expanduser().absolute()
                if name == "home"
                else msgspec.convert(value, HINTS[name], strict=False)
            )
        except msgspec.ValidationError as error:
            raise Refusal(f"{PREFIX}{name.upper()} is {value!r}: {str(error)[0].lower()}{str(error)[1:]}.") from None
    for name, check in LISTS.items():
        try:
            check(values.get(name, getattr(DEFAULTS, name)))
        except ValueError as error:
            given = "wrong" if name == "smtp_url" else repr(values[name])  # that one holds a password
            raise Refusal(f"{PREFIX}{name.upper()} is {given}: {error}.") from None
    for name in ("mail_from", "public_url"):
        if values.get("smtp_url") and not values.get(name):
            raise Refusal(f"{PREFIX}SMTP_URL needs {PREFIX}{name.upper()}.")
    return Settings(**values | {name: value for name, value in overrides.items() if value is not None})


def described() -> dict[str, list[tuple[str, str, str]]]:
    """For each subject its settings: variable, default, meaning; the tables of docs/settings.md."""
    subjects: dict[str, list[tuple[str, str, str]]] = {}
    for field in msgspec.structs.fields(Settings):
        subject = SUBJECTS.get(field.name) or list(subjects)[-1]
        meaning = next(m.description for m in HINTS[field.name].__metadata__ if m.description)
        default = "a folder of the platform" if field.name == "home" else shown(field.default)
        subjects.setdefault(subject, []).append((f"`{PREFIX}{field.name.upper()}`", default, meaning))
    return subjects


def shown(default: Any) -> str:
    """A default as one writes it into the environment."""
    return "" if default == "" else f"`{str(default).lower() if isinstance(default, bool) else default}`"
