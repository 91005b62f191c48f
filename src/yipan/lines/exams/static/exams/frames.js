/* Fetches what a series has, and keeps the frames: the one looked at first, its neighbours while one looks. */
import { decode } from "./pixels.js";

const TOGETHER = 4;
const MOST_BYTES = 400 * 1024 * 1024;

/** An answer that is none: `told` is the server's sentence. */
export class Refusal extends Error {
  constructor(told) {
    super(told);
    this.told = told;
  }
}

/** Fetch, or raise Refusal with what the server says. */
export async function ask(address, signal) {
  let answer;
  try {
    answer = await fetch(address, { signal, headers: { Accept: "application/json, application/octet-stream" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Refusal(told.message ?? "");
}

/** The frames of one series in the order of scrolling. */
export class Frames {
  constructor(images, addressOf, onProgress) {
    this.all = images.flatMap((image) => Array.from({ length: image.frames }, (_, i) => ({ image, number: i + 1 })));
    this.addressOf = addressOf;
    this.onProgress = onProgress;
    this.kept = new Map();
    this.waiting = new Map();
    this.stop = new AbortController();
    this.at = 0;
    this.busy = 0;
  }

  /** Its values, at once when they are here. */
  async values(index) {
    return this.kept.get(index) ?? this.#load(index);
  }

  /** Look around this frame from now on. */
  around(index) {
    this.at = index;
    this.#next();
  }

  end() {
    this.stop.abort();
  }

  /** Fetch the frame nearest to the one looked at that is not here, as long as there is room. */
  #next() {
    if (this.stop.signal.aborted || this.busy >= TOGETHER) return;
    const wanted = this.#missing();
    if (wanted === undefined) return;
    this.busy += 1;
    this.#load(wanted)
      .catch(() => this.stop.abort())
      .finally(() => {
        this.busy -= 1;
        this.#next();
      });
    this.#next();
  }

  #missing() {
    const size = this.#bytes(0);
    const room = Math.max(1, Math.floor(MOST_BYTES / Math.max(1, size)));
    for (let step = 0; step < Math.min(this.all.length, room); step += 1) {
      for (const index of [this.at + step, this.at - step]) {
        if (index >= 0 && index < this.all.length && !this.kept.has(index) && !this.waiting.has(index)) return index;
      }
    }
    return undefined;
  }

  #load(index) {
    const known = this.waiting.get(index);
    if (known) return known;
    const promise = this.#fetch(index).finally(() => this.waiting.delete(index));
    this.waiting.set(index, promise);
    return promise;
  }

  async #fetch(index) {
    const { image, number } = this.all[index];
    const answer = await ask(this.addressOf(image, number), this.stop.signal);
    const values = decode(image, await answer.arrayBuffer());
    this.kept.set(index, values);
    this.#forget();
    this.onProgress(this.kept.size, this.all.length);
    return values;
  }

  /** Let go of the frames farthest away when there are too many. */
  #forget() {
    while (this.kept.size > 2 && this.kept.size * this.#bytes(0) > MOST_BYTES) {
      const farthest = [...this.kept.keys()].reduce((a, b) => (Math.abs(a - this.at) > Math.abs(b - this.at) ? a : b));
      this.kept.delete(farthest);
    }
  }

  #bytes(index) {
    const { image } = this.all[index];
    return image.rows * image.columns * image.samples * (image.bits_allocated / 8);
  }
}
