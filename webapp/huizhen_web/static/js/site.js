// What every page shares. All of it only adds comfort: the pages work without.
import { dressConfirmations } from "./confirm.js";
import { dressCopies } from "./copy.js";
import { runCountdowns } from "./countdown.js";

dressConfirmations(document);
dressCopies(document);
runCountdowns();
document.querySelector("header.site nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });

document.addEventListener("htmx:afterSwap", (event) => {
  dressConfirmations(event.target.parentElement ?? document);
  dressCopies(event.target.parentElement ?? document);
});
