// A list of any length with elements for the rows in view only.

import { beforeFrame } from './dom.js';

/** The largest height in pixels that browsers draw. Longer lists scroll in larger steps. */
const MAX_HEIGHT = 12_000_000;
const AROUND = 6;

/** Returns the position of a line among those that are shown, -1 if it is not; without a list, all are. */
export function positionIn(lines, line) {
  if (!lines) return line;
  let [low, high] = [0, lines.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle] < line) low = middle + 1;
    else high = middle;
  }
  return lines[low] === line ? low : -1;
}

export class VirtualList {
  #drawn = new Map();
  #count = 0;

  /**
   * Creates a list. A row is drawn again when its data is another object.
   *
   * @param {{ scroller: HTMLElement, sheet: HTMLElement, rows: HTMLElement, rowHeight: number,
   *   draw: (position: number) => HTMLElement, dataOf: (position: number) => unknown,
   *   onrange?: (first: number, last: number) => void }} parts
   */
  constructor(parts) {
    this.parts = parts;
    const soon = beforeFrame(() => {
      this.#look();
      this.refresh();
    });
    parts.scroller.addEventListener('scroll', soon, { passive: true });
    new ResizeObserver(soon).observe(parts.scroller);
    this.#look();
  }

  get count() {
    return this.#count;
  }

  set rowHeight(height) {
    this.parts.rowHeight = height;
    this.refresh(true);
  }

  setCount(count, padding = 0) {
    this.#count = count;
    this.#height = Math.min(count * this.parts.rowHeight, MAX_HEIGHT);
    this.parts.sheet.style.height = `${this.#height + padding}px`;
    this.refresh();
  }

  #height = 0;

  /** Reads the position of the window when it changes, and not with each key, since this costs a layout. */
  #look() {
    const { scroller } = this.parts;
    this.#top = scroller.scrollTop;
    this.#windowHeight = scroller.clientHeight;
  }

  #top = 0;
  #windowHeight = 0;

  /** Returns the first row in view, and the one after the last. */
  range() {
    const { rowHeight } = this.parts;
    const fit = Math.ceil(this.#windowHeight / rowHeight) + 1;
    const first = Math.floor(this.#offset() / rowHeight);
    return [Math.max(0, Math.min(first, this.#count - 1)), Math.min(this.#count, first + fit)];
  }

  /** Returns the scroll position as if the list had its full height. */
  #offset() {
    const full = this.#count * this.parts.rowHeight;
    if (full <= MAX_HEIGHT) return this.#top;
    const space = Math.max(1, this.#height - this.#windowHeight);
    return (this.#top / space) * (full - this.#windowHeight);
  }

  /** Draws the rows in view. */
  refresh(isAll = false) {
    const { rows, rowHeight, draw, dataOf, onrange } = this.parts;
    if (isAll) this.#look();
    const [first, last] = this.range();
    const [from, to] = [Math.max(0, first - AROUND), Math.min(this.#count, last + AROUND)];
    const shift = this.#top - this.#offset();
    for (const [position, { node }] of this.#drawn) {
      if (position >= from && position < to && !isAll) continue;
      node.remove();
      this.#drawn.delete(position);
    }
    for (let position = from; position < to; position++) {
      const data = dataOf(position);
      let drawn = this.#drawn.get(position);
      if (!drawn || drawn.data !== data) {
        const node = draw(position);
        if (drawn) drawn.node.replaceWith(node);
        else rows.append(node);
        drawn = { node, data };
        this.#drawn.set(position, drawn);
      }
      drawn.node.style.top = `${position * rowHeight + shift}px`;
    }
    onrange?.(from, to);
  }

  /** Returns the element of a row, if it is drawn. */
  node(position) {
    return this.#drawn.get(position)?.node;
  }

  scrollTo(position) {
    const { scroller, rowHeight } = this.parts;
    this.#look();
    const [top, height] = [position * rowHeight, this.#windowHeight];
    const offset = this.#offset();
    if (top >= offset && top + rowHeight <= offset + height) return;
    const wanted = Math.max(0, top - height / 3);
    const full = this.#count * rowHeight;
    scroller.scrollTop = full <= MAX_HEIGHT ? wanted : (wanted / (full - height)) * (this.#height - height);
    this.#look();
    this.refresh();
  }
}
