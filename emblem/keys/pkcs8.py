"""The encryption of private keys: EncryptedPrivateKeyInfo (RFC 5958, section 3) with scrypt (RFC 7914).

The library ``cryptography`` derives the encryption key with 2048 rounds of PBKDF2 and lets nobody ask for
more, while a graphics card tries passphrases by the million. So the envelope is written here; the library reads it,
and OpenSSL does.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7

# 16 MiB and five passes: as costly to an attacker as 128 MiB and one, and within OpenSSL's limit on memory.
_COST, _BLOCK_SIZE, _PARALLELIZATION = 2**14, 8, 5
_SALT_SIZE, _CIPHER_BLOCK, _KEY_SIZE = 16, 16, 32

_INTEGER, _OCTET_STRING, _OBJECT_IDENTIFIER, _SEQUENCE = 0x02, 0x04, 0x06, 0x30
_PBES2 = bytes.fromhex("2a864886f70d01050d")
_SCRYPT = bytes.fromhex("2b06010401da47040b")
_AES256_CBC = bytes.fromhex("60864801650304012a")


def encrypt_private_key(plain: bytes, passphrase: bytes) -> bytes:
    """Encrypt a PrivateKeyInfo in DER: PBES2 with scrypt and AES-256 in CBC mode (RFC 8018, section 6.2)."""
    salt, vector = os.urandom(_SALT_SIZE), os.urandom(_CIPHER_BLOCK)
    key = Scrypt(salt, _KEY_SIZE, _COST, _BLOCK_SIZE, _PARALLELIZATION).derive(passphrase)
    padder = PKCS7(8 * _CIPHER_BLOCK).padder()
    encryptor = Cipher(AES256(key), CBC(vector)).encryptor()
    padded = padder.update(plain) + padder.finalize()
    derivation = _sequence(
        _der(_OBJECT_IDENTIFIER, _SCRYPT),
        _sequence(_der(_OCTET_STRING, salt), *map(_integer, (_COST, _BLOCK_SIZE, _PARALLELIZATION))),
    )
    encryption = _sequence(_der(_OBJECT_IDENTIFIER, _AES256_CBC), _der(_OCTET_STRING, vector))
    algorithm = _sequence(_der(_OBJECT_IDENTIFIER, _PBES2), _sequence(derivation, encryption))
    return _sequence(algorithm, _der(_OCTET_STRING, encryptor.update(padded) + encryptor.finalize()))


def _sequence(*items: bytes) -> bytes:
    return _der(_SEQUENCE, b"".join(items))


def _integer(value: int) -> bytes:
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    """A tag, a length and the content (X.690, section 8.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content
