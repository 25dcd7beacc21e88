// Consent links. A one-time key is made here, rides in the part of the link that browsers never send, and signs here.
// On the hospital's page the key stays in this tab; on the patient's page it comes with the address.
import { generatePrivateKey, privateKeyToAccount } from "../vendor/viem-accounts.js";
import { qrSvg } from "./qr.js";

const KEY = /^0x[0-9a-f]{64}$/;
const slot = (address) => `consent-key:${address.toLowerCase()}`;

// The key that belongs to an address, from the link or from this tab; null when it is neither.
function keyOf(address) {
  for (const key of [window.location.hash.slice(1), sessionStorage.getItem(slot(address)) ?? ""]) {
    if (KEY.test(key) && privateKeyToAccount(key).address.toLowerCase() === address.toLowerCase()) return key;
  }
  return null;
}

// The hospital asks: make the key, keep it in this tab, send its address alone.
for (const form of document.querySelectorAll("form[data-make-key]")) {
  form.querySelector("button").disabled = false;
  form.addEventListener("submit", () => {
    const key = generatePrivateKey();
    const { address } = privateKeyToAccount(key);
    sessionStorage.setItem(slot(address), key);
    form.elements.address.value = address.toLowerCase();
  });
}

// The whole link with its code, where this tab still knows the key.
for (const box of document.querySelectorAll("[data-consent-link]")) {
  const key = keyOf(box.dataset.address);
  box.querySelector(key ? "[data-known]" : "[data-unknown]").hidden = false;
  if (!key) continue;
  const link = new URL(box.dataset.consentLink, window.location.href);
  link.hash = key;
  const shown = box.querySelector("input");
  shown.value = link.href;
  shown.addEventListener("focus", () => shown.select());
  const copy = box.querySelector("[data-copy-link]");
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(link.href);
    copy.textContent = copy.dataset.done;
  });
  box.querySelector("[data-qr]").append(qrSvg(link.href, box.dataset.qrLabel));
}

// Sign what the page shows, then send the signature alone. The fragment stays with the address across the redirect.
for (const form of document.querySelectorAll("form[data-sign]")) {
  const key = keyOf(form.dataset.address);
  const button = form.querySelector("button:not([data-close])");
  button.disabled = !key;
  if (!key) {
    form.querySelector("[data-keyless]").hidden = false;
    continue;
  }
  form.addEventListener("submit", async (event) => {
    if (form.elements.signature.value) return;
    event.preventDefault();
    button.disabled = true;
    const document_ = JSON.parse(form.dataset.sign);
    form.elements.signature.value = await privateKeyToAccount(key).signTypedData(document_);
    form.action += window.location.hash;
    form.submit();
  });
}
