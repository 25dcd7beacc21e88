"""A passkey of a real browser: what Chromium's authenticator signs is what the registry accepts."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from playwright.sync_api import Browser, Page

from huizhen.domain import acts
from huizhen.domain.statuses import PartyKind
from tests.support.anvil_chain import AnvilChain
from tests.support.chain_setup import deployed_chain
from tests.support.passkeys import Assertion
from tests.support.refusals import refuses
from tests.support.world import World, digest_of

SITE = "http://localhost:8000/"
# Base64 on the way in and out, as Playwright carries no bytes.
CEREMONIES = """
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer)));
window.create = async () => {
  const made = await navigator.credentials.create({ publicKey: {
    challenge: new Uint8Array(32), rp: { name: 'Huizhen' },
    user: { id: new Uint8Array(8), name: 'doctor', displayName: 'doctor' },
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  } });
  return text(made.response.getPublicKey());
};
window.assert = async challenge => {
  const { response } = await navigator.credentials.get({ publicKey: {
    challenge: bytes(challenge), userVerification: 'required',
  } });
  return [response.authenticatorData, response.clientDataJSON, response.signature].map(text);
};
"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True, slots=True)
class BrowserKey:
    """Each signature is a ceremony of the browser."""

    page: Page
    signer: bytes

    def sign(self, digest: bytes) -> bytes:
        said = self.page.evaluate("challenge => window.assert(challenge)", b64encode(digest).decode())
        return Assertion.from_der(*map(b64decode, said)).value


@pytest.fixture
def empty_world(tmp_path: Path) -> Iterator[World]:
    with deployed_chain(tmp_path / "chain") as setup:
        yield World(AnvilChain(setup.node, setup.artifacts), setup.deployment.addresses)


@pytest.fixture
def key(browser: Browser, empty_world: World) -> Iterator[BrowserKey]:
    context = browser.new_context()
    page = context.new_page()
    # Passkeys need a secure site, and localhost counts as one; nothing has to listen there.
    page.route(SITE, lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(SITE)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.add_script_tag(content=CEREMONIES)
    public = load_der_public_key(b64decode(page.evaluate("() => window.create()")))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    point = public.public_numbers()
    verifier = bytes.fromhex(empty_world.addresses["WebAuthnVerifier"][2:])
    yield BrowserKey(page, verifier + point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big"))
    context.close()


def test_a_party_with_a_passkey__in_chromium__applies_and_acts(empty_world: World, key: BrowserKey) -> None:
    world = empty_world
    party = world.apply(PartyKind.DOCTOR, key)
    assert world.read("CredentialRegistry", "signerOf", party, 0) == key.signer
    naming = acts.set_payout_account(party, digest_of("account"), 0, world.deadline)
    other = acts.set_payout_account(party, digest_of("a thief's account"), 0, world.deadline)
    with refuses("InvalidSignature", party=party, signer=0):
        world.send(other, world.sign(naming))
    world.act(naming)
