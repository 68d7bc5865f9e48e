// A list of any length of which only what is in sight exists.

import { beforeFrame } from './dom.js';

/** Browsers draw no element higher than some millions of pixels; beyond this, scrolling goes in larger steps. */
const MAX_HEIGHT = 12_000_000;
const AROUND = 6;

export class VirtualList {
  #drawn = new Map();
  #count = 0;

  /**
   * @param {{ scroller: HTMLElement, sheet: HTMLElement, rows: HTMLElement, rowHeight: number,
   *   draw: (position: number) => HTMLElement, dataOf: (position: number) => unknown,
   *   onrange?: (first: number, last: number) => void }} parts a row is drawn anew when its data is another object
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

  /** Where the window stands. It is asked for when that changes, and not with each key: the answer costs a layout. */
  #look() {
    const { scroller } = this.parts;
    this.#top = scroller.scrollTop;
    this.#room = scroller.clientHeight;
  }

  #top = 0;
  #room = 0;

  /** Which rows are in sight: the first, and the one behind the last. */
  range() {
    const { rowHeight } = this.parts;
    const fit = Math.ceil(this.#room / rowHeight) + 1;
    const first = Math.floor(this.#offset() / rowHeight);
    return [Math.max(0, Math.min(first, this.#count - 1)), Math.min(this.#count, first + fit)];
  }

  /** How far the list is scrolled, as if it had its full height. */
  #offset() {
    const full = this.#count * this.parts.rowHeight;
    if (full <= MAX_HEIGHT) return this.#top;
    const room = Math.max(1, this.#height - this.#room);
    return (this.#top / room) * (full - this.#room);
  }

  /** Draws what is in sight. */
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

  /** The element of a row, if it is drawn. */
  node(position) {
    return this.#drawn.get(position)?.node;
  }

  scrollTo(position) {
    const { scroller, rowHeight } = this.parts;
    this.#look();
    const [top, room] = [position * rowHeight, this.#room];
    const offset = this.#offset();
    if (top >= offset && top + rowHeight <= offset + room) return;
    const wanted = Math.max(0, top - room / 3);
    const full = this.#count * rowHeight;
    scroller.scrollTop = full <= MAX_HEIGHT ? wanted : (wanted / (full - room)) * (this.#height - room);
    this.#look();
    this.refresh();
  }
}
