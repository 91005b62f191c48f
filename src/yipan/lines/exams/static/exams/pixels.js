/* From stored pixels to grey on the screen (PS3.3 C.11.1, C.11.2). Pure: no element of a page is touched here. */

/** The values of a frame as numbers, one for each sample. Bits that are not stored are cut off, signs are spread. */
export function decode(image, buffer) {
  const count = image.rows * image.columns * image.samples;
  if (buffer.byteLength < (count * image.bits_allocated) / 8) throw new RangeError("short frame");
  if (image.samples === 3) return interleaved(image, new Uint8Array(buffer, 0, count));
  const wide = image.bits_allocated === 16;
  const raw = wide ? new Uint16Array(buffer, 0, count) : new Uint8Array(buffer, 0, count);
  const shift = image.high_bit + 1 - image.bits_stored;
  const mask = 2 ** image.bits_stored - 1;
  const values = image.signed ? new Int16Array(count) : new Uint16Array(count);
  const sign = 2 ** (image.bits_stored - 1);
  for (let i = 0; i < count; i += 1) {
    const value = (raw[i] >> shift) & mask;
    values[i] = image.signed && value & sign ? value - mask - 1 : value;
  }
  return values;
}

function interleaved(image, raw) {
  const pixels = image.rows * image.columns;
  const rgb = new Uint8Array(raw.length);
  for (let i = 0; i < pixels; i += 1) {
    for (let c = 0; c < 3; c += 1) rgb[i * 3 + c] = image.planar ? raw[c * pixels + i] : raw[i * 3 + c];
  }
  if (image.photometric === "YBR_FULL") fromYbr(rgb);
  return rgb;
}

/** PS3.3 C.7.6.3.1.2, solved for red, green and blue. */
function fromYbr(rgb) {
  const clamp = (v) => Math.max(0, Math.min(255, Math.round(v)));
  for (let i = 0; i < rgb.length; i += 3) {
    const [y, b, r] = [rgb[i], rgb[i + 1] - 128, rgb[i + 2] - 128];
    rgb[i] = clamp(y + 1.402 * r);
    rgb[i + 1] = clamp(y - 0.344136 * b - 0.714136 * r);
    rgb[i + 2] = clamp(y + 1.772 * b);
  }
}

/** What a pixel means, in the image's unit. */
export const meaning = (image, value) => image.slope * value + image.intercept;

/** Lowest and highest meaning in a frame, as a window that shows all of it. */
export function fullWindow(image, values) {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [a, b] = [meaning(image, low), meaning(image, high)];
  return { center: (a + b) / 2, width: Math.max(1, Math.abs(b - a)) };
}

/** The window that the modality stored, else everything. */
export function ownWindow(image, values) {
  const [stored] = image.windows;
  return stored ? { center: stored[0], width: stored[1] } : fullWindow(image, values);
}

/** Grey 0 to 255 of a meaning, linear as in C.11.2.1.2.1. */
export function grey(meant, { center, width }) {
  if (width <= 1) return meant <= center - 0.5 ? 0 : 255;
  return Math.max(0, Math.min(255, ((meant - (center - 0.5)) / (width - 1) + 0.5) * 255));
}

/** Write a frame into an ImageData of its own size. */
export function paint(image, values, window, inverted, target) {
  const out = target.data;
  if (image.samples === 3) {
    for (let i = 0, o = 0; i < values.length; i += 3, o += 4) {
      for (let c = 0; c < 3; c += 1) out[o + c] = inverted ? 255 - values[i + c] : values[i + c];
      out[o + 3] = 255;
    }
    return;
  }
  const table = shades(image, window, inverted !== (image.photometric === "MONOCHROME1"));
  const offset = image.signed ? table.length / 2 : 0;
  for (let i = 0, o = 0; i < values.length; i += 1, o += 4) {
    const shade = table[values[i] + offset];
    out[o] = shade;
    out[o + 1] = shade;
    out[o + 2] = shade;
    out[o + 3] = 255;
  }
}

/** The grey of every value that can be stored, so that a pixel costs one look. */
function shades(image, window, inverted) {
  const size = 2 ** image.bits_stored;
  const first = image.signed ? -size / 2 : 0;
  const table = new Uint8ClampedArray(size);
  for (let i = 0; i < size; i += 1) {
    const shade = grey(meaning(image, first + i), window);
    table[i] = inverted ? 255 - shade : shade;
  }
  return table;
}

/** How far apart two points of an image lie: in millimetres where the spacing is known, else in pixels. */
export function distance(image, a, b) {
  const [down, across] = image.spacing ?? [1, 1];
  return Math.hypot((b.x - a.x) * across, (b.y - a.y) * down);
}
