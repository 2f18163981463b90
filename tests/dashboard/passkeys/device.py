"""A device with passkeys, in Python: what it answers is WebAuthn, and can be made wrong in any part."""

import json
import os
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG
ALL = FLAG.UP | FLAG.UV


@dataclass
class Device:
    """Keeps one passkey. ``count`` is what it says of its uses: 0 for ever, as devices that synchronize do."""

    origin: str = "http://console.example"
    host: str = "console.example"
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    user_handle: str = ""

    def make(self, options: dict[str, Any], flags: FLAG = ALL) -> str:
        """Answer ``navigator.credentials.create``."""
        self.user_handle = options["user"]["id"]
        credential = AttestedCredentialData.create(
            Aaguid(bytes(16)),
            self.credential_id,
            ES256.from_cryptography_key(self.key.public_key()),
        )
        data = AuthenticatorData.create(self.hashed_host(), flags | FLAG.AT, self.count, bytes(credential))
        client = self.client_data(CollectedClientData.TYPE.CREATE, options)
        attestation = AttestationObject.create("none", data, {})
        return self.answer(clientDataJSON=bytes(client), attestationObject=bytes(attestation))

    def sign(self, options: dict[str, Any], flags: FLAG = ALL) -> str:
        """Answer ``navigator.credentials.get``."""
        data = AuthenticatorData.create(self.hashed_host(), flags, self.count)
        client = self.client_data(CollectedClientData.TYPE.GET, options)
        signature = self.key.sign(bytes(data) + client.hash, ec.ECDSA(hashes.SHA256()))
        return self.answer(
            clientDataJSON=bytes(client),
            authenticatorData=bytes(data),
            signature=signature,
            userHandle=websafe_decode(self.user_handle),
        )

    def client_data(self, kind: CollectedClientData.TYPE, options: dict[str, Any]) -> CollectedClientData:
        """What the browser says of the page."""
        return CollectedClientData.create(kind, options["challenge"], self.origin)

    def hashed_host(self) -> bytes:
        """The name of the site as the device knows it."""
        return sha256(self.host.encode()).digest()

    def answer(self, **response: bytes) -> str:
        """The answer as the page sends it."""
        encoded = {name: websafe_encode(value) for name, value in response.items()}
        name = websafe_encode(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})
