// <time data-countdown>: what is left until a deadline, in chain time. The page says what second the chain was at.
const HOUR = 3600;
const SOON = 2 * HOUR;
const chinese = document.documentElement.lang.startsWith("zh");
const WORDS = chinese
  ? { day: "天", hour: "小时", minute: "分", second: "秒", left: (t) => `还剩 ${t}`, over: (t) => `已过 ${t}`, gap: "" }
  : { day: "d", hour: "h", minute: "min", second: "s", left: (t) => `${t} left`, over: (t) => `${t} ago`, gap: " " };
const ahead = Number(document.body.dataset.chainNow) - Date.now() / 1000;

function spell(seconds) {
  const parts = [
    [Math.floor(seconds / (24 * HOUR)), WORDS.day],
    [Math.floor(seconds / HOUR) % 24, WORDS.hour],
    [Math.floor(seconds / 60) % 60, WORDS.minute],
    [Math.floor(seconds) % 60, WORDS.second],
  ];
  const first = Math.max(0, parts.findIndex(([count]) => count > 0));
  return parts.slice(first, first + 2).map(([count, word]) => `${count}${WORDS.gap}${word}`).join(" ");
}

export function showCountdowns() {
  const now = Date.now() / 1000 + ahead;
  for (const time of document.querySelectorAll("time[data-countdown]")) {
    if (!time.title) time.title = time.textContent;
    const left = Date.parse(time.dateTime) / 1000 - now;
    time.textContent = left > 0 ? WORDS.left(spell(left)) : WORDS.over(spell(-left));
    time.classList.toggle("soon", left > 0 && left < SOON);
    time.classList.toggle("over", left <= 0);
  }
}

export function runCountdowns() {
  showCountdowns();
  setInterval(showCountdowns, 1000);
}
