// What a company's page includes: a button that opens the chat. It needs nothing of the page but leave to run this script:
//   <script src="https://meridian.example/chat/widget.js" defer data-language="en" data-customer="signed token, or nothing"></script>
// Where the page lets it (frame-src) and Meridian lets the page (CHAT_EMBED_ORIGINS) the chat stands in a frame; else in a window.
(() => {
  const script = document.currentScript, home = new URL(script.src).origin, wish = script.dataset;
  const words = {
    en: ["Chat with us", "Close the chat", "Open the chat in a window"],
    "zh-hans": ["在线客服", "关闭聊天", "在新窗口中打开聊天"],
    "zh-hant": ["線上客服", "關閉聊天", "在新視窗中開啟聊天"],
  };
  const known = (code) => ({ "zh-cn": "zh-hans", "zh-sg": "zh-hans", zh: "zh-hans", "zh-tw": "zh-hant", "zh-hk": "zh-hant", "zh-mo": "zh-hant" })[code] ?? code;
  const wanted = known((wish.language || document.documentElement.lang || navigator.language || "en").toLowerCase());
  const language = wanted in words ? wanted : wanted.startsWith("zh-han") ? wanted.slice(0, 7) : "en";
  const [open, close, elsewhere] = words[language] ?? words.en;

  const address = new URL("/chat/", home);
  address.searchParams.set("lang", language);
  if (wish.queue) address.searchParams.set("queue", wish.queue);
  if (wish.customer) address.hash = new URLSearchParams({ customer: wish.customer }); // behind the #: no server's log has it

  // In a shadow of its own: the page's styles do not reach in, and these need no leave of the page's policy.
  const host = document.createElement("div"), root = host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button, a { font: 500 14px/1.5 system-ui, sans-serif; border: 0; border-radius: 999px; padding: 11px 18px; min-height: 44px; box-sizing: border-box;
      background: #4353d6; color: #fff; cursor: pointer; text-decoration: none; box-shadow: 0 6px 24px rgba(10, 14, 30, .25); }
    :is(button, a):focus-visible { outline: 3px solid #8d99ff; outline-offset: 2px; }
    .box { position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; display: flex; flex-direction: column; gap: 10px; align-items: flex-end; }
    iframe { width: min(380px, calc(100vw - 32px)); height: min(600px, calc(100vh - 100px)); border: 1px solid #888f9d; border-radius: 12px; background: #fff; }
    [hidden] { display: none !important; }`);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement("div"), button = document.createElement("button"), link = document.createElement("a");
  box.className = "box";
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  Object.assign(link, { href: address.href, target: "_blank", rel: "noopener", textContent: elsewhere, hidden: true });
  box.append(link, button);
  root.append(box);

  let frame = null, isReady = false, unread = 0;
  const isOpen = () => frame && !frame.hidden;
  const label = () => {
    button.textContent = isOpen() ? close : unread ? `${open} (${unread})` : open;
    button.setAttribute("aria-expanded", String(Boolean(isOpen())));
  };
  function withoutFrame() {
    frame?.remove();
    frame = null;
    link.hidden = false;
    button.hidden = true;
    link.focus();
  }
  function toggle() {
    if (!frame) {
      frame = document.createElement("iframe");
      frame.title = open;
      frame.src = address.href;
      frame.addEventListener("load", () => setTimeout(() => { if (!isReady) withoutFrame(); }, 3000)); // refused: it says nothing
      box.prepend(frame);
    } else frame.hidden = !frame.hidden;
    if (isOpen()) { unread = 0; frame.focus(); }
    label();
  }
  button.addEventListener("click", toggle);
  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && isOpen()) { toggle(); button.focus(); } });
  document.addEventListener("securitypolicyviolation", (event) => { if (frame && !isReady && event.blockedURI.startsWith(home)) withoutFrame(); });
  addEventListener("message", (event) => {
    if (event.origin !== home || event.source !== frame?.contentWindow) return;
    if (event.data?.meridianChat === "ready") isReady = true;
    if (event.data?.meridianChat === "unread") { unread = Number(event.data.unread) || 0; label(); }
  });
  label();
  const place = () => document.body.append(host);
  if (document.body) place(); else addEventListener("DOMContentLoaded", place);
})();
