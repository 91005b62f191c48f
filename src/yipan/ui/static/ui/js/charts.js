/* Draws Bokeh plots in the colours of the theme; draws again when the theme changes. */
import { word } from "./words.js";

const styles = () => getComputedStyle(document.documentElement);
const drawn = new Set();
let library = null;

/* Bokeh has no light-dark(): read the resolved colours from a probe element. */
function colour(token) {
  const probe = document.createElement("i");
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const value = getComputedStyle(probe).color;
  probe.remove();
  return value;
}

/* The palette of charts.py and the tokens that are its partners in either theme. */
const PARTNERS = { "#0a6770": "--accent", "#895000": "--held", "#6b3fa0": "--out", "#14703a": "--free", "#b3261e": "--warn", "#4f5e6a": "--soft" };

function load(address) {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Bokeh);
    script.onerror = reject;
    document.head.append(script);
  });
  return library;
}

const LOOKS = (ink, soft, line, font) => ({
  CategoricalAxis: { major_label_text_color: soft, major_label_text_font: font, major_label_text_font_size: "12px", group_text_color: soft,
    group_text_font: font, group_text_font_size: "12px", group_text_font_style: "normal", separator_line_color: line,
    axis_line_color: line, major_tick_line_color: line },
  Axis: { axis_label_text_color: soft, axis_label_text_font: font, axis_label_text_font_style: "normal", axis_label_text_font_size: "12px",
    major_label_text_color: soft, major_label_text_font: font, major_label_text_font_size: "12px",
    axis_line_color: line, major_tick_line_color: line, minor_tick_line_color: null },
  Grid: { grid_line_color: line },
  Legend: { label_text_color: ink, label_text_font: font, label_text_font_size: "12px" },
});

/** The item with each palette colour replaced, and axes, grid and legend in the page's ink and font; what charts.py has
    set itself stays. */
function themed(text) {
  let result = text;
  for (const [from, token] of Object.entries(PARTNERS)) result = result.replaceAll(from, colour(token));
  const looks = LOOKS(colour("--ink"), colour("--soft"), colour("--line"), styles().getPropertyValue("--font").trim());
  return JSON.parse(result, (key, value) => {
    const look = value?.type === "object" && Object.keys(looks).find((name) => value.name?.endsWith(name));
    return look ? { ...value, attributes: { ...looks[look], ...value.attributes } } : value;
  });
}

/** Draw one [data-chart] element. */
export async function draw(element) {
  const store = element.querySelector("script");
  try {
    const Bokeh = await load(element.dataset.library);
    [...element.children].filter((child) => child !== store).forEach((child) => child.remove());
    const place = document.createElement("div");
    element.append(place);
    await Bokeh.embed.embed_item(themed(store.textContent), place);
    drawn.add(element);
  } catch {
    element.textContent = word("chart");
    element.nextElementSibling?.setAttribute("open", "");
  }
}

const again = () => drawn.forEach((element) => (element.isConnected ? draw(element) : drawn.delete(element)));
document.addEventListener("yipan:theme", again);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
