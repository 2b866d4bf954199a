"""What the database knows of API keys, sessions and revoked tokens, by their hashes."""

import msgspec

from jalon.server.auth import Caller, hash_key, new_session
from jalon.server.batching import Batcher
from jalon.server.call import CallerInput, encode
from jalon.server.database import Database


class Revocation(msgspec.Struct, rename="camel"):
    """Answer of jalon_api.token."""

    is_revoked: bool


class EndedSession(msgspec.Struct, rename="camel"):
    """Answer of jalon_api.end_session."""

    is_of_provider: bool


class Credentials:
    """Asks the database about credentials, in nobody's name."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # Whoever comes at the same time, as all do after a restart, is looked up by the same statement.
        self.lookups = {
            name: Batcher(database, name, database.settings.batch_size) for name in ("api_key", "session", "token")
        }

    async def find(self, function: str, hashed: str) -> Caller | None:
        body = (await self.lookups[function].call(hashed, b"{}", b"{}", can_repeat=True)).body
        return msgspec.json.decode(body, type=Caller) if body else None

    async def api_key(self, hashed: str) -> Caller | None:
        return await self.find("api_key", hashed)

    async def session(self, hashed: str) -> Caller | None:
        return await self.find("session", hashed)

    async def is_revoked(self, hashed: str, actor: str, issued_at: float | None) -> bool:
        said = encode(None, {"actor": actor, "issuedAt": issued_at})
        answer = await self.lookups["token"].call(hashed, said, b"{}", can_repeat=True)
        return msgspec.json.decode(answer.body or b"", type=Revocation).is_revoked

    async def open_session(self, caller: Caller, seconds: float, credential: str | None = None) -> str:
        """The secret of a new session. It ends with the credential with which it was opened."""
        secret = new_session()
        said = encode(None, {"seconds": seconds, "credential": hash_key(credential) if credential else None})
        acting = CallerInput(actor=caller.actor, roles=caller.roles, name=caller.name)
        await self.database.call("open_session", hash_key(secret), said, msgspec.json.encode(acting))
        return secret

    async def end_session(self, secret: str) -> bool:
        """Whether an identity provider had opened it."""
        answer = await self.database.call("end_session", hash_key(secret), b"{}", b"{}")
        return msgspec.json.decode(answer.body or b"", type=EndedSession).is_of_provider
