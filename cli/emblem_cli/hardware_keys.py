"""What `emblem key` does with hardware tokens: make keys in them, refer to those that are there, list them."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

import click

from emblem.errors import KeyFileError
from emblem.keys.algorithms import Algorithm
from emblem.keys.files import KeyPair, write_key_reference
from emblem.keys.hardware import (
    MODULE_VARIABLE,
    HardwareKey,
    generate,
    list_hardware_keys,
    read_hardware_key,
)
from emblem.keys.public import PublicKey
from emblem.keys.token_uri import TokenUri
from emblem.model.display import printable
from emblem_cli.key_forms import key_forms
from emblem_cli.output import print_json, print_table, warn
from emblem_cli.parameters import Parsed
from emblem_cli.passphrases import Passphrases

hardware_option = click.option(
    "--pkcs11",
    "uri",
    metavar="URI",
    type=Parsed("uri", TokenUri.parse),
    help="A hardware token (RFC 7512), such as pkcs11:token=desk. Its PIN is asked for.",
)
module_option = click.option(
    "--module",
    metavar="FILE",
    envvar="EMBLEM_PKCS11_MODULE",
    show_envvar=True,
    help="The PKCS#11 library of the hardware token. Default: the module-path of the URI.",
)


def reachable(uri: TokenUri, module: str | None, name: str | None) -> TokenUri:
    """The URI with what was said apart from it: the library, and the name of a key that has none."""
    return replace(uri, module_path=module or uri.module_path, object=uri.object if uri.object is not None else name)


def make_in_hardware(pair: KeyPair, uri: TokenUri, algorithm: Algorithm, passphrases: Passphrases) -> None:
    """Make a key in a hardware token, and write the files that refer to it."""
    _show_reference(pair, generate(uri, algorithm, passphrases.pin))


def refer(pair: KeyPair, uri: TokenUri, passphrases: Passphrases) -> None:
    """Write the files that refer to a key that is in a hardware token already; warn if it can leave it."""
    key = read_hardware_key(uri, passphrases.pin)
    if not key.stays_inside:
        warn(f"the key {key.uri.object!r} can leave its hardware token, or could once: {_attributes_text(key)}")
    _show_reference(pair, key)


def _show_reference(pair: KeyPair, key: HardwareKey) -> None:
    if key.public is None:
        raise KeyFileError(str(key.uri), key.problem, "a key that can be used")
    write_key_reference(pair, key.uri, key.public)
    click.echo(f"private key:     in a hardware token ({_attributes_text(key)})")
    click.echo(f"where it is:     {pair.reference}")
    click.echo(f"public key:      {pair.public}")
    click.echo(f"key identifier:  {key.public.cose_thumbprint}")


def list_hardware(uri: TokenUri, as_json: bool, passphrases: Passphrases) -> None:
    """Print the private keys in a hardware token."""
    keys = list_hardware_keys(uri, passphrases.pin)
    if as_json:
        for key in keys:
            print_json(_hardware_members(key))
    elif keys:
        header = ("name in the token", "private key", "algorithm", "key identifier")
        rows = [
            (
                printable(key.uri.object or ""),
                _attributes_text(key),
                key.public.writing_algorithm.name if key.public else "",
                key.public.cose_thumbprint if key.public else key.problem,
            )
            for key in keys
        ]
        print_table(header, rows)
    else:
        click.echo(f"no private keys in {replace(uri, module_path=None)}")


def _hardware_members(key: HardwareKey) -> dict[str, Any]:
    members: dict[str, Any] = {
        "uri": str(key.uri),
        "sensitive": key.sensitive,
        "always_sensitive": key.always_sensitive,
        "extractable": key.extractable,
        "never_extractable": key.never_extractable,
        "problem": key.problem,
    }
    return members | (key_forms(key.public) if key.public is not None else {})


def _attributes_text(key: HardwareKey) -> str:
    words = (
        "sensitive" if key.sensitive else "NOT sensitive",
        "never extractable" if key.never_extractable and not key.extractable else "EXTRACTABLE now or once",
    )
    return ", ".join(words)


def public_in_hardware(uri: TokenUri, passphrases: Passphrases) -> PublicKey:
    """The public half of a key in a hardware token."""
    key = read_hardware_key(uri, passphrases.pin, os.environ.get(MODULE_VARIABLE))
    if key.public is None:
        raise KeyFileError(str(uri), key.problem, "a key that can be used")
    return key.public
