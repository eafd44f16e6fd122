"""Signatures of manifests, checked with the public key that an auditor was given."""

import base64
import binascii
import hashlib
from pathlib import Path
from typing import Any

from finops_constructs.audit_log.errors import AuditLogError


class PublicKey:
    """An EC public key in PEM, as `aws kms get-public-key` gives it.

    Needs the package `cryptography`.

    Args:
        path: The PEM file.

    Raises:
        AuditLogError: If it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - optional
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
                load_pem_public_key,
            )
        except ImportError:
            raise AuditLogError(
                "checking signatures needs cryptography: pip install 'finops-constructs[audit]'"
            ) from None
        try:
            key = load_pem_public_key(path.read_bytes())
        except (OSError, ValueError) as error:
            raise AuditLogError(f"{path}: no public key in PEM: {error}") from None
        if not isinstance(key, ec.EllipticCurvePublicKey):
            raise AuditLogError(f"{path}: manifests are signed with an EC key, this is another")
        self._key: Any = key

    def signs(self, content: bytes, signature_file: bytes) -> bool:
        """Return whether a `.sig` file's signature is this key's over `content`."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - optional
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

        try:
            signature = base64.b64decode(signature_file.strip(), validate=True)
            self._key.verify(
                signature,
                hashlib.sha256(content).digest(),
                ec.ECDSA(utils.Prehashed(hashes.SHA256())),
            )
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True
