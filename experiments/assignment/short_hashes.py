"""SHA-256 for texts of a few dozen bytes, of which a decision hashes several.

Python's own, and not OpenSSL's, which ``hashlib`` prefers and which takes longer to begin than to hash so little.
``hashlib`` has no name for it: it is imported as ``hashlib`` does it itself where there is no OpenSSL, by a name that
changed with Python 3.12. Digests are the same, whoever computes them.
"""

try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found]
    except ImportError:  # a Python that was built with OpenSSL's alone
        from hashlib import sha256

__all__ = ["sha256"]
