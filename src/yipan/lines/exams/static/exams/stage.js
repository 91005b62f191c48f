/* The place where one frame is seen: where it lies on the canvas, how large, and the distances drawn over it. */
import { distance, paint } from "./pixels.js";

const SMALLEST = 0.1;
const LARGEST = 40;
const MARK = "#ffd166";

export class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.sheet = document.createElement("canvas");
    this.image = null;
    this.reset();
    new ResizeObserver(() => this.fit()).observe(canvas);
  }

  /** Whole image, in the middle. */
  reset() {
    this.zoom = 1;
    this.moved = { x: 0, y: 0 };
  }

  /** The canvas as many points as the screen has there. */
  fit() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const dense = window.devicePixelRatio || 1;
    this.canvas.width = Math.max(1, Math.round(width * dense));
    this.canvas.height = Math.max(1, Math.round(height * dense));
    this.dense = dense;
    this.draw();
  }

  /** Take a frame; `shades` is the window, `lines` the distances measured on it, `pointer` a point being chosen. */
  show(image, values, shades, inverted, lines, pointer) {
    if (this.sheet.width !== image.columns || this.sheet.height !== image.rows) {
      this.sheet.width = image.columns;
      this.sheet.height = image.rows;
      this.data = new ImageData(image.columns, image.rows);
    }
    this.image = image;
    paint(image, values, shades, inverted, this.data);
    this.sheet.getContext("2d").putImageData(this.data, 0, 0);
    this.lines = lines;
    this.pointer = pointer;
    this.draw();
  }

  /** Points of the canvas for one pixel of the image, across and down: pixels need not be square. */
  get scale() {
    const [down, across] = this.image.spacing ?? [1, 1];
    const tall = down / across;
    const whole = Math.min(this.canvas.width / this.image.columns, this.canvas.height / (this.image.rows * tall));
    return { x: whole * this.zoom, y: whole * tall * this.zoom };
  }

  get corner() {
    const { x, y } = this.scale;
    return {
      x: this.canvas.width / 2 - (x * this.image.columns) / 2 + this.moved.x * this.dense,
      y: this.canvas.height / 2 - (y * this.image.rows) / 2 + this.moved.y * this.dense,
    };
  }

  /** The point of the image under a point of the page; the middle of the first pixel is 0, 0. */
  imagePoint({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    const { x, y } = this.scale;
    const corner = this.corner;
    return {
      x: ((clientX - box.left) * this.dense - corner.x) / x - 0.5,
      y: ((clientY - box.top) * this.dense - corner.y) / y - 0.5,
    };
  }

  #canvasPoint(point) {
    const { x, y } = this.scale;
    const corner = this.corner;
    return { x: corner.x + (point.x + 0.5) * x, y: corner.y + (point.y + 0.5) * y };
  }

  /** Larger or smaller by a factor, what lies under this point of the page staying there. */
  zoomBy(factor, at) {
    const before = at && this.imagePoint(at);
    this.zoom = Math.max(SMALLEST, Math.min(LARGEST, this.zoom * factor));
    if (before) {
      const after = this.imagePoint(at);
      const { x, y } = this.scale;
      this.moved.x += ((after.x - before.x) * x) / this.dense;
      this.moved.y += ((after.y - before.y) * y) / this.dense;
    }
    this.draw();
  }

  moveBy(x, y) {
    this.moved.x += x;
    this.moved.y += y;
    this.draw();
  }

  draw() {
    const pen = this.canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#000";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.image) return;
    const { x, y } = this.scale;
    const corner = this.corner;
    pen.imageSmoothingEnabled = x < 3;
    pen.imageSmoothingQuality = "high";
    pen.drawImage(this.sheet, corner.x, corner.y, x * this.image.columns, y * this.image.rows);
    for (const line of this.lines ?? []) this.#line(pen, line);
    if (this.pointer) this.#cross(pen, this.#canvasPoint(this.pointer));
  }

  #line(pen, line) {
    const [a, b] = [this.#canvasPoint(line.a), this.#canvasPoint(line.b)];
    for (const [colour, width] of [["#000", 4], [MARK, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * this.dense;
      pen.beginPath();
      pen.moveTo(a.x, a.y);
      pen.lineTo(b.x, b.y);
      pen.stroke();
    }
    this.#cross(pen, a);
    this.#cross(pen, b);
    pen.font = `600 ${14 * this.dense}px system-ui, sans-serif`;
    pen.lineWidth = 4 * this.dense;
    pen.strokeStyle = "#000";
    pen.fillStyle = MARK;
    const text = line.text ?? distance(this.image, line.a, line.b).toFixed(1);
    const wide = pen.measureText(text).width;
    const at = { x: Math.min(b.x + 8 * this.dense, this.canvas.width - wide - 4), y: b.y - 8 * this.dense };
    pen.strokeText(text, at.x, at.y);
    pen.fillText(text, at.x, at.y);
  }

  #cross(pen, { x, y }) {
    const arm = 6 * this.dense;
    for (const [colour, width] of [["#000", 4], [MARK, 2]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width * this.dense;
      pen.beginPath();
      pen.moveTo(x - arm, y);
      pen.lineTo(x + arm, y);
      pen.moveTo(x, y - arm);
      pen.lineTo(x, y + arm);
      pen.stroke();
    }
  }
}
