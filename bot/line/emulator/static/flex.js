// Draws what the bot sends in boxes: Flex messages and templates. Knows nothing
// of the talk; a tap is handed to the given function.

export function el(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text !== undefined) e.textContent = text;
  return e;
}

export function icon(name, className) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", "#i-" + name);
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  svg.append(use);
  return svg;
}

// spoken makes an element that says a text. The leaf of the greeting is drawn, as LINE
// draws signs of its own: a machine without a font for it would show a box.
export function spoken(tag, className, text) {
  const e = el(tag, className);
  String(text ?? "").split("🌿").forEach((part, i) => {
    if (i) e.append(icon("leaf", "sprig"));
    e.append(part);
  });
  return e;
}

const gaps = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const fonts = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const images = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };
const borders = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const corners = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const places = { start: "flex-start", end: "flex-end", center: "center", top: "flex-start", bottom: "flex-end" };

const size = (v, words = gaps) => (v === undefined || v === null ? "" : v in words ? words[v] + "px" : v);
const font = (v) => (v === undefined || v === null ? "" : v in fonts ? fonts[v] / 16 + "rem" : v);

// set writes styles one by one: a strict policy lets scripts do that, but no style attribute.
function set(e, styles) {
  for (const [k, v] of Object.entries(styles)) if (v !== "" && v !== undefined && v !== null) e.style[k] = v;
}

// tappable makes an element act. Links are links, so that they can be opened as people like.
function tappable(make, action, tap) {
  if (action.type === "uri") {
    const a = make("a");
    a.href = action.uri;
    if (/^https?:/.test(action.uri)) { a.target = "_blank"; a.rel = "noopener noreferrer"; }
    return a;
  }
  const b = make("button");
  b.type = "button";
  b.addEventListener("click", () => tap(action));
  return b;
}

export function actionButton(action, className, tap) {
  return tappable((tag) => el(tag, className, action.label || action.text || action.uri || ""), action, tap);
}

function background(c) {
  const b = c.background;
  if (!b || b.type !== "linearGradient") return c.backgroundColor;
  const stops = [b.startColor, b.centerColor && b.centerColor + " " + (b.centerPosition || "50%"), b.endColor];
  return "linear-gradient(" + b.angle + "," + stops.filter(Boolean).join(",") + ")";
}

// standing: where a component stands in its box.
function standing(e, c, parent, first) {
  const across = parent && parent.layout !== "vertical";
  const gap = size(c.margin ?? (first ? undefined : parent && parent.spacing));
  if (parent && !first) set(e, across ? { marginLeft: gap } : { marginTop: gap });
  const grows = c.flex ?? (across && !["icon", "separator", "filler"].includes(c.type) ? 1 : undefined);
  if (grows !== undefined) set(e, { flex: grows > 0 ? grows + " " + grows + " 0" : "0 0 auto" });
  if (across) set(e, { alignSelf: places[c.gravity] });
  if (c.position === "absolute") set(e, { position: "absolute" });
  set(e, { top: size(c.offsetTop), bottom: size(c.offsetBottom), insetInlineStart: size(c.offsetStart), insetInlineEnd: size(c.offsetEnd) });
  if (!c.position && (c.offsetTop || c.offsetBottom || c.offsetStart || c.offsetEnd)) set(e, { position: "relative" });
}

function box(c, tap) {
  const make = (tag) => el(tag, "f-box " + c.layout);
  let e = make("div");
  if (c.action) e = tapArea(e, c.action, tap, c);
  set(e, {
    background: background(c), borderColor: c.borderColor, borderWidth: size(c.borderWidth, borders),
    borderStyle: c.borderWidth && c.borderWidth !== "none" ? "solid" : "", borderRadius: size(c.cornerRadius, corners),
    width: c.width, maxWidth: c.maxWidth, height: c.height, maxHeight: c.maxHeight,
    padding: size(c.paddingAll), justifyContent: c.justifyContent, alignItems: c.alignItems, position: "relative",
  });
  set(e, { paddingTop: size(c.paddingTop), paddingBottom: size(c.paddingBottom), paddingInlineStart: size(c.paddingStart), paddingInlineEnd: size(c.paddingEnd) });
  (c.contents || []).forEach((inner, i) => {
    const child = component(inner, tap);
    standing(child, inner, c, i === 0);
    e.append(child);
  });
  return e;
}

// tapArea makes a whole area one button; its words are its name unless a label says better.
function tapArea(e, action, tap, c) {
  e.classList.add("f-tap");
  e.tabIndex = 0;
  e.setAttribute("role", action.type === "uri" ? "link" : "button");
  if (action.label) e.setAttribute("aria-label", action.label);
  const go = () => (action.type === "uri" ? window.open(action.uri, "_blank", "noopener") : tap(action));
  e.addEventListener("click", (ev) => { ev.stopPropagation(); go(); });
  e.addEventListener("keydown", (ev) => {
    if (ev.target === e && (ev.key === "Enter" || ev.key === " ")) { ev.preventDefault(); go(); }
  });
  return e;
}

