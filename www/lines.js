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
   *   onrange?: (first: number, last: number) => void, kept?: () => [number, number] | undefined }} parts
   *
   * `kept` returns the row that stays in view when the window becomes smaller, and the line that it wraps to.
   */
  constructor(parts) {
    this.parts = parts;
    const soon = beforeFrame(() => {
      this.#look();
      this.refresh();
    });
    parts.scroller.addEventListener('scroll', soon, { passive: true });
    new ResizeObserver(() => {
      const kept = parts.kept?.();
      // Browsers scroll to the caret, which is lower than its row.
      const isSeen = kept && this.#isSeen(...kept, parts.rowHeight / 2);
      soon();
      if (isSeen) this.scrollTo(...kept);
    }).observe(parts.scroller);
    this.#look();
  }

  get count() {
    return this.#count;
  }

  set rowHeight(height) {
    if (height === this.parts.rowHeight) return;
    this.parts.rowHeight = height;
    this.setCount(this.#count, this.#padding, this.#units);
    this.refresh(true);
  }

  /**
   * Sets the number of rows.
   *
   * @param {number} count
   * @param {number} [padding] pixels below the last row
   * @param {Uint32Array} [units] the height of each row as a number of row heights; without it, 1
   */
  setCount(count, padding = 0, units = undefined) {
    this.#count = count;
    this.#padding = padding;
    this.#units = units;
    this.#tops = undefined;
    if (units) {
      this.#tops = new Float64Array(count + 1);
      for (let position = 0; position < count; position++) this.#tops[position + 1] = this.#tops[position] + (units[position] || 1);
    }
    this.#height = Math.min(this.#top(count), MAX_HEIGHT);
    this.parts.sheet.style.height = `${this.#height + padding}px`;
    this.refresh();
  }

  #padding = 0;
  #units;
  /** The row heights above each row; undefined if all rows have one. */
  #tops;

  /** Returns the top of a row, as if the list had its full height. */
  #top(position) {
    return (this.#tops ? this.#tops[position] : position) * this.parts.rowHeight;
  }

  /** Returns the row at an offset from the top. */
  #at(offset) {
    const rows = Math.floor(offset / this.parts.rowHeight);
    if (!this.#tops) return rows;
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#tops[middle] <= rows) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #height = 0;

  /** Reads the position of the window when it changes, and not with each key, since this costs a layout. */
  #look() {
    const { scroller } = this.parts;
    this.#scrolled = scroller.scrollTop;
    this.#windowHeight = scroller.clientHeight;
  }

  #scrolled = 0;
  #windowHeight = 0;

  /** Returns the first row in view, and the one after the last. */
  range() {
    const offset = this.#offset();
    const first = this.#at(offset);
    const last = this.#at(offset + this.#windowHeight + this.parts.rowHeight) + 1;
    return [Math.max(0, Math.min(first, this.#count - 1)), Math.min(this.#count, last)];
  }

  /** Returns the scroll position as if the list had its full height. */
  #offset() {
    const full = this.#top(this.#count);
    if (full <= MAX_HEIGHT) return this.#scrolled;
    const space = Math.max(1, this.#height - this.#windowHeight);
    return (this.#scrolled / space) * (full - this.#windowHeight);
  }

  /** Draws the rows in view. */
  refresh(isAll = false) {
    const { rows, draw, dataOf, onrange } = this.parts;
    if (isAll) this.#look();
    const [first, last] = this.range();
    const [from, to] = [Math.max(0, first - AROUND), Math.min(this.#count, last + AROUND)];
    const shift = this.#scrolled - this.#offset();
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
      drawn.node.style.top = `${this.#top(position) + shift}px`;
      drawn.node.style.height = this.#tops ? `${this.#top(position + 1) - this.#top(position)}px` : '';
    }
    onrange?.(from, to);
  }

  /** Returns the element of a row, if it is drawn. */
  node(position) {
    return this.#drawn.get(position)?.node;
  }

  /** True if a line of a row is in the window, as it was when it was looked at. */
  #isSeen(position, line, slack = 0) {
    const top = this.#top(position) + line * this.parts.rowHeight;
    const offset = this.#offset();
    return top >= offset - slack && top + this.parts.rowHeight <= offset + this.#windowHeight + slack;
  }

  /** Scrolls to a row, or to one of the lines that it wraps to. */
  scrollTo(position, line = 0) {
    const { scroller, rowHeight } = this.parts;
    this.#look();
    if (this.#isSeen(position, line)) return;
    const [top, height] = [this.#top(position) + line * rowHeight, this.#windowHeight];
    const wanted = Math.max(0, top - height / 3);
    const full = this.#top(this.#count);
    scroller.scrollTop = full <= MAX_HEIGHT ? wanted : (wanted / (full - height)) * (this.#height - height);
    this.#look();
    this.refresh();
  }
}
