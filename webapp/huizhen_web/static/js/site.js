// What every page shares. All of it only adds comfort: the pages work without.
import { dressConfirmations } from "./confirm.js";
import { dressCopies } from "./copy.js";
import { runCountdowns, showCountdowns } from "./countdown.js";
import { followChain } from "./live.js";

dressConfirmations(document);
dressCopies(document);
runCountdowns();
followChain();
document.querySelector("header.site nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

// htmx tells the server the whole address, what follows # included; that part may hold a patient's key.
document.addEventListener("htmx:configRequest", (event) => {
  delete event.detail.headers["HX-Current-URL"];
});

document.addEventListener("htmx:afterSwap", (event) => {
  dressConfirmations(event.target.parentElement ?? document);
  dressCopies(event.target.parentElement ?? document);
  showCountdowns();
});