function textOf(c, tap) {
  const e = el("div", "f-text" + (c.wrap || c.maxLines ? " wrap" : "") + (c.maxLines ? " lines" : ""));
  const spans = c.contents && c.contents.length ? c.contents : [{ text: c.text }];
  for (const s of spans) {
    const part = spoken("span", "", s.text);
    set(part, letters(s));
    e.append(part);
  }
  set(e, { ...letters(c), textAlign: c.align, lineHeight: c.lineSpacing && "calc(1.4em + " + c.lineSpacing + ")" });
  if (c.maxLines) e.style.webkitLineClamp = c.maxLines;
  return c.action ? tapArea(e, c.action, tap, c) : e;
}

function letters(c) {
  return {
    fontSize: font(c.size), color: c.color, fontWeight: c.weight === "bold" ? 700 : c.weight === "regular" ? 400 : "",
    fontStyle: c.style, textDecoration: c.decoration,
  };
}

function button(c, tap) {
  const e = actionButton(c.action, "f-button " + (c.style || "link") + (c.height === "sm" ? " sm" : ""), tap);
  if (c.color) set(e, c.style === "primary" || c.style === "secondary" ? { background: c.color } : { color: c.color });
  return e;
}

// picture draws a calm field: pictures of the wide web are never fetched by this page.
function picture(c, tap) {
  const own = c.url && new URL(c.url, location.href).origin === location.origin;
  const e = own ? el("img", "f-picture") : el("div", "f-field");
  if (own) { e.src = c.url; e.alt = ""; } else e.append(icon("photo"));
  const [w, h] = (c.aspectRatio || "1:1").split(":");
  set(e, {
    aspectRatio: w + " / " + h, objectFit: c.aspectMode === "cover" ? "cover" : "contain", background: c.backgroundColor,
    width: c.size === "full" ? "100%" : size(c.size || "md", images), maxWidth: "100%", alignSelf: places[c.align] || "center",
  });
  return c.action ? tapArea(e, c.action, tap, c) : e;
}

function component(c, tap) {
  switch (c.type) {
    case "box": return box(c, tap);
    case "text": return textOf(c, tap);
    case "button": return button(c, tap);
    case "image": return picture(c, tap);
    case "video": return component(c.altContent, tap);
    case "icon": return icon("leaf", "f-icon");
    case "filler": return el("div", "f-fill");
    case "separator": {
      const e = el("hr", "f-sep");
      set(e, { borderColor: c.color });
      return e;
    }
  }
  return el("div");
}

function bubble(b, tap) {
  const e = el("div", "sheet " + (b.size || "mega"));
  if (b.direction === "rtl") e.dir = "rtl";
  for (const name of ["header", "hero", "body", "footer"]) {
    const part = b[name];
    if (!part) continue;
    const style = (b.styles || {})[name] || {};
    const drawn = component(part, tap);
    drawn.classList.add("f-block", "f-" + name);
    set(drawn, { background: style.backgroundColor });
    if (style.separator) { const hr = el("hr", "f-sep"); set(hr, { borderColor: style.separatorColor }); e.append(hr); }
    e.append(drawn);
  }
  return b.action ? tapArea(e, b.action, tap, b) : e;
}

function shelf(sheets, label) {
  const e = el("div", "carousel");
  e.tabIndex = 0;
  e.setAttribute("role", "group");
  e.setAttribute("aria-label", label + " 横に動かせます");
  e.append(...sheets);
  return e;
}

export function drawFlex(message, tap) {
  const c = message.contents;
  return c.type === "carousel" ? shelf(c.contents.map((b) => bubble(b, tap)), message.altText) : bubble(c, tap);
}

function column(t, tap, hasImage) {
  const e = el("div", "sheet mega");
  if (t.thumbnailImageUrl || t.imageUrl || hasImage) e.append(picture({ url: t.thumbnailImageUrl || t.imageUrl, size: "full", aspectRatio: "1.51:1" }, tap));
  const body = el("div", "f-box f-block f-body");
  if (t.title) body.append(el("div", "t-title", t.title));
  if (t.text) body.append(el("div", "f-text wrap", t.text));
  if (body.childNodes.length) e.append(body);
  const foot = el("div", "f-box f-block f-footer " + (t.type || ""));
  for (const a of t.actions || (t.action ? [t.action] : [])) foot.append(actionButton(a, "f-button link", tap));
  e.append(foot);
  return e;
}

export function drawTemplate(message, tap) {
  const t = message.template;
  if (t.type === "carousel" || t.type === "image_carousel") return shelf(t.columns.map((c) => column(c, tap)), message.altText);
  return column(t, tap);
}
